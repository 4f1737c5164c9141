// GetObject to a file on the card, streamed (S3 API reference, GetObject).
import { toUtf8 } from "../bytes/utf8";
import { failure } from "../flow/failure";
import type { Done, Failure } from "../flow/failure";
import type { Progress } from "../flow/progress";
import { exchange } from "../http/exchange";
import type { Response } from "../http/response";
import type { Platform } from "../platform/ports";
import { EMPTY_HASH } from "../sigv4/chunkSignature";
import type { Landing } from "./landing";
import { openLanding, PIECE } from "./landing";
import { ANSWER_HEADERS, createAnswerSink, refusal } from "./refusal";
import { signedRequest } from "./signedRequest";
import type { S3Access } from "./signedRequest";

export interface GetResult {
  key: string;
  path: string;
  /** Bytes. */
  size: number;
  etag: string;
}

/**
 * Downloads `key` to the file at `path`. The old file stays until all of the new one is on the card; after a failure the
 * card is as it was. Failures: card, card-full, storage, s3 (refused), s3-incomplete and those of `exchange`.
 */
export function getObject(
  platform: Platform, access: S3Access, key: string, path: string, started: (progress: Progress) => void, done: Done<GetResult>,
): void {
  const signed = signedRequest(platform, access, { method: "GET", key: key, query: [], headers: [], unsigned: [], payloadHash: EMPTY_HASH });
  let landing: Landing | undefined;
  /** Bytes; -1 where the server sends chunks, whose end cannot be missed either. */
  let size = -1;

  function opened(headers: Response["headers"]): Failure | undefined {
    const length = headers["content-length"];
    if (length) size = parseInt(length, 10);
    else if (!headers["transfer-encoding"]) return failure("http", "The server did not say how long the object is", "S3 always does: is there a proxy in between?");
    const place = openLanding(platform, path);
    if (!("write" in place)) return place;
    landing = place;
    started({ total: size < 0 ? 0 : size, moved: place.moved });
    return undefined;
  }

  const answer = createAnswerSink({
    head: (response) => opened(response.headers),
    body: (bytes) => landing!.write(bytes),
  });
  exchange(
    platform,
    {
      host: access.address.host, port: access.address.port, method: "GET", head: signed.head,
      keep: ANSWER_HEADERS, handshakeSeconds: access.handshakeSeconds, silenceSeconds: access.silenceSeconds, stride: PIECE,
    },
    answer.sink,
    function (failed, response) {
      if (failed && landing) landing.abandon();
      if (response && response.status >= 300) return done(refusal("GET " + toUtf8(key), response, answer.text()));
      if (failed) return done(failed);
      if (size < 0) size = landing!.moved();
      if (landing!.moved() != size) {
        landing!.abandon();
        return done(failure("s3-incomplete", "Only " + landing!.moved() + " of " + size + " bytes came", "Try again."));
      }
      landing!.finish(function (unfinished) {
        if (unfinished) return done(unfinished);
        done(undefined, { key: key, path: path, size: size, etag: response!.headers["etag"] || "" });
      });
    },
  );
}
