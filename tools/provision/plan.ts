// What a board is to get: the records for its Storage, made of files and settings that were looked at.
import { createHash, createPublicKey, type KeyObject, type X509Certificate } from "node:crypto";
import type { Values } from "../../src/device/settings/check";
import { crc32 } from "../build/crc32.js";
import { amazonRoot, checkRoot, fingerprint, keyKind, nameOf, pickCertificate, pickRoot } from "./certificates";
import { Findings } from "./finding";
import { checkPair, keyRecord, pickKey, readVerifyKey } from "./keys";
import { checkForBoard } from "./settings";
import { settingsRecord } from "./settingsFile";
import type { Given } from "./wrongFile";

export interface BoardRecord {
  name: string;
  bytes: Buffer;
  /** For people: what is in it, nothing secret. */
  about: string;
}

export interface PlanInput {
  ca?: Given;
  cert?: Given;
  key?: Given;
  verifyKey?: Given;
  /** Byte strings. */
  settings?: Values;
  /** A root that is not Amazon's is wanted. */
  allowRoot: boolean;
  /** Milliseconds since 1970. */
  now: number;
}

export interface Plan {
  /** In the order in which they are written: the settings last, so that they never name what is not there yet. */
  records: BoardRecord[];
  findings: Findings;
  /** The root is not Amazon's, and nobody has said that it may be so: in words. */
  foreignRoot?: string;
}

const until = (certificate: X509Certificate) => "until " + new Date(certificate.validTo).toISOString().slice(0, 10);

function planIdentity({ cert, key, now }: PlanInput, findings: Findings): BoardRecord[] {
  if (!cert && !key) return [];
  const privateKey: KeyObject | undefined = key && pickKey(key, findings);
  const certificate = cert && pickCertificate(cert, privateKey && createPublicKey(privateKey), now, findings);
  if (!cert || !key) {
    findings.error(cert ? "--key" : "--cert", `is missing: ${cert ? "a certificate is of no use without its key" : "a key is of no use without its certificate"}. Give both.`);
    return [];
  }
  if (!certificate || !privateKey) return [];
  checkPair(certificate, cert.name, privateKey, key.name, findings);
  return [
    { name: "cert.der", bytes: certificate.raw, about: `"${nameOf(certificate)}", ${keyKind(certificate.publicKey)}, ${until(certificate)}, certificate id ${fingerprint(certificate)}` },
    { name: "key.der", bytes: keyRecord(privateKey), about: `${keyKind(privateKey)}, the key of cert.der` },
  ];
}

/** What is needed beside the records. `held` are those that the board has already; undefined where nobody has looked. */
export function checkNeeds(settings: Values | undefined, records: BoardRecord[], held: string[] | undefined, findings: Findings): void {
  const there = new Set([...records.map(({ name }) => name), ...(held ?? [])]);
  const unknown = held ? "" : " unless the board has them";
  if (!there.has("ca.der")) {
    if (!held && settings) findings.note("ca.der", "Amazon Root CA 1 is written where the board has no root.");
    else if (held) findings.warning("ca.der", "is missing: the board does not know whom to trust. Give --ca certs/AmazonRootCA1.pem.");
  }
  const iot = settings?.["iot"] ? "iot" : settings?.["credentials"]?.source === "iot" ? "credentials.source" : "";
  if (!iot || (there.has("cert.der") && there.has("key.der"))) return;
  const text = `needs the certificate of the thing and its key. Give --cert and --key${unknown}.`;
  if (held) findings.error(iot, text);
  else findings.note(iot, text);
}

/** Looks at everything and makes the records. With errors among the findings nothing may be written. */
export function makePlan(input: PlanInput): Plan {
  const findings = new Findings();
  const records: BoardRecord[] = [];
  const root = input.ca && pickRoot(input.ca, findings);
  if (root) {
    checkRoot(root, input.ca!.name, input.allowRoot, input.now, findings);
    records.push({ name: "ca.der", bytes: root.raw, about: `"${nameOf(root)}", ${keyKind(root.publicKey)}, ${until(root)}, SHA-256 ${fingerprint(root)}` });
  }
  records.push(...planIdentity(input, findings));
  const verify = input.verifyKey && readVerifyKey(input.verifyKey, findings);
  if (verify) records.push({ name: "verify.key", bytes: verify, about: `key of manifests, SHA-256 begins ${createHash("sha256").update(verify).digest("hex").slice(0, 16)}` });
  if (input.settings) {
    checkForBoard(input.settings, findings);
    records.push({ name: "settings.json", bytes: settingsRecord(input.settings), about: Object.keys(input.settings).join(", ") });
  }
  const plan: Plan = { records, findings };
  if (root && !input.allowRoot && !amazonRoot(root)) plan.foreignRoot = `"${nameOf(root)}", SHA-256 ${fingerprint(root)}`;
  return plan;
}

/** CRC-32 of a record, as E.CRC32 gives it on the board. */
export const crcOf = (record: BoardRecord) => crc32(record.bytes.toString("latin1"));
