// The certificates in flash. Root and device certificate are read back and parsed here; the key stays where it is, only its form is asked for.
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Finding } from "../flash/facts";
import type { Repl } from "../port/repl";
import { ok, type Patient, warning, wrong } from "./findings";

/** Bytes that are fetched at once: base64 of them is an answer that a small heap can hold. */
const PIECE = 600;

/** Days before its end from which a certificate is worth a warning. */
const SOON = 30;

/** A record of Storage; undefined if there is none. */
export async function readRecord(repl: Repl, name: string): Promise<Buffer | undefined> {
  const read = `require("Storage").read(${JSON.stringify(name)}`;
  const length = await repl.evaluate<number>(`(function(b){return b===undefined?-1:b.length})(${read}))`);
  if (length < 0) return undefined;
  const pieces: Buffer[] = [];
  for (let at = 0; at < length; at += PIECE) pieces.push(Buffer.from(await repl.evaluate<string>(`btoa(${read},${at},${PIECE}))`), "base64"));
  return Buffer.concat(pieces);
}

/** Fingerprints of the roots in certs/. */
function roots(): { subject: string; sha256: string }[] {
  return JSON.parse(readFileSync(new URL("../../certs/roots.json", import.meta.url), "utf8"));
}

/** What is wrong with a DER certificate, and what it is. */
export function certificateFinding(what: string, bytes: Buffer, now: number, mend: string): { finding: Finding; certificate?: X509Certificate } {
  if (/^\s*-----BEGIN/.test(bytes.toString("latin1", 0, 40))) return { finding: wrong(what, "is PEM; the interpreter reads DER alone", mend) };
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(bytes);
    // Node.js takes PEM, too, and garbage behind a certificate.
    if (!certificate.raw.equals(bytes)) throw new Error("there is something else behind it");
  } catch (error) {
    return { finding: wrong(what, `${bytes.length} bytes that are no certificate: ${(error as Error).message}`, mend) };
  }
  const from = Date.parse(certificate.validFrom), to = Date.parse(certificate.validTo), day = (time: number) => new Date(time).toISOString().slice(0, 10);
  const name = /CN=([^\n]*)/.exec(certificate.subject)?.[1] ?? certificate.subject.replace(/\n/g, ", ");
  if (to < now) return { finding: wrong(what, `${name} ran out on ${day(to)}`, mend), certificate };
  if (from > now) return { finding: wrong(what, `${name} begins on ${day(from)}`, "Is this computer's clock right?"), certificate };
  const found = `${name}, until ${day(to)}`;
  return { finding: to - now < SOON * 86_400_000 ? warning(what, found, mend) : ok(what, found), certificate };
}

async function rootFinding({ repl, settings }: Patient, now: number): Promise<Finding> {
  const what = "root (ca.der)", mend = "espruino-aws provision --ca certs/AmazonRootCA1.pem";
  const bytes = await readRecord(repl, "ca.der");
  if (!bytes) return wrong(what, "is not in flash", mend);
  const { finding, certificate } = certificateFinding(what, bytes, now, mend);
  if (!certificate || finding.state === "wrong") return finding;
  const fingerprint = certificate.fingerprint256.replace(/:/g, "").toLowerCase();
  const amazon = roots().some(({ sha256 }) => sha256 === fingerprint);
  if (amazon || settings?.elsewhere) return { ...finding, found: finding.found + (amazon ? ", Amazon's" : ", for a server of one's own") };
  return warning(what, `${finding.found}, none of Amazon's roots`, mend);
}

/** The form of the key, told by the board: nothing of it is read. */
async function keyFinding({ repl }: Patient): Promise<Finding> {
  const what = "key (key.der)", mend = "espruino-aws provision --cert FILE --key FILE";
  const form = await repl.evaluate<[length: number, isDer: boolean, isPem: boolean] | 0>(
    '(function(b){return b===undefined?0:[b.length,b.charCodeAt(0)==48,b.charCodeAt(0)==45]})(require("Storage").read("key.der"))',
  );
  if (!form) return wrong(what, "is not in flash", mend);
  const [length, isDer, isPem] = form;
  if (isPem) return wrong(what, "is PEM; the interpreter reads DER alone", mend);
  if (!isDer || length < 100 || length > 4096) return wrong(what, `${length} bytes that are no key`, mend);
  return ok(what, `${length} bytes; whether it belongs to the certificate shows when AWS IoT takes it`);
}

export async function certificateFindings(patient: Patient, now = Date.now()): Promise<Finding[]> {
  const findings = [await rootFinding(patient, now)];
  const { settings, repl } = patient;
  if (!settings || !(settings.sections.includes("iot") || settings.source === "iot")) return findings;
  const what = "certificate (cert.der)", mend = "espruino-aws provision --cert FILE --key FILE";
  const bytes = await readRecord(repl, "cert.der");
  findings.push(bytes ? certificateFinding(what, bytes, now, mend).finding : wrong(what, "is not in flash", mend), await keyFinding(patient));
  return findings;
}
