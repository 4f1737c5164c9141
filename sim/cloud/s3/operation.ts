// What an operation is to the server: what it takes, what it checks before the body, what it answers.
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
  region: string;
  /** Milliseconds since 1970. */
  now: number;
}

export interface Operation {
  name: string;
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

/** An XML answer. */
export function xmlAnswer(body: string): Answer {
  return { status: 200, headers: { "Content-Type": "application/xml" }, body };
}
