// The cloud's own root, server and device certificates (RFC 5280), RSA 2048 because old mbedTLS builds know no other.
import { randomBytes, webcrypto } from "node:crypto";
import { isIP } from "node:net";
// @peculiar/x509 needs it loaded first.
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { readIdentity, writeEncoded, type Encoded, type Identity } from "./certificate-files";

export type { Encoded, Identity } from "./certificate-files";

export interface Certificates {
  directory: string;
  ca: Encoded;
  server: Identity;
  device: Identity;
}

export interface CertificateOptions {
  directory: string;
  /** Names and addresses the server certificate is for, besides localhost. */
  hosts: string[];
  /** The server's clock, milliseconds since 1970: the certificates hold by it and by the real clock. */
  now: number;
}

const DAY = 86_400_000;
const RSA = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
const ROOT = "CN=Local Cloud Root CA,O=espruino-aws";

/**
 * Finds or makes a root, a server certificate (localhost, 127.0.0.1, *.localhost, *.s3.localhost and `hosts`) and a
 * device certificate with its key. What lies in `directory` is used again while it holds, above all the root, which a
 * board may have in its flash; a server certificate that lacks a name is replaced. The root's key lies there too: a
 * board should trust this root only for tests.
 */
export async function openCertificates({ directory, hosts, now }: CertificateOptions): Promise<Certificates> {
  x509.cryptoProvider.set(webcrypto);
  const need = { times: [now, Date.now()], names: [] as string[], issuer: undefined as Buffer | undefined };
  const names = [...new Set(["localhost", "*.localhost", "s3.localhost", "*.s3.localhost", "127.0.0.1", ...hosts])];
  const oldRoot = readIdentity(directory, "ca", "ca.key", need);
  const leaf = (name: string, forNames: string[]) =>
    oldRoot && readIdentity(directory, `${name}.cert`, `${name}.key`, { ...need, names: forNames, issuer: oldRoot.certificate.der });
  const old = { server: leaf("server", names), device: leaf("device", []) };
  // All at once: making a key takes a while.
  const [rootKeys, serverKeys, deviceKeys] = await Promise.all([oldRoot ? undefined : newKeys(), old.server ? undefined : newKeys(), old.device ? undefined : newKeys()]);
  const root = oldRoot ?? (await makeRoot(directory, rootKeys!, now));
  const issue = await issuer(directory, root, now);
  return {
    directory,
    ca: root.certificate,
    server: old.server ?? (await issue("server", "CN=localhost,O=espruino-aws", serverKeys!, [
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: isIP(value) ? "ip" : "dns", value }))),
    ])),
    device: old.device ?? (await issue("device", "CN=AWS IoT Certificate,O=espruino-aws", deviceKeys!, [
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
    ])),
  };
}

async function makeRoot(directory: string, keys: webcrypto.CryptoKeyPair, now: number): Promise<Identity> {
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(now),
    serialNumber: newSerialNumber(),
    name: ROOT,
    keys,
    signingAlgorithm: RSA,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: writeEncoded(directory, "ca", "CERTIFICATE", root.rawData), key: await writeKey(directory, "ca.key", keys) };
}

/** Gives a function that makes a certificate signed by the root, and writes it with its key. */
async function issuer(directory: string, root: Identity, now: number) {
  const certificate = new x509.X509Certificate(root.certificate.der);
  const signingKey = await webcrypto.subtle.importKey("pkcs8", root.key.der, RSA, false, ["sign"]);
  return async (name: string, subject: string, keys: webcrypto.CryptoKeyPair, extensions: x509.Extension[]): Promise<Identity> => {
    const issued = await x509.X509CertificateGenerator.create({
      ...validity(now),
      serialNumber: newSerialNumber(),
      subject,
      issuer: certificate.subject,
      publicKey: keys.publicKey,
      signingKey,
      signingAlgorithm: RSA,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment, true),
        await x509.AuthorityKeyIdentifierExtension.create(certificate.publicKey),
        ...extensions,
      ],
    });
    return { certificate: writeEncoded(directory, `${name}.cert`, "CERTIFICATE", issued.rawData), key: await writeKey(directory, `${name}.key`, keys) };
  };
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(RSA, true, ["sign", "verify"]) as Promise<webcrypto.CryptoKeyPair>;
}

async function writeKey(directory: string, name: string, keys: webcrypto.CryptoKeyPair): Promise<Encoded> {
  return writeEncoded(directory, name, "PRIVATE KEY", await webcrypto.subtle.exportKey("pkcs8", keys.privateKey));
}

/** 16 random hex digits, positive and never the same twice: a root that is used again must not repeat one. */
function newSerialNumber(): string {
  return "5" + randomBytes(8).toString("hex").slice(1);
}

function validity(now: number): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(Math.min(now, Date.now()) - DAY), notAfter: new Date(Math.max(now, Date.now()) + 3650 * DAY) };
}
