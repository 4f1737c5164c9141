// A 3xx, 4xx or 5xx answer of S3: what is kept of it while it comes. A module reads it afterwards.
import type { Bytes } from "../bytes/bytes";
import type { Failure } from "../flow/failure";
import { borrow } from "../flow/withModule";
import type { BodySink } from "../http/exchange";
import type { Response } from "../http/response";
import type { Platform } from "../platform/ports";
import type * as refused from "./refused";
import type { S3Access } from "./signedRequest";

/**
 * How much of an error's body is kept: code and message stand at its beginning. With a refused signature (403) come the string to sign,
 * once more as a dump of its bytes, then the canonical request: whole without a session token. More does not fit beside a TLS link
 * that lives in 6,500 variables (put); the string to sign with its hash is always there.
 */
const KEPT = 1500, KEPT_LONG = 2048;

/** Headers that every S3 answer is asked for. */
export const ANSWER_HEADERS = "etag x-amz-request-id x-amz-version-id x-amz-bucket-region content-length transfer-encoding date location";

export interface AnswerSink extends BodySink {
  text: Bytes;
}

/** A sink that keeps the beginning of an error's body, as its `text`, and leaves the body of a success to `success`. */
export function createAnswerSink(success: BodySink | undefined): AnswerSink {
  let most = 0;
  const sink: AnswerSink = {
    text: "",
    head: function (response) {
      const status = response.status;
      most = status < 300 ? 0 : status == 400 || status == 403 ? KEPT_LONG : KEPT;
      return most || !success || !success.head ? undefined : success.head(response);
    },
    body: function (bytes) {
      if (!most) return success && success.body(bytes);
      if (sink.text.length < most) sink.text += bytes.substr(0, most - sink.text.length);
      return undefined;
    },
  };
  return sink;
}

/** What is left of a refused request for its explanation. */
export interface Evidence {
  access: S3Access;
  /** The object's key, "" for the bucket itself. */
  key: Bytes;
  /** Request line and headers, as they were sent. */
  head: Bytes;
  /** The beginning of the answer's body. */
  body: Bytes;
}

/** A function, so that no token comes to light where a failure is printed or stored. It holds no more than this, least of all a chunk. */
export function evidence(access: S3Access, key: Bytes, head: Bytes, body: Bytes): () => Evidence {
  return () => ({ access: access, key: key, head: head, body: body });
}

/** The failure that a refusal is. `what` names the request: "PUT logs/a.txt". `signed`: the region it was signed for. */
export function refusal(platform: Platform, what: string, response: Response, body: Bytes, signed?: string): Failure {
  return borrow<typeof refused, Failure>(platform, "basic", (module) => module.readRefusal(what, response, body, signed));
}
