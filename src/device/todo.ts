// What a reset or a failure left unfinished: what device.resume() asks before each transfer, and the end of what is not to go on.
import type { Done, Failure } from "../flow/failure";
import { withModule } from "../flow/withModule";
import type * as lists from "../modules/lists";
import type { Platform } from "../platform/ports";
import { halfDownload } from "../s3/downloads/half";
import { unfinishedDownloads } from "../s3/downloads/record";
import type { DownloadRecord } from "../s3/downloads/record";
import { eraseJournal, journalName, journalNames, readJournal, writeJournal } from "../s3/journal";
import type { UploadRecord } from "../s3/journal";
import type { S3Access } from "../s3/signedRequest";

/** The next thing to do; neither: nothing is left. */
export interface Job {
  upload?: UploadRecord;
  download?: DownloadRecord;
}

/** Gives up an upload in parts of the same file and key: it is sent in one piece now, or not at all. */
function dropUpload(platform: Platform, access: S3Access, path: string, key: string, done: Done<void>): void {
  const name = journalName(platform, access.settings.bucket, path, key);
  const kept = readJournal(platform, name);
  if (!kept) return done(undefined);
  const record = kept.record;
  if (record.uploadId) record.abandoned.push(record.uploadId);
  record.uploadId = "";
  record.over = true;
  writeJournal(platform, name, kept.generation + 1, record);
  const missing = withModule<typeof lists, void>(platform, "lists", (module, swept) => module.sweep(platform, access, record, swept), function () {
    if (!record.abandoned.length) eraseJournal(platform, name, kept.generation + 1);
    else writeJournal(platform, name, kept.generation + 2, record);
    done(undefined);
  });
  if (missing) done(missing);
}

/** True if the card can be used: then a file that it does not show is not there. */
function cardAnswers(platform: Platform): boolean {
  const probe = platform.files.open("upload.tmp", "w");
  if (!probe) return false;
  probe.close();
  return platform.files.remove("upload.tmp");
}

/** Failures of one transfer after which the next one is worth trying. */
export function isLocal(failed: Failure): boolean {
  return failed.code == "file-changed" || failed.code == "file-missing" || (failed.code == "s3" && (!failed.cause || failed.cause.status < 500));
}

/** A file that is half of a download is not sent; an upload in parts of the file is given up if it is sent in one piece. */
export function beforePut(platform: Platform, access: S3Access, path: string, key: string, inParts: boolean, done: Done<void>): void {
  const half = halfDownload(platform, path);
  if (half || inParts) done(half);
  else dropUpload(platform, access, path, key, done);
}

function uploadJob(platform: Platform, access: S3Access, tried: string[], done: Done<Job>): boolean {
  for (const name of journalNames(platform)) {
    const kept = tried.indexOf(name) < 0 && readJournal(platform, name);
    if (!kept) continue;
    tried.push(name);
    const record = kept.record;
    if (record.bucket != access.settings.bucket) platform.console.print("  kept: " + record.path + " for the bucket " + record.bucket);
    else if (record.over || (!platform.files.stat(record.path) && cardAnswers(platform))) {
      dropUpload(platform, access, record.path, record.key, function () {
        if (!record.over) platform.console.print("  given up: " + record.path + " is no longer on the card");
        // From a timer: many of them must not stand on each other in a small stack.
        platform.timers.after(0, () => nextJob(platform, access, tried, done));
      });
      return true;
    } else {
      done(undefined, { upload: record });
      return true;
    }
  }
  return false;
}

/** Tells the next job that is not among `tried`, and adds it there: uploads first, the oldest first. Clears up on the way. */
export function nextJob(platform: Platform, access: S3Access, tried: string[], done: Done<Job>): void {
  if (uploadJob(platform, access, tried, done)) return;
  const job: Job = {};
  for (const record of unfinishedDownloads(platform)) {
    const name = "get " + record.key + "\n" + record.path;
    if (job.download || record.bucket != access.settings.bucket || tried.indexOf(name) >= 0) continue;
    tried.push(name);
    job.download = record;
  }
  done(undefined, job);
}
