// What an operation is to the server: what it takes, what it checks before the body, what it answers.
import type { KmsKeys } from "../kms/keys";
import type { Action, Policy } from "../policy";
import type { Payload } from "./payload";
import type { S3Request } from "./request";
import { refusal } from "./errors";
import type { Bucket, Buckets } from "./store";

export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: Buffer | string;
}

export interface Context {
  request: S3Request;
  buckets: Buckets;
  /** Region of the endpoint the request was sent to. */
  region: string;
  /** Account of whoever signed. */
  account: string;
  policy: Policy;
  kms: KmsKeys;
  /** Milliseconds since 1970. */
  now: number;
}

export interface Operation {
  name: string;
  /** What a policy must allow. */
  action: Action;
  /** "object": aws-chunked is understood; "document": XML or nothing. */
  body: "object" | "document";
  /** Refuses what the head alone shows to be wrong, before the body is asked for. */
  prepare?(context: Context): void;
  /** Runs when the whole body was received and found right. */
  run(context: Context, payload: Payload): Answer;
}

/** The bucket of a request. Fails with NoSuchBucket. */
export function bucketOf({ request, buckets }: Context): Bucket {
  const bucket = buckets.get(request.bucket ?? "");
  if (bucket === undefined) throw refusal.noSuchBucket(request.bucket ?? "");
  return bucket;
}

/** Fails with AccessDenied if the policy denies an action on the request's object or on `resource`. */
export function demand({ request, policy }: Context, action: Action, resource = `arn:aws:s3:::${request.bucket ?? ""}${request.key === undefined ? "" : "/" + request.key}`): void {
  if (policy.denies(action, request.key)) throw refusal.accessDenied(policy.explains ? policy.reason(action, resource) : undefined);
}

/** An XML answer. */
export function xmlAnswer(body: string, headers: Record<string, string> = {}): Answer {
  return { status: 200, headers: { "Content-Type": "application/xml", ...headers }, body };
}
