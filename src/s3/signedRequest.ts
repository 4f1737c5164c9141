// A signed S3 request: its head, and what the signatures of its chunks need (S3 API reference, sig-v4-header-based-auth).
import type { Bytes } from "../bytes/bytes";
import type { RetryBucket } from "../flow/retryBucket";
import type { Done, Failure } from "../flow/failure";
import type { Header } from "../http/request";
import { requestHead } from "../http/request";
import type { Platform } from "../platform/ports";
import { amzDate } from "../sigv4/amzDate";
import type { Pair } from "../sigv4/canonicalRequest";
import { canonicalQuery } from "../sigv4/canonicalRequest";
import type { HmacKey } from "../sigv4/hmac";
import { authorization, sign } from "../sigv4/signature";
import { signingKey } from "../sigv4/signingKey";
import { credentialScope } from "../sigv4/stringToSign";
import type { BucketAddress, BucketSettings } from "./address";
import { keyPath } from "./address";

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  /** Present with temporary credentials. */
  sessionToken?: string;
  /** When they end, milliseconds since 1970, where that is known. */
  expires?: number;
  /** What the settings say: static, or iot as long as AWS IoT was not asked yet. */
  source?: string;
}

/** All that requests to one bucket have in common. The signing key is kept in it for the day. */
export interface S3Access {
  /** The settings that the address was made of. */
  settings: BucketSettings;
  address: BucketAddress;
  region: string;
  credentials: Credentials;
  /** The twelve digits of the account that must own the bucket. */
  expectedOwner?: string;
  handshakeSeconds: number;
  silenceSeconds: number;
  /** Runs an attempt until it succeeds or nothing helps: the one retry policy, or a single attempt where that is not at hand. */
  persist<T>(attempt: (done: Done<T>) => void, done: Done<T>): void;
  /** Gets other credentials in the place of those that ran out, and sets `due` anew; absent where there are no others. They are looked at whenever a request is signed. */
  refresh?(done: (failed?: Failure) => void): void;
  /** From when on `refresh` is called before an attempt, milliseconds since 1970. */
  due?: number;
  /** This key may not read objects: S3 said so, and is not asked again. */
  mayNotRead?: boolean;
  /** What retries may still cost. */
  bucket?: RetryBucket;
  key?: { scope: string; secretAccessKey: string; ready: HmacKey };
}

export interface S3Request {
  method: string;
  key: Bytes;
  query: Pair[];
  /** Signed with the request, beside those that every request has. */
  headers: Pair[];
  /** Sent, but not signed: hop headers and Content-Length. */
  unsigned: Header[];
  payloadHash: string;
}

/** What is left of signing once the head is made: the steps on the way can be had again from `sign` with the same date. */
export interface SignedRequest {
  /** Request line and headers. */
  head: Bytes;
  amzDate: string;
  scope: string;
  /** The seed of the chunk signatures. */
  signature: string;
  key: HmacKey;
}

/** The signing key of `scope`, kept for the day. */
export function keyOfTheDay(platform: Platform, access: Pick<S3Access, "credentials" | "key">, scope: string): HmacKey {
  const secret = access.credentials.secretAccessKey;
  if (!access.key || access.key.scope != scope || access.key.secretAccessKey != secret) {
    access.key = { scope: scope, secretAccessKey: secret, ready: signingKey(platform.hash, secret, scope) };
  }
  return access.key.ready;
}

/** Signs `request` with the time of now. */
export function signedRequest(platform: Platform, access: S3Access, request: S3Request): SignedRequest {
  const date = amzDate(platform.clock.now());
  const path = keyPath(access.address, request.key);
  const headers: Pair[] = [
    ["host", access.address.hostHeader],
    ["x-amz-content-sha256", request.payloadHash],
    ["x-amz-date", date],
  ];
  if (access.credentials.sessionToken) headers.push(["x-amz-security-token", access.credentials.sessionToken]);
  if (access.expectedOwner) headers.push(["x-amz-expected-bucket-owner", access.expectedOwner]);
  for (const header of request.headers) headers.push(header);
  const ready = keyOfTheDay(platform, access, credentialScope(date, access.region, "s3"));
  const signed = sign(
    platform.hash, ready,
    { method: request.method, path: path, query: request.query, headers: headers, payloadHash: request.payloadHash },
    date, access.region, "s3",
  );
  const query = canonicalQuery(request.query);
  const sent: Header[] = headers.concat(request.unsigned);
  sent.push(["authorization", authorization(access.credentials.accessKeyId, signed)]);
  sent.push(["connection", "close"]);
  const target = query ? path + "?" + query : path;
  return { head: requestHead(request.method, target, sent), amzDate: date, scope: signed.scope, signature: signed.signature, key: ready };
}
