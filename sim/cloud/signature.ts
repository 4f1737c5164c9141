// Computes the signature AWS expects, by two independent libraries (IAM User Guide, "Create a signed AWS API request").
// Nothing here is shared with the firmware: a mistake made in both places would go unseen.
import { createHash, createHmac } from "node:crypto";
import { getCanonicalHeaders, getSigningKey, SignatureV4Base } from "@smithy/signature-v4";
import aws4 from "aws4";
import type { StaticCredentials } from "./credentials";

export interface Scope {
  /** YYYYMMDD */
  date: string;
  region: string;
  service: string;
}

/** The parts of a request that are signed. */
export interface SignedMessage {
  method: string;
  /** The decoded path, "/" first. */
  path: string;
  /** Decoded; a name that came more than once has a list. */
  query: Record<string, string | string[]>;
  /** By lower-case name. */
  headers: Record<string, string>;
}

export interface Signing {
  request: SignedMessage;
  credentials: StaticCredentials;
  scope: Scope;
  /** YYYYMMDDTHHMMSSZ */
  amzDate: string;
  /** Lower case, sorted. */
  signedHeaders: string[];
  /** Last line of the canonical request. */
  payload: string;
}

export interface Signature {
  canonicalRequest: string;
  stringToSign: string;
  signature: string;
  signingKey: Buffer;
}

/** node:crypto in the shape @smithy/signature-v4 asks for. */
class Sha256 {
  private readonly hash;
  constructor(secret?: unknown) {
    this.hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret as string | Uint8Array);
  }
  update(data: Uint8Array): void {
    this.hash.update(data);
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(this.hash.digest()));
  }
  reset(): void {
    throw new Error("not used");
  }
}

/** Opens the two steps of the library that an error body shows. */
class SmithySigner extends SignatureV4Base {
  constructor(credentials: StaticCredentials, { region, service }: Scope) {
    // S3 encodes the path once, and the path handed in is encoded already; the other services encode it once more.
    super({ credentials, region, service, sha256: Sha256, uriEscapePath: service !== "s3" });
  }

  canonicalRequest({ request, signedHeaders, payload }: Signing): string {
    const query = { ...request.query };
    delete query["X-Amz-Signature"];
    const message = {
      method: request.method,
      protocol: "https:",
      hostname: "",
      path: encodePath(request.path),
      query,
      headers: pickHeaders(request, signedHeaders),
    };
    return this.createCanonicalRequest(message, getCanonicalHeaders(message, undefined, new Set(signedHeaders)), payload);
  }

  stringToSign(amzDate: string, { date, region, service }: Scope, canonicalRequest: string): Promise<string> {
    return this.createStringToSign(amzDate, `${date}/${region}/${service}/aws4_request`, canonicalRequest, "AWS4-HMAC-SHA256");
  }
}

/**
 * The signature of a request, and what it is made of. Fails with an Error if the two libraries differ: then no verdict
 * on the client is possible.
 */
export async function computeSignature(signing: Signing): Promise<Signature> {
  const { credentials, scope, amzDate } = signing;
  const signer = new SmithySigner(credentials, scope);
  const canonicalRequest = signer.canonicalRequest(signing);
  const stringToSign = await signer.stringToSign(amzDate, scope, canonicalRequest);
  const signingKey = Buffer.from(await getSigningKey(Sha256, credentials, scope.date, scope.region, scope.service));
  const signature = createHmac("sha256", signingKey).update(stringToSign).digest("hex");
  if (secondOpinion(signing) !== signature) throw new Error("The signature libraries of this server disagree about a request.");
  return { canonicalRequest, stringToSign, signature, signingKey };
}

/** The same signature by aws4. */
function secondOpinion({ request, credentials, scope, amzDate, signedHeaders, payload }: Signing): string {
  const query = Object.entries(request.query)
    .filter(([name]) => name !== "X-Amz-Signature")
    .flatMap(([name, values]) => [values].flat().map((value) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`))
    .join("&");
  const headers = pickHeaders(request, signedHeaders);
  const signer = new aws4.RequestSigner(
    {
      method: request.method,
      path: encodePath(request.path) + (query === "" ? "" : "?" + query),
      service: scope.service,
      region: scope.region,
      // aws4 takes the last line of the canonical request from this header, also for a presigned URL.
      headers: { ...headers, "x-amz-content-sha256": payload },
      doNotModifyHeaders: true,
    },
    { accessKeyId: credentials.accessKeyId, secretAccessKey: credentials.secretAccessKey },
  );
  signer.datetime = amzDate;
  signer.filteredHeaders = signedHeaders.map((name) => [name, headers[name] ?? ""]);
  return signer.signature();
}

/** A header that was signed but not sent counts as empty. */
function pickHeaders(request: SignedMessage, names: string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, request.headers[name] ?? ""]));
}

/** Encodes a path as S3 does: every byte but A-Z a-z 0-9 - . _ ~ and the slash. */
function encodePath(path: string): string {
  return encodeURI(path).replace(/[!'()*;,?:@&=+$#]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase());
}
