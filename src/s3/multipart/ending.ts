// How an upload in parts ends: done, given up, or left for the next call.
import type { Done, Failure } from "../../flow/failure";
import { withModule } from "../../flow/withModule";
import { eraseJournal } from "../journal";
import type * as lists from "./lists";
import { save } from "./upload";
import type { Upload } from "./upload";

/** The upload goes on with the next call: its journal stays. */
export function leave(upload: Upload, failed: Failure): void {
  failed.goOn = " device.resume() goes on with part " + (upload.record.parts + 1) + ".";
  failed.hint += failed.goOn;
  upload.done(failed);
}

/** Work of the module `lists`, which is loaded for it: what is asked of S3 about uploads that were interrupted. */
export function withLists<T>(upload: Upload, work: (module: typeof lists, done: Done<T>) => void, done: Done<T>): void {
  const missing = withModule<typeof lists, T>(upload.platform, "lists", work, done);
  if (missing) leave(upload, missing);
}

/** Takes what was given up off S3, if there is anything, then calls `then`. */
export function swept(upload: Upload, then: () => void): void {
  if (!upload.record.abandoned.length) return then();
  withLists<void>(upload, (module, done) => module.sweep(upload.platform, upload.access, upload.record, done), then);
}

/** Nothing of the upload is left to be sent. Its journal stays only as long as S3 holds parts of what was given up. */
export function end(upload: Upload, failed: Failure | undefined, etag: string): void {
  const record = upload.record;
  swept(upload, function () {
    if (record.abandoned.length) {
      record.over = true;
      record.uploadId = "";
      save(upload);
    } else eraseJournal(upload.platform, upload.name, upload.generation);
    upload.done(failed, failed ? undefined : { key: record.key, size: record.size, etag: etag, resumed: upload.resumed });
  });
}

export function giveUp(upload: Upload, failed: Failure): void {
  const record = upload.record;
  if (record.uploadId) record.abandoned.push(record.uploadId);
  record.uploadId = "";
  record.over = true;
  // Whatever happens now, the next call knows what to take off S3.
  if (record.abandoned.length) save(upload);
  end(upload, failed, "");
}

/** Refusals that are mended by settings: the upload waits for that. */
function isMendable(code: string): boolean {
  return "AuthorizationHeaderMalformed ExpiredToken InvalidAccessKeyId InvalidToken PermanentRedirect RequestTimeTooSkewed SignatureDoesNotMatch TemporaryRedirect TokenRefreshRequired".split(" ").indexOf(code) >= 0;
}

/** What a failure means for the upload: a refusal ends it, a lost upload begins again, all else waits for the next call. */
export function broken(upload: Upload, failed: Failure): void {
  const answer = failed.cause;
  const code = answer ? answer.code : "";
  if ((code == "NoSuchUpload" || code == "InvalidPart") && !upload.anew) {
    const record = upload.record;
    upload.anew = true;
    upload.resumed = false;
    if (code == "InvalidPart") record.abandoned.push(record.uploadId);
    record.uploadId = record.etags = "";
    record.parts = record.crc = record.since = upload.safe = 0;
    // The next phase creates it.
    return upload.go();
  }
  const refused = failed.code == "s3" && (!answer || (answer.status >= 300 && answer.status < 500 && answer.status != 429));
  if (failed.code == "file-changed" || (refused && !isMendable(code))) giveUp(upload, failed);
  else leave(upload, failed);
}
