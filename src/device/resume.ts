// device.resume(): goes on with what a reset or a failure left unfinished. And the end of an upload in parts that is not to go on.
import { failure } from "../flow/failure";
import type { Done, Failure } from "../flow/failure";
import { withModule } from "../flow/withModule";
import type * as confirm from "../modules/confirm";
import type * as down from "../modules/down";
import type * as lists from "../modules/lists";
import type * as parts from "../modules/parts";
import type { Platform } from "../platform/ports";
import { eraseJournal, journalName, journalNames, readJournal, writeJournal } from "../s3/journal";
import type { DownloadResult } from "../s3/downloads/download";
import type { DownloadRecord } from "../s3/downloads/record";
import type { MultipartResult } from "../s3/multipart/upload";
import type { PutResult } from "../s3/put";
import type { S3Access } from "../s3/signedRequest";
import type { SeldomCommand } from "./seldom";
import { transferLine } from "./transfers";
import type { Transferred } from "./transfers";

/** Gives up an upload in parts of the same file and key: it is sent in one piece now, or not at all. */
export function dropUpload(platform: Platform, access: S3Access, path: string, key: string, done: Done<void>): void {
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

/** Failures of one upload after which the next one is worth trying. */
function isLocal(failed: Failure): boolean {
  return failed.code == "file-changed" || failed.code == "file-missing" || (failed.code == "s3" && (!failed.cause || failed.cause.status < 500));
}

/** device.resume(): goes on with every upload and every download that a reset or a failure left unfinished, uploads first, the oldest first. */
export const resumeCommand: SeldomCommand = function (services, started, done) {
  const { platform, context } = services;
  const finished: unknown[] = [];
  let uploads: string[] = [];
  let downloads: DownloadRecord[] = [];
  let first: Failure | undefined;
  let access: S3Access;
  let began = 0;

  /** From a timer: many transfers one after the other must not stand on each other in a small stack. */
  function later(): void {
    platform.timers.after(0, next);
  }

  function over(): void {
    if (first) return done(first);
    platform.console.print(finished.length ? "resume: " + finished.length + " finished" : "resume: nothing is left to do");
    done(undefined, { finished: finished, seconds: 0 });
  }

  /** One transfer is over; `what` names it. */
  function ended(what: string, failed: Failure | undefined, result?: PutResult & Partial<Transferred>): void {
    if (failed) {
      first = first || failed;
      if (!isLocal(failed)) return over();
      platform.console.print("  " + what + ": " + failed.message);
    } else {
      const seconds = (platform.clock.ticks() - began) / 1000;
      const transferred = Object.assign({ resumed: false }, result!);
      transferred.seconds = seconds;
      platform.console.print(transferLine(what, transferred, seconds));
      finished.push(transferred);
    }
    later();
  }

  function upload(name: string): void {
    const kept = readJournal(platform, name);
    if (!kept) return later();
    const record = kept.record;
    if (record.bucket != access.settings.bucket) {
      platform.console.print("  kept: " + record.path + " for the bucket " + record.bucket);
      return later();
    }
    if (record.over || (!platform.files.stat(record.path) && cardAnswers(platform))) return dropUpload(platform, access, record.path, record.key, function () {
      if (!record.over) platform.console.print("  given up: " + record.path + " is no longer on the card");
      later();
    });
    const what = "put " + record.key;
    const missing = withModule<typeof parts, MultipartResult>(platform, "parts", function (module, told) {
      module.putMultipart(platform, access, record.path, record.key, record.plan, record.partSize, started, told);
    }, function (failed, result) {
      if (failed) return ended(what, failed);
      if (withModule<typeof confirm, PutResult>(platform, "confirm", (module, told) => module.confirm(platform, access, result!, undefined, told), (wrong, sent) => ended(what, wrong, sent))) {
        ended(what, undefined, result);
      }
    });
    if (missing) ended(what, missing);
  }

  function download(record: DownloadRecord): void {
    const what = "get " + record.path;
    const missing = withModule<typeof down, DownloadResult>(
      platform, "down", (module, told) => module.continueDownload(platform, access, record, started, told), (failed, result) => ended(what, failed, result),
    );
    if (missing) ended(what, missing);
  }

  function next(): void {
    began = platform.clock.ticks();
    const name = uploads.shift();
    if (name !== undefined) return upload(name);
    const record = downloads.shift();
    if (record) download(record);
    else over();
  }

  context.ready(function (failed, ready) {
    if (failed) return done(failed);
    access = ready!;
    uploads = journalNames(platform);
    const loaded = platform.modules.load<typeof down>("down");
    if (loaded.module) {
      downloads = loaded.module.unfinishedDownloads(platform).filter((record) => record.bucket == access.settings.bucket);
      platform.modules.release("down");
    }
    next();
  });
};
