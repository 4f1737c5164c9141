// The cloud's own root, server and device certificates (RFC 5280), RSA 2048 because old mbedTLS builds know no other.
import { webcrypto } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
// @peculiar/x509 needs it loaded first.
import "reflect-metadata";
import * as x509 from "@peculiar/x509";

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

/**
 * Makes a root, a server certificate (localhost, 127.0.0.1, *.localhost, *.s3.localhost and `hosts`) and a device
 * certificate with its key, and writes all but the root's key to `directory`.
 */
export async function makeCertificates(options: CertificateOptions): Promise<Certificates> {
  x509.cryptoProvider.set(webcrypto);
  mkdirSync(options.directory, { recursive: true });
  const validity = {
    notBefore: new Date(Math.min(options.now, Date.now()) - DAY),
    notAfter: new Date(Math.max(options.now, Date.now()) + 3650 * DAY),
  };
  const [rootKeys, serverKeys, deviceKeys] = await Promise.all([newKeys(), newKeys(), newKeys()]);
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    serialNumber: "01",
    name: "CN=Local Cloud Root CA,O=espruino-aws",
    keys: rootKeys,
    signingAlgorithm: RSA,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(rootKeys.publicKey),
    ],
  });
  const issue = async (serialNumber: string, subject: string, keys: webcrypto.CryptoKeyPair, extensions: x509.Extension[]) =>
    x509.X509CertificateGenerator.create({
      ...validity,
      serialNumber,
      subject,
      issuer: root.subject,
      publicKey: keys.publicKey,
      signingKey: rootKeys.privateKey,
      signingAlgorithm: RSA,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment, true),
        await x509.AuthorityKeyIdentifierExtension.create(rootKeys.publicKey),
        ...extensions,
      ],
    });
  const server = await issue("02", "CN=localhost,O=espruino-aws", serverKeys, [
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    new x509.SubjectAlternativeNameExtension(alternativeNames(options.hosts)),
  ]);
  const device = await issue("03", "CN=AWS IoT Certificate,O=espruino-aws", deviceKeys, [
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
  ]);
  const files = (name: string) => (label: string, der: ArrayBuffer) => write(options.directory, name, label, der);
  return {
    directory: options.directory,
    ca: files("ca")("CERTIFICATE", root.rawData),
    server: {
      certificate: files("server.cert")("CERTIFICATE", server.rawData),
      key: files("server.key")("PRIVATE KEY", await pkcs8(serverKeys)),
    },
    device: {
      certificate: files("device.cert")("CERTIFICATE", device.rawData),
      key: files("device.key")("PRIVATE KEY", await pkcs8(deviceKeys)),
    },
  };
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(RSA, true, ["sign", "verify"]) as Promise<webcrypto.CryptoKeyPair>;
}

function pkcs8(keys: webcrypto.CryptoKeyPair): Promise<ArrayBuffer> {
  return webcrypto.subtle.exportKey("pkcs8", keys.privateKey) as Promise<ArrayBuffer>;
}

function alternativeNames(hosts: string[]): x509.JsonGeneralName[] {
  const names = new Set(["localhost", "*.localhost", "s3.localhost", "*.s3.localhost", "127.0.0.1", ...hosts]);
  return [...names].map((value) => ({ type: isIP(value) ? "ip" : "dns", value }));
}

function write(directory: string, name: string, label: string, data: ArrayBuffer): Encoded {
  const der = Buffer.from(data);
  const pem = `-----BEGIN ${label}-----\n${der.toString("base64").replace(/.{1,64}/g, "$&\n")}-----END ${label}-----\n`;
  const encoded = { pem, der, pemPath: join(directory, name + ".pem"), derPath: join(directory, name + ".der") };
  writeFileSync(encoded.pemPath, pem, { mode: 0o600 });
  writeFileSync(encoded.derPath, der, { mode: 0o600 });
  return encoded;
}
