// Step 4 and 5: the signature and the Authorization header (S3 API reference, sig-v4-header-based-auth).
import type { Bytes } from "../bytes/bytes";
import type { Hash } from "../platform/ports";
import type { Pair } from "./canonicalRequest";
import { canonicalHeaders, canonicalQuery, canonicalRequest, canonicalUri } from "./canonicalRequest";
import type { HmacKey } from "./hmac";
import { hmacHex } from "./hmac";
import { credentialScope, stringToSign } from "./stringToSign";

/** What is signed. */
export interface SigningRequest {
  method: string;
  /** The path of the request line, percent-encoded. */
  path: string;
  /** Not encoded. */
  query: Pair[];
  /** All that shall be signed; what is sent beside them is not protected. */
  headers: Pair[];
  /** Line 6: hex SHA-256 of the body, or one of S3's words such as UNSIGNED-PAYLOAD. */
  payloadHash: string;
}

/** The signature with every step on the way to it, for comparison with what a server says. */
export interface Signed {
  canonicalRequest: Bytes;
  stringToSign: string;
  signedHeaders: string;
  scope: string;
  /** 64 hex digits. */
  signature: string;
}

/** Signs a request with a ready key; `amzDate` and the region must be those the key was derived for. */
export function sign(hash: Hash, key: HmacKey, request: SigningRequest, amzDate: string, region: string, service: string): Signed {
  const headers = canonicalHeaders(request.headers);
  const canonical = canonicalRequest(
    request.method, canonicalUri(request.path, service), canonicalQuery(request.query), headers.block, headers.names, request.payloadHash,
  );
  const scope = credentialScope(amzDate, region, service);
  const text = stringToSign(hash, amzDate, scope, canonical);
  return {
    canonicalRequest: canonical,
    stringToSign: text,
    signedHeaders: headers.names,
    scope: scope,
    signature: hmacHex(hash, key, text),
  };
}

/** The value of the Authorization header. */
export function authorization(accessKeyId: string, signed: Signed): string {
  return (
    "AWS4-HMAC-SHA256 Credential=" + accessKeyId + "/" + signed.scope + ", SignedHeaders=" + signed.signedHeaders + ", Signature=" + signed.signature
  );
}
