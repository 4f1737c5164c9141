// Requests to S3 whose body and answer are short texts: all of a multipart upload but its parts.
import type { Bytes } from "../bytes/bytes";
import type { Done, Failure } from "../flow/failure";
import type { BodySource } from "../http/exchange";
import type { Response } from "../http/response";
import type { Platform } from "../platform/ports";
import { EMPTY_HASH } from "../sigv4/chunkSignature";
import type { Pair } from "../sigv4/canonicalRequest";
import { sha256Hex } from "../sigv4/hmac";
import { s3Attempt } from "./attempt";
import type { S3Attempt } from "./attempt";
import type { S3Access } from "./signedRequest";

/** Bytes of a body written at once. */
const PIECE = 1024;

export interface Question {
  method: string;
  key: Bytes;
  query: Pair[];
  /** Signed. */
  headers: Pair[];
  /** The body, "" for none. */
  text: Bytes;
  /** See S3Attempt. */
  keep: string;
}

function pieces(text: Bytes): BodySource {
  let at = 0;
  return {
    next: function () {
      at += PIECE;
      return text.substr(at - PIECE, PIECE);
    },
    failed: () => undefined,
  };
}

/**
 * Runs `attempt` with the retry policy, from a timer, and tells `done` from one: the steps of an upload follow each other, and must not
 * stand on each other in a board's small stack.
 */
export function step<T>(platform: Platform, access: S3Access, attempt: (done: Done<T>) => void, done: Done<T>): void {
  platform.timers.after(0, function () {
    access.persist<T>(attempt, function (failed, value) {
      platform.timers.after(0, function () {
        done(failed, value);
      });
    });
  });
}

/** One attempt; `read` gets the body of a success as it comes, and may refuse it. */
export function ask(platform: Platform, access: S3Access, question: Question, read: (bytes: Bytes) => Failure | undefined | void, done: Done<Response>): void {
  const text = question.text;
  const attempt: S3Attempt = {
    request: {
      method: question.method, key: question.key, query: question.query, headers: question.headers,
      unsigned: question.method == "POST" ? [["content-length", "" + text.length]] : [],
      payloadHash: text == "" ? EMPTY_HASH : sha256Hex(platform.hash, text),
    },
    success: {
      body: function (bytes) {
        return read(bytes) || undefined;
      },
    },
    keep: question.keep,
  };
  if (text != "") attempt.body = () => pieces(text);
  s3Attempt(platform, access, attempt, done);
}
