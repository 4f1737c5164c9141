// Who signed a request, and whether S3 accepts it (S3 API reference, "Authenticating requests: AWS Signature Version 4").
import type { AccessKey, AccessKeys } from "../credentials";
import { malformedHeader, malformedQuery, refusedSignature } from "./authentication-errors";
import { readHeaderClaim, readQueryClaim, type Claim } from "./claim";
import { refusal, type S3Error } from "./errors";
import { parameter, type S3Request } from "./request";
import { computeSignature, type Scope } from "../signature";

export const PAYLOAD_MODES = [
  "UNSIGNED-PAYLOAD",
  "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
];

/** What is known after a request's head was accepted; its body is checked against this. */
export interface Principal {
  accessKeyId: string;
  scope: Scope;
  amzDate: string;
  /** Value of x-amz-content-sha256, or what stands for it in a presigned URL. */
  payload: string;
  /** Signature of the head: the seed of the chunk signatures. */
  signature: string;
  signingKey: Buffer;
  canonicalRequest: string;
}

export interface Authority {
  keys: AccessKeys;
  /** The region a request must be signed for, given the one it is signed for. */
  region: (claimed: string) => string;
  /** Where the request's bucket is; `undefined` if there is none. */
  bucketRegion: string | undefined;
  /** Milliseconds since 1970. */
  now: () => number;
}

const SKEW = 900_000;

/** Checks the signature in a request's head and all that belongs to it. Fails with the refusal S3 would give. */
export async function authenticate(request: S3Request, authority: Authority): Promise<Principal> {
  const presigned = ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature"].some((name) => request.query[name] !== undefined);
  const authorization = request.headers["authorization"];
  if (presigned && authorization !== undefined) throw malformedHeader.twoMechanisms(authorization);
  if (!presigned && authorization === undefined) throw refusal.accessDenied();
  const claim = presigned ? readQueryClaim(request) : readHeaderClaim(request);
  checkTime(claim, authority.now());
  checkScope(claim, authority);
  const key = authority.keys.get(claim.accessKeyId);
  if (key === undefined) throw refusedSignature.invalidAccessKeyId(claim.accessKeyId);
  checkToken(key, claim, authority.now());
  const payload = readPayloadMode(request, claim);
  checkSignedHeaders(request, claim);
  const { scope, amzDate, signedHeaders } = claim;
  const computed = await computeSignature({ request, credentials: key, scope, amzDate, signedHeaders, payload });
  if (computed.signature !== claim.signature) {
    throw refusedSignature.mismatch({
      accessKeyId: claim.accessKeyId,
      stringToSign: computed.stringToSign,
      signatureProvided: claim.signature,
      canonicalRequest: computed.canonicalRequest,
    });
  }
  return { accessKeyId: claim.accessKeyId, scope, amzDate, payload, ...computed };
}

function checkTime(claim: Claim, now: number): void {
  const serverTime = isoSeconds(now);
  if (claim.expiresSeconds === undefined) {
    if (Math.abs(claim.time - now) > SKEW) throw refusedSignature.skewed(claim.amzDate, serverTime);
    return;
  }
  const end = claim.time + claim.expiresSeconds * 1000;
  if (claim.time > now + SKEW) throw malformedQuery.notYetValid();
  if (end < now) throw malformedQuery.expired(claim.expiresSeconds, isoSeconds(end), serverTime);
}

function checkScope({ form, scope, amzDate }: Claim, authority: Authority): void {
  const malformed: { region(a: string, b: string, bucket?: string): S3Error; service(s: string): S3Error; dateMismatch(a: string, b: string): S3Error } =
    form === "header" ? malformedHeader : malformedQuery;
  if (scope.service !== "s3") throw malformed.service(scope.service);
  const region = authority.region(scope.region);
  if (scope.region !== region) throw malformed.region(scope.region, region, authority.bucketRegion);
  if (scope.date !== amzDate.slice(0, 8)) throw malformed.dateMismatch(scope.date, amzDate.slice(0, 8));
}

function checkToken(key: AccessKey, claim: Claim, now: number): void {
  const token = claim.sessionToken;
  if (token === undefined) {
    // S3 knows a temporary key only together with its token.
    if (key.sessionToken !== undefined) throw refusedSignature.invalidAccessKeyId(claim.accessKeyId);
    return;
  }
  if (token !== key.sessionToken) throw refusedSignature.invalidToken(token);
  if (key.expires !== undefined && key.expires <= now) throw refusedSignature.expiredToken(token);
}

function readPayloadMode(request: S3Request, claim: Claim): string {
  const header = request.headers["x-amz-content-sha256"];
  const payload = claim.form === "header" ? header : header ?? parameter(request, "X-Amz-Content-Sha256") ?? "UNSIGNED-PAYLOAD";
  if (payload === undefined) throw refusedSignature.missingContentSha256();
  if (!PAYLOAD_MODES.includes(payload) && !/^[0-9a-f]{64}$/.test(payload)) throw refusedSignature.invalidContentSha256(payload);
  return payload;
}

/** Host and every x-amz- header must be signed; in a presigned URL x-amz-content-sha256 need not be. */
function checkSignedHeaders(request: S3Request, claim: Claim): void {
  const missing = Object.keys(request.headers)
    .filter((name) => name === "host" || name.startsWith("x-amz-"))
    .filter((name) => !claim.signedHeaders.includes(name))
    .filter((name) => claim.form === "header" || name !== "x-amz-content-sha256");
  if (missing.length > 0) throw refusedSignature.headersNotSigned(missing.sort());
}

/** 2026-01-01T12:00:00Z */
function isoSeconds(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d{3}/, "");
}
