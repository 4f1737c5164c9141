// Requests to S3 whose body and answer are short texts: all of a multipart upload but its parts.
import type { Bytes } from "../bytes/bytes";
import { find } from "../bytes/find";
import type { Done } from "../flow/failure";
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

/** One attempt; `read` gets the body of a success as it comes. */
export function ask(platform: Platform, access: S3Access, question: Question, read: (bytes: Bytes) => void, done: Done<Response>): void {
  const text = question.text;
  const attempt: S3Attempt = {
    request: {
      method: question.method, key: question.key, query: question.query, headers: question.headers,
      unsigned: question.method == "POST" ? [["content-length", "" + text.length]] : [],
      payloadHash: text == "" ? EMPTY_HASH : sha256Hex(platform.hash, text),
    },
    success: {
      body: function (bytes) {
        read(bytes);
        return undefined;
      },
    },
    keep: question.keep,
  };
  if (text != "") attempt.body = () => pieces(text);
  s3Attempt(platform, access, attempt, done);
}

/**
 * A reader that hands over each whole `<name>...</name>` of a document that comes in slices, one in memory at a time.
 * Elements of that name do not contain each other.
 */
export function createElementReader(name: string, each: (element: Bytes) => void): (bytes: Bytes) => void {
  const close = "</" + name + ">";
  let text = "";
  return function (bytes) {
    text += bytes;
    let end = find(text, close);
    while (end >= 0) {
      const start = find(text, "<" + name + ">");
      if (start >= 0 && start < end) each(text.substr(start, end - start));
      text = text.substr(end + close.length);
      end = find(text, close);
    }
    // What stands before the first element may be long: only its end matters.
    const start = find(text, "<" + name + ">");
    if (start > 0) text = text.substr(start);
    else if (start < 0 && text.length > name.length + 2) text = text.substr(text.length - name.length - 2);
  };
}
