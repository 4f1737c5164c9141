// Which certificate of a file a board gets, and whether it is good: root or leaf, Amazon's or not, kind of key, dates.
import { createHash, type KeyObject, type X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { readItems } from "./pem";
import type { Findings } from "./finding";
import { type Given, wrongFile } from "./wrongFile";

interface AmazonRoot {
  file: string;
  sha256: string;
  publicKeySha256: string;
}

const CERTS = new URL("../../certs/", import.meta.url);
const AMAZON = JSON.parse(readFileSync(new URL("roots.json", CERTS), "utf8")) as AmazonRoot[];
/** Days before the end of a certificate when it is time to think of the next. */
const SOON = 90;
const DAY = 86_400_000;

/** Amazon Root CA 1, for whoever gives no root. */
export function ownRoot(): Given {
  return { name: "AmazonRootCA1.pem", bytes: readFileSync(new URL("AmazonRootCA1.pem", CERTS)) };
}

/** SHA-256 of a certificate, hex: for a thing's certificate also its id in AWS IoT. */
export function fingerprint(certificate: X509Certificate): string {
  return certificate.fingerprint256.replace(/:/g, "").toLowerCase();
}

/** The list's entry for one of Amazon's roots. */
export function amazonRoot(certificate: X509Certificate): AmazonRoot | undefined {
  return AMAZON.find(({ sha256 }) => sha256 === fingerprint(certificate));
}

const certificatesIn = (given: Given) => readItems(given.bytes).flatMap((item) => (item.kind === "certificate" ? [item.certificate] : []));

/** The common name, or the whole subject where there is none. */
export const nameOf = ({ subject }: X509Certificate) => /^CN=(.*)$/m.exec(subject)?.[1] ?? subject.replace(/\n/g, ", ");

/** A key in words: "RSA 2048", "EC prime256v1", "ed25519". */
export function keyKind({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string {
  if (asymmetricKeyType === "rsa") return `RSA ${asymmetricKeyDetails?.modulusLength}`;
  return asymmetricKeyType === "ec" ? `EC ${asymmetricKeyDetails?.namedCurve}` : `${asymmetricKeyType}`;
}

/** Dates by this machine's clock. */
function checkDates(certificate: X509Certificate, name: string, now: number, findings: Findings): void {
  const from = Date.parse(certificate.validFrom), to = Date.parse(certificate.validTo);
  const day = (time: number) => new Date(time).toISOString().slice(0, 10);
  if (now < from) findings.error(name, `is not valid before ${new Date(from).toISOString()}, and here it is ${new Date(now).toISOString()}. Is this computer's clock right? Else wait.`);
  else if (now > to) findings.error(name, `ended on ${day(to)}, and here it is ${day(now)}. Is this computer's clock right? Else get a new certificate.`);
  else if (to - now < SOON * DAY) findings.warning(name, `ends on ${day(to)}, in ${Math.floor((to - now) / DAY)} days. Plan its successor: the board is shut out on that day.`);
}

/** The root of a file: one of Amazon's if it holds one, CA 1 before the others. */
export function pickRoot(given: Given, findings: Findings): X509Certificate | undefined {
  const found = certificatesIn(given);
  if (!found.length) return findings.error(given.name, wrongFile(given, readItems(given.bytes), "root"));
  const root = AMAZON.map(({ sha256 }) => found.find((one) => fingerprint(one) === sha256)).find(Boolean) ?? found.find((one) => one.ca && one.checkIssued(one)) ?? found[0]!;
  if (found.length > 1) findings.note(given.name, `holds ${found.length} certificates, and a board takes one root: "${nameOf(root)}".`);
  return root;
}

/** Whether a root may be a board's root. `allowed`: also one that is not Amazon's. */
export function checkRoot(root: X509Certificate, name: string, allowed: boolean, now: number, findings: Findings): void {
  const known = amazonRoot(root);
  const subject = `"${nameOf(root)}"`;
  const instead = "Use certs/AmazonRootCA1.pem, or leave --ca out";
  const own = root.checkIssued(root) && root.verify(root.publicKey);
  const key = AMAZON.find(({ publicKeySha256 }) => publicKeySha256 === publicKeyId(root.publicKey));
  if (!root.ca) findings.error(name, `is the certificate of ${subject}, no root: it can vouch for nobody. Are --ca and --cert exchanged? ${instead}.`);
  else if (!known && key) findings.error(name, `is ${subject} signed by another root, and not the root itself. ${instead}.`);
  else if (!own) findings.error(name, `is an intermediate certificate (${subject}), which its owner may replace any day; expected a root. ${instead}.`);
  else if (!known && !allowed) findings.error(name, `is the root ${subject}, SHA-256 ${fingerprint(root)}, which is none of Amazon's. ${instead}; for a server of your own add --allow-root.`);
  else if (!known) findings.warning(name, `is the root ${subject}, none of Amazon's: with it a board that checks certificates does not reach AWS.`);
  else if (!/RootCA[13]/.test(known.file)) findings.warning(name, `is ${subject}; AWS answers with certificates under Amazon Root CA 1. ${instead}.`);
  checkDates(root, name, now, findings);
}

/** SHA-256 of a public key, hex. */
export function publicKeyId(key: KeyObject): string {
  return createHash("sha256").update(key.export({ type: "spki", format: "der" })).digest("hex");
}

/** Kinds of keys that AWS IoT takes and the interpreter's mbedTLS reads (developer guide, "X.509 client certificates"). */
export function checkKeyKind(key: KeyObject, name: string, findings: Findings): void {
  const kind = keyKind(key);
  const renew = "Leave the key to AWS: aws iot create-keys-and-certificate makes RSA 2048.";
  if (key.asymmetricKeyType === "rsa") {
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    if (bits < 2048) findings.error(name, `has a key ${kind}; AWS IoT takes RSA from 2048 bits. ${renew}`);
    else if (bits > 2048) findings.warning(name, `has a key ${kind}: every handshake takes a board many seconds and more memory than RSA 2048. ${renew}`);
  } else if (key.asymmetricKeyType !== "ec") findings.error(name, `has a key ${kind}; a board takes RSA 2048. ${renew}`);
  else if (!/^(prime256v1|secp384r1)$/.test(key.asymmetricKeyDetails?.namedCurve ?? "")) findings.error(name, `has a key ${kind}; AWS IoT and the board have prime256v1 and secp384r1 in common. ${renew}`);
  else {
    findings.warning(name, `has a key ${kind}: ESP32 builds should take it, which was read in their source and not seen on a board; the Linux build of the interpreter does not (-0x3F00). If the handshake fails: ${renew}`);
  }
}

/** The thing's certificate in a file: the one for `publicKey` where there are several. */
export function pickCertificate(given: Given, publicKey: KeyObject | undefined, now: number, findings: Findings): X509Certificate | undefined {
  const found = certificatesIn(given);
  if (!found.length) return findings.error(given.name, wrongFile(given, readItems(given.bytes), "certificate"));
  const chosen = found.find((one) => publicKey && publicKeyId(one.publicKey) === publicKeyId(publicKey)) ?? found.find((one) => !one.ca) ?? found[0]!;
  if (found.length > 1) findings.note(given.name, `holds ${found.length} certificates, and a board sends one: "${nameOf(chosen)}".`);
  if (chosen.ca) return findings.error(given.name, `is the certificate of an authority ("${nameOf(chosen)}"); expected that of the thing. Are --ca and --cert exchanged?`);
  checkKeyKind(chosen.publicKey, given.name, findings);
  checkDates(chosen, given.name, now, findings);
  const named = /^([0-9a-f]{64})-/.exec(given.name.split(/[\\/]/).at(-1)!)?.[1];
  if (named && named !== fingerprint(chosen)) findings.warning(given.name, `is named after certificate ${named.slice(0, 10)}... and holds ${fingerprint(chosen).slice(0, 10)}...: was it renamed?`);
  return chosen;
}
