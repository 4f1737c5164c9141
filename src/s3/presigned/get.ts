// An object by a presigned GET: to a file on the card (S3 API reference, GetObject; RFC 9110 section 14).
import { failure } from "../../flow/failure";
import type { Done, Failure } from "../../flow/failure";
import type { Progress } from "../../flow/progress";
import type { Header } from "../../http/request";
import type { Response } from "../../http/response";
import type { Platform } from "../../platform/ports";
import type { Landing } from "../landing";
import { openLanding } from "../landing";
import { urlAttempt } from "./attempt";
import type { UrlAccess } from "./attempt";

export interface GetUrlResult {
  path: string;
  /** Bytes. */
  size: number;
  etag: string;
}

/** Bytes that the network moves at once: fewer than a signed get, because the URL and its module take memory, too. */
const STRIDE = 1024;

/** The object changed while it was fetched: how often it is begun again. */
const RESTARTS = 2;

function incomplete(what: string): Failure {
  return failure("s3-incomplete", what, "Try again.");
}

/**
 * Downloads by the URL to the file at `path`: the old file stays until all of the new one is on the card. A cut transfer goes on with
 * Range and If-Match, where the server gives an etag; if the object was replaced meanwhile it begins again. Failures: url-expired, card,
 * card-full, storage, s3 (refused), s3-incomplete and those of `exchange`.
 */
export function getByUrl(platform: Platform, access: UrlAccess, path: string, started: (progress: Progress) => void, done: Done<GetUrlResult>): void {
  let landing: Landing | undefined;
  /** Bytes; -1 while unknown. */
  let size = -1;
  let etag = "";
  let restarts = 0;

  /** Begins with no byte. */
  function drop(): void {
    if (landing) landing.abandon();
    landing = undefined;
  }

  function whole(headers: Response["headers"]): Failure | undefined {
    const length = headers["content-length"];
    if (!length && !headers["transfer-encoding"]) return failure("http", "The server did not say how long the object is", "Is the URL one of S3's?");
    size = length ? parseInt(length, 10) : -1;
    etag = headers["etag"] || "";
    drop();
    const place = openLanding(platform, path);
    if (!("write" in place)) return place;
    landing = place;
    started({ total: size < 0 ? 0 : size, moved: place.moved });
    return undefined;
  }

  function rest(headers: Response["headers"]): Failure | undefined {
    if (headers["content-range"] == "bytes " + landing!.moved() + "-" + (size - 1) + "/" + size) return undefined;
    return incomplete("The server sent another part than was asked for (" + headers["content-range"] + ")");
  }

  function attempt(ended: Done<string>): void {
    const from = landing ? landing.moved() : 0;
    // Not signed: a presigned URL allows headers beside those that it covers. A weak etag (W/) proves no equal bytes.
    const headers: Header[] = from && size > 0 && etag[0] == '"' ? [["range", "bytes=" + from + "-"], ["if-match", etag]] : [];
    urlAttempt(
      platform, access,
      {
        method: "GET", headers: headers, stride: STRIDE,
        success: {
          head: (response) => (response.status == 206 && headers.length ? rest(response.headers) : response.status == 200 ? whole(response.headers) : incomplete("The answer has status " + response.status)),
          body: (bytes) => landing!.write(bytes),
        },
      },
      function (failed) {
        const status = failed && failed.cause ? failed.cause.status : 0;
        if (status == 412 && from && restarts++ < RESTARTS) {
          drop();
          return platform.timers.after(1, () => attempt(ended));
        }
        if (failed && !(status == 416 && from && from == size)) return ended(failed);
        if (!landing) return ended(incomplete("Nothing came"));
        if (size < 0) size = landing.moved();
        if (landing.moved() != size) return ended(incomplete("Only " + landing.moved() + " of " + size + " bytes came"));
        ended(undefined, etag);
      },
    );
  }

  access.persist(attempt, function (failed) {
    if (failed) {
      drop();
      return done(failed);
    }
    landing!.finish(function (unfinished) {
      if (unfinished) return done(unfinished);
      done(undefined, { path: path, size: size, etag: etag });
    });
  });
}
