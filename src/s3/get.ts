// GetObject to a file on the card, streamed; a transfer that is cut goes on where it stopped (S3 API reference, GetObject; RFC 9110 section 14).
import { failure } from "../flow/failure";
import type { Done, Failure } from "../flow/failure";
import type { Progress } from "../flow/progress";
import type { Response } from "../http/response";
import type { Platform } from "../platform/ports";
import { EMPTY_HASH } from "../sigv4/chunkSignature";
import type { Pair } from "../sigv4/canonicalRequest";
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

/** The object changed while it was fetched: how often it is begun again. */
const RESTARTS = 2;

function incomplete(what: string): Failure {
  return failure("s3-incomplete", what, "Try again.");
}

/**
 * Downloads `key` to the file at `path`. The old file stays until all of the new one is on the card; after a failure the card is as
 * it was. A cut transfer goes on with Range and If-Match; if the object was replaced meanwhile it begins again, and a server that
 * ignores the range, too. Failures: card, card-full, storage, s3 (refused), s3-incomplete and those of `exchange`.
 */
export function getObject(
  platform: Platform, access: S3Access, key: string, path: string, started: (progress: Progress) => void, done: Done<GetResult>,
): void {
  let landing: Landing | undefined;
  /** Bytes; -1 while unknown (a server that sends chunks may not tell). */
  let size = -1;
  let etag = "";
  let restarts = 0;

  /** A first answer, or a whole object where a part was asked for. */
  function whole(headers: Response["headers"]): Failure | undefined {
    const length = headers["content-length"];
    if (!length && !headers["transfer-encoding"]) return failure("http", "The server did not say how long the object is", "S3 always does: is there a proxy in between?");
    size = length ? parseInt(length, 10) : -1;
    etag = headers["etag"] || "";
    if (landing) return landing.restart() ? undefined : failure("card", "The card does not let " + path + " be written", "Is it still in?");
    const place = openLanding(platform, path);
    if (!("write" in place)) return place;
    landing = place;
    started({ total: size < 0 ? 0 : size, moved: place.moved });
    return undefined;
  }

  /** The rest: it must begin where we stopped, in an object of the same size. */
  function rest(headers: Response["headers"]): Failure | undefined {
    const wanted = "bytes " + landing!.moved() + "-" + (size - 1) + "/" + size;
    if (headers["content-range"] == wanted) return undefined;
    return incomplete("The server sent another part than was asked for (" + headers["content-range"] + ")");
  }

  function attempt(ended: Done<string>): void {
    const from = landing ? landing.moved() : 0;
    const headers: Pair[] = from && etag ? [["range", "bytes=" + from + "-"], ["if-match", etag]] : [];
    s3Attempt(
      platform, access,
      {
        request: { method: "GET", key: key, query: [], headers: headers, unsigned: [], payloadHash: EMPTY_HASH },
        success: {
          head: (response) => (response.status == 206 && from ? rest(response.headers) : whole(response.headers)),
          body: (bytes) => landing!.write(bytes),
        },
        keep: "content-range",
        stride: PIECE,
      },
      function (failed) {
        const status = failed && failed.cause ? failed.cause.status : 0;
        if (status == 412 && from && restarts++ < RESTARTS && landing!.restart()) return platform.timers.after(1, () => attempt(ended));
        if (failed && !(status == 416 && from && from == size)) return ended(failed);
        if (size < 0) size = landing!.moved();
        if (landing!.moved() != size) return ended(incomplete("Only " + landing!.moved() + " of " + size + " bytes came"));
        ended(undefined, etag);
      },
    );
  }

  access.persist(attempt, function (failed) {
    if (failed) {
      if (landing) landing.abandon();
      return done(failed);
    }
    landing!.finish(function (unfinished) {
      if (unfinished) return done(unfinished);
      done(undefined, { key: key, path: path, size: size, etag: etag });
    });
  });
}
