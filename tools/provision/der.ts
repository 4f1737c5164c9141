// What a DER structure is, by what can read it: certificate (RFC 5280), private key (RFC 5958, 8017, 5915), request (RFC 2986), ...
import { type KeyObject, X509Certificate, createPrivateKey, createPublicKey } from "node:crypto";
// @peculiar/x509 needs it loaded first.
import "reflect-metadata";
import { Pkcs10CertificateRequest } from "@peculiar/x509";

/** Things that come in files and that no board can use, by what they are called. */
export type Unusable =
  | "encrypted key" | "public key" | "request" | "pkcs12" | "pkcs7" | "openssh key" | "trusted certificate" | "revocation list" | "damaged" | "cut" | "unknown";

export type Item = { kind: "certificate"; certificate: X509Certificate } | { kind: "key"; key: KeyObject } | { kind: Unusable };

function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    // What the library says is not told: it could quote the data.
    return undefined;
  }
}

const PKCS7_SIGNED_DATA = Buffer.from("06092a864886f70d010702", "hex");
/** INTEGER 3 at the very beginning: the version of a PKCS#12 store (RFC 7292). */
const PKCS12_VERSION = Buffer.from("020103", "hex");

function isEncrypted(der: Buffer): boolean {
  try {
    createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ERR_MISSING_PASSPHRASE";
  }
  return false;
}

/** The value that begins a DER structure's content, without its own head. */
function content(der: Buffer): Buffer {
  return der.subarray(der[1]! < 0x80 ? 2 : 2 + (der[1]! & 0x7f));
}

/** A certificate whose key and dates can be read as well: the library looks at them only when they are asked for. */
function wholeCertificate(der: Buffer): X509Certificate | undefined {
  const certificate = new X509Certificate(der);
  const { publicKey, validFrom, validTo } = certificate;
  return publicKey && Date.parse(validFrom) && Date.parse(validTo) ? certificate : undefined;
}

/** What `der` holds. Bytes behind it are ignored. */
export function readDer(der: Buffer): Item {
  if (der[0] !== 0x30 || der.length < 16) return { kind: "unknown" };
  const certificate = readable(() => wholeCertificate(der));
  if (certificate) return { kind: "certificate", certificate };
  for (const type of ["pkcs8", "pkcs1", "sec1"] as const) {
    const key = readable(() => createPrivateKey({ key: der, format: "der", type }));
    if (key) return { kind: "key", key };
  }
  if (isEncrypted(der)) return { kind: "encrypted key" };
  if (readable(() => createPublicKey({ key: der, format: "der", type: "spki" })) || readable(() => createPublicKey({ key: der, format: "der", type: "pkcs1" }))) return { kind: "public key" };
  if (readable(() => new Pkcs10CertificateRequest(der))) return { kind: "request" };
  const begins = content(der);
  if (begins.subarray(0, 3).equals(PKCS12_VERSION)) return { kind: "pkcs12" };
  return { kind: begins.subarray(0, PKCS7_SIGNED_DATA.length).equals(PKCS7_SIGNED_DATA) ? "pkcs7" : "unknown" };
}
