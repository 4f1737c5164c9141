// Keys and certificates for the tests of provisioning, made when they are asked for: none is ever kept.
import { generateKeyPairSync, KeyObject, webcrypto } from "node:crypto";
import "reflect-metadata";
import * as x509 from "@peculiar/x509";

x509.cryptoProvider.set(webcrypto);

export const NOW = Date.parse("2026-11-22T12:00:00Z");
const DAY = 86_400_000;

export interface Pair {
  key: KeyObject;
  keys: webcrypto.CryptoKeyPair;
  signing: { name: string; hash: string; namedCurve?: string };
}

export async function pair(kind: "RSA" | "P-256" = "RSA", bits = 2048): Promise<Pair> {
  const signing = kind === "RSA" ? { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" } : { name: "ECDSA", hash: "SHA-256", namedCurve: kind };
  const extra = kind === "RSA" ? { modulusLength: bits, publicExponent: new Uint8Array([1, 0, 1]) } : {};
  const keys = (await webcrypto.subtle.generateKey({ ...signing, ...extra }, true, ["sign", "verify"])) as unknown as webcrypto.CryptoKeyPair;
  return { key: KeyObject.from(keys.privateKey), keys, signing };
}

export interface CertificateWish {
  name?: string;
  /** Days from NOW. */
  from?: number;
  to?: number;
  ca?: boolean;
  issuer?: { name: string; by: Pair };
}

/** A certificate for `of`, PEM. Signed by itself unless there is an issuer. */
export async function certificate(of: Pair, { name = "AWS IoT Certificate", from = -10, to = 3650, ca = false, issuer }: CertificateWish = {}): Promise<string> {
  const made = await x509.X509CertificateGenerator.create({
    serialNumber: "01",
    subject: `CN=${name}`,
    issuer: `CN=${issuer?.name ?? name}`,
    notBefore: new Date(NOW + from * DAY),
    notAfter: new Date(NOW + to * DAY),
    publicKey: of.keys.publicKey,
    signingKey: (issuer?.by ?? of).keys.privateKey,
    signingAlgorithm: (issuer?.by ?? of).signing,
    extensions: [new x509.BasicConstraintsExtension(ca, undefined, true)],
  });
  return made.toString("pem") + "\n";
}

export async function request(of: Pair): Promise<string> {
  return (await x509.Pkcs10CertificateRequestGenerator.create({ name: "CN=board", keys: of.keys, signingAlgorithm: of.signing })).toString("pem");
}

export const pkcs8 = ({ key }: Pair) => key.export({ type: "pkcs8", format: "pem" }) as string;
export const pkcs1 = ({ key }: Pair) => key.export({ type: "pkcs1", format: "pem" }) as string;
export const sec1 = ({ key }: Pair) => key.export({ type: "sec1", format: "pem" }) as string;
export const publicKey = async ({ keys }: Pair) => `-----BEGIN PUBLIC KEY-----\n${Buffer.from(await webcrypto.subtle.exportKey("spki", keys.publicKey)).toString("base64")}\n-----END PUBLIC KEY-----\n`;
export const locked = ({ key }: Pair) => key.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "secret" }) as string;
export const lockedOld = ({ key }: Pair) => key.export({ type: "pkcs1", format: "pem", cipher: "aes-256-cbc", passphrase: "secret" }) as string;
/** The bytes of the first block of a PEM text. */
export const der = (pem: string) => Buffer.from(x509.PemConverter.decodeFirst(pem));
/** A key of a kind that no board takes. */
export const oddKey = (kind: "ed25519" | "secp256k1") => (kind === "ed25519" ? generateKeyPairSync("ed25519") : generateKeyPairSync("ec", { namedCurve: kind })).privateKey;
export const oddPem = (kind: Parameters<typeof oddKey>[0]) => oddKey(kind).export({ type: "pkcs8", format: "pem" }) as string;

/** A certificate of another root for the key of this one, PEM. */
export async function crossSigned(root: string, by: Pair): Promise<string> {
  const own = new x509.X509Certificate(root);
  const made = await x509.X509CertificateGenerator.create({
    serialNumber: "02", subject: own.subject, issuer: "CN=Other Root", notBefore: new Date(NOW - DAY), notAfter: new Date(NOW + 3650 * DAY),
    publicKey: own.publicKey, signingKey: by.keys.privateKey, signingAlgorithm: by.signing, extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
  });
  return made.toString("pem") + "\n";
}
