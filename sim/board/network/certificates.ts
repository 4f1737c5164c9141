// ca, cert and key of tls.connect(): DER as Espruino takes it, turned into what node takes.
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { collectBytes, toBuffer } from "../bytes";
import type { Profile } from "../options";

/** Client certificate and key for node's TLS, both or none; and the root that an interpreter that verifies looks at. */
export interface Identity { readonly ca?: string; readonly cert?: string; readonly key?: string }

export interface CertificateSource {
  readonly profile: Profile;
  /** Reads a file of the card; throws what E.openFile throws. */
  readFile(path: string): string | undefined;
  fail(message: string): Error;
  warn(text: string): void;
}

const longestPath = 100;

/**
 * Checks the three and gives what is used. Traps: PEM text is refused (only a short string is taken, as the path of a
 * PEM file), a cert without a key is not sent, and the ca is parsed but, in stock builds, never used.
 */
export function readIdentity(options: Record<string, unknown>, source: CertificateSource): Identity {
  const { ca, cert, key } = options;
  const root = ca === undefined ? {} : { ca: certificate(ca, "ca", source) };
  const own = cert === undefined ? undefined : certificate(cert, "cert", source);
  const secret = key === undefined ? undefined : privateKey(key, source);
  return own && secret ? { ...root, cert: own, key: secret } : root;
}

function bytesOf(value: unknown, source: CertificateSource): Buffer {
  if (typeof value === "function") return collectBytes((value as () => unknown)());
  if (typeof value === "string" && value.length <= longestPath) return pemFile(value, source);
  return collectBytes(value);
}

function pemFile(path: string, source: CertificateSource): Buffer {
  const text = read(path, source);
  if (text === undefined || text === "") return toBuffer(path);
  const lines = text.replace(/\r/g, "").split("\n").slice(1);
  const end = lines.findIndex((line) => line.startsWith("-"));
  return Buffer.from(lines.slice(0, end < 0 ? undefined : end).join(""), "base64");
}

function read(path: string, source: CertificateSource): string | undefined {
  try {
    return source.readFile(path);
  } catch (error) {
    source.warn(`File "${path}" not found`);
    throw error;
  }
}

function certificate(value: unknown, name: string, source: CertificateSource): string {
  const bytes = bytesOf(value, source);
  try {
    // node would read PEM text, too: the interpreter does not
    if (bytes[0] !== 0x30) throw new Error("not DER");
    return new X509Certificate(bytes).toString();
  } catch {
    throw source.fail(`HTTPS init failed! mbedtls_x509_crt_parse of '${name}': Invalid format`);
  }
}

function privateKey(value: unknown, source: CertificateSource): string {
  const bytes = bytesOf(value, source);
  for (const type of ["pkcs8", "pkcs1", "sec1"] as const) {
    const key = parsed(bytes, type);
    if (key) {
      if (key.asymmetricKeyType === "ec" && source.profile === "linux") throw source.fail("HTTPS init failed! mbedtls_pk_parse_key: -0x3f00");
      return key.export({ format: "pem", type: "pkcs8" }) as string;
    }
  }
  throw source.fail("HTTPS init failed! mbedtls_pk_parse_key: Invalid format");
}

function parsed(bytes: Buffer, type: "pkcs8" | "pkcs1" | "sec1"): KeyObject | undefined {
  try {
    return createPrivateKey({ key: bytes, format: "der", type });
  } catch {
    return undefined;
  }
}
