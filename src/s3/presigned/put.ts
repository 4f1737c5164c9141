// A file from the card by a presigned PUT: its own bytes with an exact Content-Length, no chunk signatures (S3 API reference, PutObject).
import { failure } from "../../flow/failure";
import type { Done, Failure } from "../../flow/failure";
import type { Progress } from "../../flow/progress";
import type { BodySource } from "../../http/exchange";
import type { Header } from "../../http/request";
import type { FileInfo, OpenFile, Platform } from "../../platform/ports";
import { changed } from "../changed";
import { urlAttempt } from "./attempt";
import type { UrlAccess, UrlAttempt } from "./attempt";

/** As much as is read and sent at once. */
const PIECE = 2048;
/** How often memory is put in order on the way. */
const TIDY_EVERY = 32 * PIECE;

export interface PutUrlResult {
  path: string;
  /** Bytes. */
  size: number;
  etag: string;
  versionId?: string;
}

interface FileBody extends BodySource {
  sent(): number;
  close(): void;
}

/**
 * The bytes of a file that is as `before`. It is opened for the first piece: an open file cannot be moved, and TLS needs long runs of free
 * variables to connect. Whether it changed is asked between reading the last piece and handing it out: without its last bytes a request of
 * a given Content-Length is not complete, and nothing is stored.
 */
function createFileBody(platform: Platform, path: string, before: FileInfo): FileBody {
  const size = before.size;
  let file: OpenFile | undefined;
  let sent = 0;
  let failed: Failure | undefined;
  return {
    next: function () {
      if (failed || sent == size) return "";
      const length = size - sent < PIECE ? size - sent : PIECE;
      if (sent % TIDY_EVERY == 0) platform.memory.tidy();
      file = file || platform.files.open(path, "r");
      const piece = file ? file.read(length) : "";
      if (piece.length != length) {
        failed = changed(platform, path, before) || failure("card", "The card gave " + sent + " of " + size + " bytes, then no more", "Is the card still in? Try again; check the card if it happens again.");
      } else if (sent + length == size) failed = changed(platform, path, before, file!.read(1) != "");
      if (failed) return "";
      sent += length;
      return piece;
    },
    failed: () => failed,
    sent: () => sent,
    close: function () {
      if (file) file.close();
    },
  };
}

/**
 * Sends the file at `path` with a PUT to the URL. Failures: file-missing, file-changed, card, url-expired, s3 (refused) and those of
 * `exchange`. That all arrived is the server's word: a URL for PUT gives no right to look.
 */
export function putByUrl(platform: Platform, access: UrlAccess, path: string, started: (progress: Progress) => void, done: Done<PutUrlResult>): void {
  access.persist<PutUrlResult>(function (ended) {
    const before = platform.files.stat(path);
    if (!before) return ended(failure("file-missing", "There is no file " + path + " on the card", "Names as on the card, without a leading slash; is the card in?"));
    const size = before.size;
    const headers: Header[] = [["content-length", "" + size]];
    const body = createFileBody(platform, path, before);
    const attempt: UrlAttempt = { method: "PUT", headers: headers, stride: PIECE };
    if (size) {
      headers.push(["expect", "100-continue"]);
      attempt.body = body;
    }
    started({ total: size, moved: body.sent });
    urlAttempt(platform, access, attempt, function (failed, response) {
      body.close();
      if (failed) return ended(failed);
      const result: PutUrlResult = { path: path, size: size, etag: response!.headers["etag"] || "" };
      const version = response!.headers["x-amz-version-id"];
      if (version) result.versionId = version;
      ended(undefined, result);
    });
  }, done);
}
