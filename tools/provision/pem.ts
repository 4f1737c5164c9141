// Certificates and keys in a file, in whatever form it came: PEM (RFC 7468) with text around, line ends of any kind, several in one file,
// inside of JSON, base64 without its lines, or DER.
import "reflect-metadata";
import { PemConverter } from "@peculiar/x509";
import { type Item, type Unusable, readDer } from "./der";
import { fileText, unwrapJson } from "./text";

/** Labels that say what the block is, whatever its bytes. */
const LABELS: Record<string, Unusable> = {
  "ENCRYPTED PRIVATE KEY": "encrypted key",
  "OPENSSH PRIVATE KEY": "openssh key",
  "PUBLIC KEY": "public key",
  "RSA PUBLIC KEY": "public key",
  "CERTIFICATE REQUEST": "request",
  "NEW CERTIFICATE REQUEST": "request",
  "TRUSTED CERTIFICATE": "trusted certificate",
  "X509 CRL": "revocation list",
  PKCS7: "pkcs7",
  CMS: "pkcs7",
};

/** Says what the next block needs, and is nothing itself. */
const SILENT = /^[A-Z0-9 ]*PARAMETERS$/;

/** One block, its lines bare: no spaces around them, none empty; a library reads it then. */
function tidy(block: string): string {
  const lines = block.replace(/-----(BEGIN|END) [^-\n]+-----/g, "\n$&\n").split("\n");
  return lines.map((line) => line.trim()).filter(Boolean).join("\n");
}

function readBlock(block: string): Item[] {
  const [pem] = ((): ReturnType<typeof PemConverter.decodeWithHeaders> => {
    try {
      return PemConverter.decodeWithHeaders(tidy(block));
    } catch {
      return [];
    }
  })();
  if (!pem) return [{ kind: /-----END /.test(block) ? "damaged" : "cut" }];
  if (SILENT.test(pem.type)) return [];
  if (pem.headers.some(({ key, value }) => key === "Proc-Type" && /ENCRYPTED/.test(value))) return [{ kind: "encrypted key" }];
  const label = LABELS[pem.type];
  if (label) return [{ kind: label }];
  const item = readDer(Buffer.from(pem.rawData));
  return [item.kind === "unknown" ? { kind: "damaged" } : item];
}

/** Everything in a file, in its order; none if there is nothing that looks like a certificate or a key. */
export function readItems(bytes: Buffer): Item[] {
  const der = readDer(bytes);
  if (der.kind !== "unknown") return [der];
  // A line end may have become the two characters \n on its way through JSON or an environment variable.
  const text = unwrapJson(fileText(bytes)).replace(/\\r|\\n|\r/g, "\n");
  const blocks = text.split(/(?=-----BEGIN )/).filter((part) => part.startsWith("-----BEGIN "));
  if (blocks.length) return blocks.flatMap(readBlock);
  const bare = text.replace(/\s/g, "");
  const item = /^[A-Za-z0-9+/]{40,}=*$/.test(bare) ? readDer(Buffer.from(bare, "base64")) : { kind: "unknown" as const };
  return item.kind === "unknown" ? [] : [item];
}
