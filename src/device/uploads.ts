// The part of device.put that is seldom needed, and device.resume: in the module upload.
import { failure } from "../flow/failure";
import type { Done, Failure } from "../flow/failure";
import type { Progress } from "../flow/progress";
import type { Platform } from "../platform/ports";
import { step } from "../s3/ask";
import { confirm } from "../s3/confirm";
import { halfDownload } from "../s3/downloads/half";
import { eraseJournal, journalName, journalNames, readJournal, writeJournal } from "../s3/journal";
import type { UploadPlan } from "../s3/journal";
import { putMultipart, sweep } from "../s3/multipart";
import type { PutOptions, PutResult } from "../s3/put";
import { putObject } from "../s3/put";
import { readPutOptions } from "../s3/putOptions";
import type { S3Access } from "../s3/signedRequest";
import type { Context } from "./context";
import type { SeldomCommand } from "./seldom";
import { MULTIPART_OVER, transferLine } from "./transfers";
import type { Transferred } from "./transfers";

/** A file position is 32 bits wide with its sign: what lies beyond can only be read in one go. */
const SEEKABLE = 2147483647;

type Outcome = Done<PutResult & Transferred>;

/** The end of every upload: what S3 holds is compared with what was sent. */
function confirmed(platform: Platform, access: S3Access, resumed: boolean, sent: PutOptions | undefined, failed: Failure | undefined, result: PutResult | undefined, done: Outcome): void {
  if (failed) return done(failed);
  confirm(platform, access, result!, sent, function (wrong) {
    if (wrong) done(wrong);
    else done(undefined, Object.assign(result!, { seconds: 0, resumed: resumed }));
  });
}

function single(platform: Platform, access: S3Access, path: string, key: string, plan: UploadPlan, started: (progress: Progress) => void, done: Outcome): void {
  const options: PutOptions = { signed: plan.signed, headers: plan.headers.concat(plan.conditions) };
  /** The answer to an earlier try was lost: S3 may have done what it was asked. */
  let unknown = false;
  step<PutResult>(platform, access, (ended) => putObject(platform, access, path, key, options, started, function (failed, result) {
    const answer = failed && failed.cause;
    if (answer && answer.status == 412 && unknown) failed!.message += " (an earlier try, whose answer was lost, may have stored it: device.head tells)";
    if (failed && !answer) unknown = true;
    ended(failed, result);
  }), function (failed, result) {
    confirmed(platform, access, false, options, failed, result, done);
  });
}

/** Gives up an upload in parts of the same file and key: it is sent in one piece now. */
function dropUpload(platform: Platform, access: S3Access, path: string, key: string, then: () => void): void {
  const name = journalName(platform, access.settings.bucket, path, key);
  const kept = readJournal(platform, name);
  if (!kept) return then();
  const record = kept.record;
  if (record.uploadId) record.abandoned.push(record.uploadId);
  record.uploadId = "";
  record.over = true;
  writeJournal(platform, name, kept.generation + 1, record);
  sweep(platform, access, record, function () {
    if (!record.abandoned.length) eraseJournal(platform, name, kept.generation + 1);
    else writeJournal(platform, name, kept.generation + 2, record);
    then();
  });
}

/** put with options, or of a large file: checks the options, chooses one piece or parts. */
export function upload(platform: Platform, context: Context, path: string, key: string, options: any, started: (progress: Progress) => void, done: Outcome): void {
  const s3 = context.settings()["s3"] || {};
  const choice = readPutOptions(options, s3);
  if ("code" in choice) return done(choice);
  context.ready(function (failed, access) {
    const fault = failed || halfDownload(platform, path);
    if (fault) return done(fault);
    const info = platform.files.stat(path);
    const size = info ? info.size : 0;
    const parts = choice.multipart === undefined ? size > (s3.multipartOver || MULTIPART_OVER) : choice.multipart;
    if (parts && size > 0 && size <= SEEKABLE) return putMultipart(platform, access!, path, key, choice.plan, choice.partSize, started, function (refused, result) {
      confirmed(platform, access!, !!result && result.resumed, undefined, refused, result, done);
    });
    dropUpload(platform, access!, path, key, function () {
      single(platform, access!, path, key, choice.plan, started, done);
    });
  });
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

/** device.resume(): goes on with every upload that a reset or a failure left unfinished, the oldest first. */
export const resume: SeldomCommand = function (services, started, done) {
  const { platform, context } = services;
  const finished: unknown[] = [];
  let names: string[] = [];
  let first: Failure | undefined;
  let access: S3Access;

  function next(): void {
    const name = names.shift();
    if (name === undefined) return over();
    const kept = readJournal(platform, name);
    if (!kept) return next();
    const record = kept.record;
    if (record.bucket != access.settings.bucket) {
      platform.console.print("  kept: " + record.path + " for the bucket " + record.bucket);
      return later();
    }
    if (record.over || (!platform.files.stat(record.path) && cardAnswers(platform))) return dropUpload(platform, access, record.path, record.key, function () {
      if (!record.over) platform.console.print("  given up: " + record.path + " is no longer on the card");
      later();
    });
    const began = platform.clock.ticks();
    putMultipart(platform, access, record.path, record.key, record.plan, record.partSize, started, function (failed, result) {
      confirmed(platform, access, !!result && result.resumed, undefined, failed, result, function (wrong, sent) {
        if (wrong) {
          first = first || wrong;
          if (!isLocal(wrong)) return over();
          platform.console.print("  put " + record.key + ": " + wrong.message);
          return later();
        }
        sent!.seconds = (platform.clock.ticks() - began) / 1000;
        platform.console.print(transferLine("put " + sent!.key, sent!, sent!.seconds));
        finished.push(sent);
        later();
      });
    });
  }

  /** From a timer: many uploads one after the other must not stand on each other in a small stack. */
  function later(): void {
    platform.timers.after(0, next);
  }

  function over(): void {
    // Downloads that were interrupted (records "s3.down.") go on here, once they keep a journal.
    if (first) return done(first);
    platform.console.print(finished.length ? "resume: " + finished.length + " finished" : "resume: nothing is left to do");
    done(undefined, { finished: finished, seconds: 0 });
  }

  context.ready(function (failed, ready) {
    if (failed) return done(failed);
    access = ready!;
    names = journalNames(platform);
    next();
  });
};
