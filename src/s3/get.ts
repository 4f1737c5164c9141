// GetObject to a file on the card, streamed: the plain way, for a board that has only the image in flash (S3 API reference, GetObject).
// A download that goes on after a cut, is verified and takes options is in download.ts, in a module.
import { failure } from "../flow/failure";
import type { Done } from "../flow/failure";
import type { Progress } from "../flow/progress";
import type { BodySink } from "../http/exchange";
import type { Platform } from "../platform/ports";
import { EMPTY_HASH } from "../sigv4/chunkSignature";
import { s3Attempt } from "./attempt";
import type { Landing } from "./landing";
import { openLanding, PIECE } from "./landing";
import type { S3Access } from "./signedRequest";

export interface GetResult {
  key: string;
  path: string;
  /** Bytes. */
  size: number;
  etag: string;
}

/**
 * Downloads `key` to the file at `path`. The old file stays until all of the new one is on the card; after a failure the card is as
 * it was. Failures: card, card-full, storage, s3 (refused) and those of `exchange`.
 */
export function getObject(
  platform: Platform, access: S3Access, key: string, path: string, started: (progress: Progress) => void, done: Done<GetResult>,
): void {
  let landing: Landing | undefined;
  const success: BodySink = {
    head: function (response) {
      const length = response.headers["content-length"];
      if (!length && !response.headers["transfer-encoding"]) return failure("http", "The server did not say how long the object is", "S3 always does: is there a proxy in between?");
      if (landing) landing.abandon();
      const place = openLanding(platform, path);
      landing = undefined;
      if (!("write" in place)) return place;
      landing = place;
      success.body = place.write;
      started({ total: parseInt(length || "0", 10), moved: place.moved });
      return undefined;
    },
    body: () => undefined,
  };
  access.persist<any>(function (ended) {
    const request = { method: "GET", key: key, query: [], headers: [], unsigned: [], payloadHash: EMPTY_HASH };
    s3Attempt(platform, access, { request: request, success: success, stride: PIECE }, ended);
  }, function (failed, response) {
    if (failed) {
      if (landing) landing.abandon();
      return done(failed);
    }
    const size = landing!.moved();
    landing!.finish((unfinished) => done(unfinished, { key: key, path: path, size: size, etag: response.headers["etag"] || "" }));
  });
}
