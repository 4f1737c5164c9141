// The query form of Signature Version 4 (S3 API reference, sigv4-query-string-auth): the signature travels in the URL.
import type { Hash } from "../platform/ports";
import type { Pair } from "./canonicalRequest";
import { canonicalHeaders, canonicalQuery } from "./canonicalRequest";
import type { HmacKey } from "./hmac";
import type { Signed, SigningRequest } from "./signature";
import { sign } from "./signature";
import { credentialScope } from "./stringToSign";

/** A signed query: `query` is what follows "?" in the URL. */
export interface Presigned extends Signed {
  query: string;
}

/**
 * Signs `request` into its query. `expiresSeconds` 1..604800. `sessionToken` is part of what is signed,
 * as S3 and nearly every service want it.
 */
export function presign(
  hash: Hash, key: HmacKey, request: SigningRequest, amzDate: string, region: string, service: string,
  accessKeyId: string, expiresSeconds: number, sessionToken?: string,
): Presigned {
  const own: Pair[] = [
    ["X-Amz-Algorithm", "AWS4-HMAC-SHA256"],
    ["X-Amz-Credential", accessKeyId + "/" + credentialScope(amzDate, region, service)],
    ["X-Amz-Date", amzDate],
    ["X-Amz-Expires", "" + expiresSeconds],
    ["X-Amz-SignedHeaders", canonicalHeaders(request.headers).names],
  ];
  const query = request.query.concat(own);
  if (sessionToken) query.push(["X-Amz-Security-Token", sessionToken]);
  const signed = sign(hash, key, { method: request.method, path: request.path, query: query, headers: request.headers, payloadHash: request.payloadHash }, amzDate, region, service);
  return Object.assign({ query: canonicalQuery(query) + "&X-Amz-Signature=" + signed.signature }, signed);
}
