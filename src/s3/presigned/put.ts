// A file from the card by a presigned PUT: its own bytes with an exact Content-Length, no chunk signatures (S3 API reference, PutObject).
import { failure } from "../../flow/failure";
import type { Done, Failure } from "../../flow/failure";
import type { Progress } from "../../flow/progress";
import type { BodySource } from "../../http/exchange";
import type { Header } from "../../http/request";
import type { FileInfo, Memory, OpenFile, Platform } from "../../platform/ports";
import { urlAttempt } from "./attempt";
import type { UrlAccess } from "./attempt";

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
}

/**
 * The bytes of a file. `unchanged` is asked between reading the last piece and handing it out: without its last bytes a request of a
 * given Content-Length is not complete, and nothing is stored of a file that was changed meanwhile.
 */
function createFileBody(memory: Memory, file: OpenFile, size: number, unchanged: () => Failure | undefined): FileBody {
  let sent = 0;
  let failed: Failure | undefined;
  return {
    next: function () {
      if (failed || sent == size) return "";
      const length = size - sent < PIECE ? size - sent : PIECE;
      if (sent % TIDY_EVERY == 0) memory.tidy();
      const piece = file.read(length);
      if (piece.length != length) {
        failed = unchanged() || failure("card", "The card gave " + sent + " of " + size + " bytes, then no more", "Is the card still in? Try again; check the card if it happens again.");
        return "";
      }
      if (sent + length == size) failed = unchanged();
      if (failed) return "";
      sent += length;
      return piece;
    },
    failed: () => failed,
    sent: () => sent,
  };
}

/**
 * Sends the file at `path` with a PUT to the URL. Failures: file-missing, file-changed, card, url-expired, s3 (refused) and those of
 * `exchange`. That all arrived is the server's word: a URL for PUT gives no right to look.
 */
export function putByUrl(platform: Platform, access: UrlAccess, path: string, started: (progress: Progress) => void, done: Done<PutUrlResult>): void {
  const files = platform.files;
  let body: FileBody | undefined;
  let file: OpenFile | undefined;
  let before: FileInfo | undefined;

  function unchanged(): Failure | undefined {
    const now = files.stat(path);
    if (now && now.size == before!.size && now.modified == before!.modified && file!.read(1) == "") return undefined;
    return failure("file-changed", path + " was changed while it was sent: nothing is stored", "Close or rotate the file first, then send it again.");
  }

  access.persist<PutUrlResult>(function (ended) {
    before = files.stat(path);
    file = before && files.open(path, "r");
    if (!before || !file) return ended(failure("file-missing", "There is no file " + path + " on the card", "Names as on the card, without a leading slash; is the card in?"));
    const size = before.size;
    const headers: Header[] = [["content-length", "" + size]];
    body = size ? createFileBody(platform.memory, file, size, unchanged) : undefined;
    if (body) headers.push(["expect", "100-continue"]);
    started({ total: size, moved: () => (body ? body.sent() : 0) });
    urlAttempt(
      platform, access,
      Object.assign({ method: "PUT", headers: headers, success: { body: () => undefined }, stride: PIECE }, body ? { body: body } : {}),
      function (failed, response) {
        file!.close();
        if (failed) return ended(failed);
        const result: PutUrlResult = { path: path, size: size, etag: response!.headers["etag"] || "" };
        const version = response!.headers["x-amz-version-id"];
        if (version) result.versionId = version;
        ended(undefined, result);
      },
    );
  }, done);
}
