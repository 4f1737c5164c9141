// device.resume(): goes on with what a reset or a failure left unfinished. While a transfer goes on little more than this is in memory.
import type { Done, Failure } from "../flow/failure";
import { withModule } from "../flow/withModule";
import type * as confirm from "../modules/confirm";
import type * as down from "../modules/down";
import type * as parts from "../modules/parts";
import type * as todo from "../modules/todo";
import type { DownloadResult } from "../s3/downloads/result";
import type { MultipartResult } from "../s3/multipart/upload";
import type { PutResult } from "../s3/put";
import type { S3Access } from "../s3/signedRequest";
import type { SeldomCommand } from "./seldom";
import type { Job } from "./todo";
import { transferLine } from "./transfers";
import type { Transferred } from "./transfers";

/** Every unfinished upload, then every unfinished download, the oldest first. */
export const resumeCommand: SeldomCommand = function (services, started, done) {
  const { platform, context } = services;
  const finished: unknown[] = [];
  const tried: string[] = [];
  let first: Failure | undefined;
  let access: S3Access;
  let what = "";
  let began = 0;

  const ended: Done<PutResult & Partial<Transferred>> = function (failed, result) {
    if (failed) {
      first = first || failed;
      platform.console.print("  " + what + ": " + failed.message);
    } else {
      const transferred = Object.assign({ resumed: false }, result!);
      transferred.seconds = (platform.clock.ticks() - began) / 1000;
      platform.console.print(transferLine(what, transferred as Transferred & PutResult, transferred.seconds));
      finished.push(transferred);
    }
    platform.timers.after(0, next);
  };

  function sent(failed: Failure | undefined, result?: MultipartResult): void {
    if (failed || withModule<typeof confirm, PutResult>(platform, "confirm", (module, told) => module.confirm(platform, access, result!, undefined, told), ended)) ended(failed, result);
  }

  const run: Done<Job> = function (_none, job) {
    const { upload, download } = job!;
    began = platform.clock.ticks();
    let missing: Failure | undefined;
    if (upload) {
      what = "put " + upload.key;
      missing = withModule<typeof parts, MultipartResult>(platform, "parts", (module, told) => module.putMultipart(platform, access, upload.path, upload.key, upload.plan, upload.partSize, started, told), sent);
    } else if (download) {
      what = "get " + download.path;
      missing = withModule<typeof down, DownloadResult>(platform, "down", (module, told) => module.continueDownload(platform, access, download, started, told), ended);
    } else if (first) done(first);
    else {
      platform.console.print(finished.length ? "resume: " + finished.length + " finished" : "resume: nothing is left to do");
      done(undefined, { finished: finished, seconds: 0 });
    }
    if (missing) ended(missing);
  };

  function next(): void {
    const stop = first;
    const missing = withModule<typeof todo, Job>(platform, "todo", function (module, told) {
      if (stop && !module.isLocal(stop)) told(undefined, {});
      else module.nextJob(platform, access, tried, told);
    }, run);
    if (missing) done(missing);
  }

  context.ready(function (failed, ready) {
    if (failed) return done(failed);
    access = ready!;
    next();
  });
};
