// The thing's private key, and the key that authenticates manifests.
import { createPublicKey, type KeyObject, type X509Certificate } from "node:crypto";
import { readItems } from "./pem";
import { keyKind, nameOf, publicKeyId } from "./certificates";
import type { Findings } from "./finding";
import { fileText } from "./text";
import { type Given, wrongFile } from "./wrongFile";

/** The private key in a file: the one for `certificate` where there are several. */
export function pickKey(given: Given, findings: Findings): KeyObject | undefined {
  const items = readItems(given.bytes);
  const keys = items.flatMap((item) => (item.kind === "key" ? [item.key] : []));
  if (keys.length > 1) return findings.error(given.name, `holds ${keys.length} private keys; expected one. Put the one of this thing in a file of its own.`);
  return keys[0] ?? findings.error(given.name, wrongFile(given, items.filter(({ kind }) => kind !== "certificate").concat(items), "key"));
}

/** Whether key and certificate are one pair. */
export function checkPair(certificate: X509Certificate, certificateName: string, key: KeyObject, keyName: string, findings: Findings): void {
  if (certificate.checkPrivateKey(key)) return;
  const id = (of: KeyObject) => `${keyKind(of)}, public key ${publicKeyId(of).slice(0, 16)}`;
  findings.error(
    keyName,
    `does not belong to the certificate ${certificateName} ("${nameOf(certificate)}"): the key has ${id(createPublicKey(key))}, the certificate ${id(certificate.publicKey)}. ` +
      "Take both from one download; the files of one certificate begin with the same digits.",
  );
}

/** PKCS#8, DER: one form for RSA and EC, which mbedTLS tries first. */
export function keyRecord(key: KeyObject): Buffer {
  return key.export({ type: "pkcs8", format: "der" });
}

/** The 32 bytes of verify.key: raw, or 64 hex digits, or base64. */
export function readVerifyKey(given: Given, findings: Findings): Buffer | undefined {
  const text = fileText(given.bytes).trim();
  const bytes = given.bytes.length === 32 ? given.bytes : /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, "hex") : /^[A-Za-z0-9+/]{43}=$/.test(text) ? Buffer.from(text, "base64") : undefined;
  const make = "Make one: openssl rand -hex 32 > verify.hex";
  if (!bytes) return findings.error(given.name, `holds ${given.bytes.length} bytes; expected the key of manifests: 32 bytes, or 64 hex digits, or base64 of 32 bytes. ${make}`);
  return new Set(bytes).size > 8 ? bytes : findings.error(given.name, `is no random key: nearly all bytes are the same. ${make}`);
}
