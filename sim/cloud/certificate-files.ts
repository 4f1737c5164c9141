// Certificates and keys as files, PEM and DER side by side, and whether what lies there can be used again.
import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";

/** One certificate or key in both forms, and the files that hold them. */
export interface Encoded {
  pem: string;
  der: Buffer;
  pemPath: string;
  derPath: string;
}

export interface Identity {
  certificate: Encoded;
  /** PKCS#8 */
  key: Encoded;
}

/** What a certificate must be good for. */
export interface Need {
  /** The times it must hold at, milliseconds since 1970. */
  times: number[];
  /** DNS names and addresses it must be for. */
  names: string[];
  /** Who must have signed it, DER. */
  issuer: Buffer | undefined;
}

const DAY = 86_400_000;

/** Reads `name`.cert or the root's files; `undefined` if they are not there, not whole, or not good for what they are needed. */
export function readIdentity(directory: string, certificate: string, key: string, need: Need): Identity | undefined {
  try {
    const identity = { certificate: read(directory, certificate), key: read(directory, key) };
    return isGood(identity, need) ? identity : undefined;
  } catch {
    return undefined;
  }
}

/** Writes both forms. Only the owner can read them. */
export function writeEncoded(directory: string, name: string, label: string, data: ArrayBuffer): Encoded {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const der = Buffer.from(data);
  const pem = `-----BEGIN ${label}-----\n${der.toString("base64").replace(/.{1,64}/g, "$&\n")}-----END ${label}-----\n`;
  const encoded = { pem, der, ...paths(directory, name) };
  writeFileSync(encoded.pemPath, pem, { mode: 0o600 });
  writeFileSync(encoded.derPath, der, { mode: 0o600 });
  return encoded;
}

function read(directory: string, name: string): Encoded {
  const { pemPath, derPath } = paths(directory, name);
  const pem = readFileSync(pemPath, "utf8");
  const der = readFileSync(derPath);
  if (pem.replace(/-----[^-]+-----|\s/g, "") !== der.toString("base64")) throw new Error("The two forms differ.");
  return { pem, der, pemPath, derPath };
}

function paths(directory: string, name: string): { pemPath: string; derPath: string } {
  return { pemPath: join(directory, name + ".pem"), derPath: join(directory, name + ".der") };
}

function isGood({ certificate, key }: Identity, { times, names, issuer }: Need): boolean {
  const x509 = new X509Certificate(certificate.der);
  const from = Date.parse(x509.validFrom);
  // With a day to spare: a certificate should not run out while it is in use.
  const to = Date.parse(x509.validTo) - DAY;
  const signed = new Set((x509.subjectAltName ?? "").split(", ").map((name) => name.replace(/^(DNS|IP Address):/, "")));
  return (
    times.every((time) => from <= time && time <= to) &&
    names.every((name) => (isIP(name) ? x509.checkIP(name) !== undefined : signed.has(name))) &&
    x509.verify(issuer === undefined ? x509.publicKey : new X509Certificate(issuer).publicKey) &&
    x509.checkPrivateKey(createPrivateKey(key.pem))
  );
}
