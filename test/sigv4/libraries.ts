// Two independent signers to compare with: @smithy/signature-v4 (the AWS SDK's own, hashing by @aws-crypto/sha256-js) and aws4.
// Both run by their public calls, from the same plain description of a request. Where one of them deviates from the AWS
// document, this is the list, and it is all there is:
//   1. Both take each header once: repeated headers are handed over as the document joins them, "a,b".
//   2. smithy drops a header named Date, and both drop a query parameter without a name: such requests are not generated.
//   3. aws4 signs, for S3, only the first value of a repeated query parameter: line 3 is then taken from aws4 itself, signing
//      the same query for another service (all other lines, the scope and the key stay those of S3).
//   4. Presigning for S3, smithy takes UNSIGNED-PAYLOAD only from a header, which it then moves into the query: the
//      parameter X-Amz-Content-Sha256 is therefore part of every presigned S3 request here.
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import aws4 from "aws4";

/** A request in text, not encoded, as a person would describe it. */
export interface PlainRequest {
  method: string;
  service: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  /** Milliseconds since 1970, whole seconds. */
  time: number;
  /** Percent-encoded once, as on the request line. */
  path: string;
  query: [name: string, value: string][];
  /** With host, without those that signing adds (X-Amz-Date, X-Amz-Security-Token). */
  headers: [name: string, value: string][];
  /** What line 6 holds: a word of S3, or undefined for the hash of `body`. */
  payload: string | undefined;
  body: string;
  /** Presigned for so many seconds; signed in a header if undefined. */
  expires: number | undefined;
}

export interface Opinion {
  canonicalRequest: string;
  signature: string;
}

export const amzDateOf = (time: number) => new Date(time).toISOString().replace(/[-:]|\.\d+/g, "");

/** Repeated headers joined, names in lower case. */
function joinedHeaders(request: PlainRequest): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of request.headers) {
    const key = name.toLowerCase();
    joined[key] = key in joined ? joined[key] + "," + value.trim() : value.trim();
  }
  return joined;
}

class Smithy extends SignatureV4 {
  canonicalRequest = "";
  protected override createCanonicalRequest(...step: Parameters<SignatureV4["createCanonicalRequest"]>): string {
    return (this.canonicalRequest = super.createCanonicalRequest(...step));
  }
}

export async function smithy(request: PlainRequest): Promise<Opinion> {
  const { service, region, credentials } = request;
  const signer = new Smithy({ service, region, credentials, sha256: Sha256, uriEscapePath: service !== "s3", applyChecksum: false });
  const headers = joinedHeaders(request);
  const query: Record<string, string | string[]> = {};
  for (const [name, value] of request.query) query[name] = name in query ? [query[name]!, value].flat() : value;
  const message = { method: request.method, protocol: "https:", hostname: headers["host"]!, path: request.path, query, headers, body: request.body };
  const options = { signingDate: new Date(request.time), signableHeaders: new Set(Object.keys(headers).concat("x-amz-date", "x-amz-security-token")) };
  if (request.expires === undefined) {
    const signed = await signer.sign(message, options);
    return { canonicalRequest: signer.canonicalRequest, signature: signed.headers["authorization"]!.slice(-64) };
  }
  if (request.payload !== undefined) headers["X-Amz-Content-Sha256"] = request.payload;
  const unhoistableHeaders = new Set(Object.keys(headers).filter((name) => name !== "x-amz-content-sha256"));
  const signed = await signer.presign(message, { ...options, expiresIn: request.expires, unhoistableHeaders });
  return { canonicalRequest: signer.canonicalRequest, signature: String(signed.query!["X-Amz-Signature"]) };
}

/** aws4 with a date of its own, and with every header signed. */
function aws4Signer(request: PlainRequest, service: string): InstanceType<typeof aws4.RequestSigner> {
  const presigned = request.expires !== undefined;
  const query = presigned ? request.query.concat([["X-Amz-Expires", String(request.expires)]]) : request.query;
  const text = query.map((pair) => pair.map(encodeURIComponent).join("=")).join("&");
  const headers = joinedHeaders(request);
  if (!presigned) {
    headers["x-amz-date"] = amzDateOf(request.time);
    if (request.credentials.sessionToken) headers["x-amz-security-token"] = request.credentials.sessionToken;
  }
  const signer = new aws4.RequestSigner(
    {
      method: request.method, path: request.path + (text && "?" + text), service, region: request.region, headers, body: request.body,
      signQuery: presigned, doNotModifyHeaders: true, extraHeadersToInclude: Object.fromEntries(Object.keys(headers).map((name) => [name, true])),
    },
    request.credentials,
  );
  signer.datetime = amzDateOf(request.time);
  return signer;
}

export function aws4Opinion(request: PlainRequest): Opinion {
  const signer = aws4Signer(request, request.service);
  const names = request.query.map(([name]) => name);
  if (request.service === "s3" && new Set(names).size < names.length) {
    const lines = signer.canonicalString().split("\n");
    const scope = (text: string) => text.replace("%2Fother%2Faws4_request", "%2Fs3%2Faws4_request");
    lines[2] = scope(aws4Signer(request, "other").canonicalString().split("\n")[2]!);
    signer.canonicalString = () => lines.join("\n");
  }
  return { canonicalRequest: signer.canonicalString(), signature: signer.signature() };
}
