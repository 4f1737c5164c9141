// A file that is not what it should be: what it is instead, and what to do.
import type { Item } from "./der";
import { fileText } from "./text";

/** A file that was given: its bytes, and what to call it. */
export interface Given {
  name: string;
  bytes: Buffer;
}

export type Role = "root" | "certificate" | "key";

/** What AWS hands out for each role. */
const EXPECTED: Record<Role, string> = {
  root: "a root certificate (AmazonRootCA1.pem)",
  certificate: "the certificate of the thing (its file ends in -certificate.pem.crt)",
  key: "the private key of the thing (its file ends in -private.pem.key)",
};

const NEW_IDENTITY = "aws iot create-keys-and-certificate --set-as-active --certificate-pem-outfile cert.pem --private-key-outfile key.pem";

/** What each kind is and how it becomes what is expected. FILE stands for the name. */
function story(kind: Item["kind"], role: Role): string {
  switch (kind) {
    case "certificate":
      return `is a certificate. Are --cert and --key exchanged?`;
    case "key":
      return role === "root" ? "is a private key. Keep it secret and give it as --key" : "is a private key. Are --cert and --key exchanged?";
    case "encrypted key":
      return role === "key"
        ? "is a private key locked with a passphrase, which a board cannot be asked for. Unlock it: openssl pkey -in FILE -out unlocked.pem"
        : "is a private key locked with a passphrase. It belongs to --key, unlocked: openssl pkey -in FILE -out unlocked.pem";
    case "public key":
      return role === "key"
        ? `is a public key; the private one cannot be made from it. If that is lost, make a new pair: ${NEW_IDENTITY}`
        : "is a public key, the file that AWS hands out beside the certificate; no board needs it";
    case "request":
      return role === "key"
        ? "is a certificate signing request. The key is the file that it was made with (openssl req -key or -keyout)"
        : "is a certificate signing request. Have AWS make the certificate: aws iot create-certificate-from-csr --certificate-signing-request file://FILE --set-as-active --certificate-pem-outfile cert.pem";
    case "pkcs12":
      return "is a PKCS#12 store. Unpack it: openssl pkcs12 -in FILE -nodes -out all.pem, then give all.pem as --cert and as --key";
    case "pkcs7":
      return "is a PKCS#7 bundle. Unpack it: openssl pkcs7 -in FILE -print_certs -out certs.pem (with -inform DER if it is binary)";
    case "openssh key":
      return "is a key in OpenSSH's own form. Convert a copy of it: ssh-keygen -p -m PEM -N '' -f COPY";
    case "trusted certificate":
      return "is a certificate with OpenSSL's trust settings. Take them off: openssl x509 -in FILE -out plain.pem";
    case "revocation list":
      return "is a list of revoked certificates";
    case "cut":
      return "ends before its END line: it was not copied whole. Copy or download it again";
    case "damaged":
      return "is damaged: what stands between BEGIN and END is no certificate and no key. Copy or download it again";
    case "unknown":
      return "is neither PEM nor DER";
  }
}

/** What a file is that holds nothing like a certificate or a key. */
function strangeFile(bytes: Buffer): string {
  if (bytes.length === 0) return "is empty. Download it again";
  const start = fileText(bytes).trimStart().slice(0, 100);
  if (/^<(!doctype|html|\?xml|error)/i.test(start)) return "is a web page or an error message that was saved instead of the file. Download it again";
  if (/^ssh-|^ecdsa-sha2/.test(start)) return "is a public key of SSH";
  if (/^PuTTY-User-Key/.test(start)) return "is a key of PuTTY. Export it: puttygen FILE -O private-openssh -o key.pem";
  if (bytes.subarray(0, 4).toString("hex") === "504b0304") return "is an archive (connect_device_package.zip?). Unpack it and give the file in it";
  return bytes.subarray(0, 4).toString("hex") === "feedfeed" ? "is a Java key store" : story("unknown", "key");
}

/** What to say about `given`, which holds `items` and nothing that serves as `role`. */
export function wrongFile({ name, bytes }: Given, items: Item[], role: Role): string {
  const found = items.length ? story(items[0]!.kind, role) : strangeFile(bytes);
  return `${found.replace("FILE", name)}; expected ${EXPECTED[role]}.`;
}
