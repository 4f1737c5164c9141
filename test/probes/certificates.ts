// Certificates of the servers that the probes talk to, made afresh in every run.
import "reflect-metadata";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

const rsa = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", publicExponent: new Uint8Array([1, 0, 1]), modulusLength: 2048 };
const ec = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

export interface Certificate {
  /** For node's servers. */
  readonly pem: string;
  readonly keyPem: string;
  /** For the board: byte strings in base64. */
  readonly der: string;
  readonly keyDer: string;
}

/** A self-signed certificate. The Linux build of Espruino only speaks with RSA ones. */
export async function makeCertificate(name: string, kind: "rsa" | "ec"): Promise<Certificate> {
  const algorithm = kind === "rsa" ? rsa : ec;
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  x509.cryptoProvider.set(webcrypto as never);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`, keys: keys as never, signingAlgorithm: algorithm,
    notBefore: new Date(Date.now() - 86_400_000), notAfter: new Date(Date.now() + 86_400_000),
    extensions: [new x509.BasicConstraintsExtension(true)],
  });
  const key = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
  return {
    pem: certificate.toString("pem"),
    keyPem: `-----BEGIN PRIVATE KEY-----\n${key.replace(/(.{64})/g, "$1\n").trim()}\n-----END PRIVATE KEY-----\n`,
    der: Buffer.from(certificate.rawData).toString("base64"),
    keyDer: key,
  };
}
