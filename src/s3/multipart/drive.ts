// Drives an upload in parts through its phases. Each phase is in a module of its own, loaded for it: together they would not fit beside TLS.
import type { Done, Failure } from "../../flow/failure";
import type { Progress } from "../../flow/progress";
import type * as part from "./part";
import type * as whole from "./whole";
import type { Platform } from "../../platform/ports";
import type { UploadPlan } from "../journal";
import type { S3Access } from "../signedRequest";
import { allSent } from "./upload";
import type { MultipartResult, Upload } from "./upload";

function phase(upload: Upload): void {
  const modules = upload.platform.modules;
  const done = upload.done;
  const sends = upload.begun && !upload.failed && upload.record.uploadId != "" && !allSent(upload.record);
  const name = sends ? "part" : "whole";
  const loaded = modules.load<typeof part & typeof whole>(name);
  if (!loaded.module) return done(loaded.failed);
  upload.go = function () {
    modules.release(name);
    upload.done = done;
    // With persist: credentials that are due are renewed between two phases, while neither is in memory.
    upload.platform.timers.after(0, () => upload.access.persist<void>((told) => told(undefined), function (failed) {
      upload.failed = upload.failed || failed;
      upload.platform.timers.after(0, () => phase(upload));
    }));
  };
  upload.done = function (failed, result) {
    modules.release(name);
    done(failed, result);
  };
  if (sends) loaded.module.sendPart(upload);
  else loaded.module.run(upload);
}

/** Here and not in a phase: a function holds all of its module in memory, and the progress is held as long as the upload. */
function progressOf(upload: Upload): Progress {
  return {
    total: upload.record.size,
    moved: function () {
      const bytes = upload.record.parts * upload.record.partSize;
      return (bytes < upload.record.size ? bytes : upload.record.size) + (upload.body ? upload.body.sent() : 0);
    },
  };
}

/**
 * Uploads the file at `path` as `key` in parts. Every confirmed part stands in the journal: after a reset, or a failure of the
 * network, the next call goes on with the first part that S3 has not confirmed. A file or plan that is another one begins anew; an
 * upload that is given up leaves no part behind, or stays in the journal until its parts could be taken off S3.
 * Failures: file-missing, file-changed, card, s3, http and those of `exchange`.
 */
export function putMultipart(
  platform: Platform, access: S3Access, path: string, key: string, plan: UploadPlan, partSize: number, started: (progress: Progress) => void, done: Done<MultipartResult>,
): void {
  const { module, failed } = platform.modules.load<typeof whole>("whole");
  if (!module) return done(failed);
  const upload: Upload | Failure = module.open(platform, access, path, key, plan, partSize);
  platform.modules.release("whole");
  if ("code" in upload) return done(upload);
  upload.done = done;
  started(progressOf(upload));
  // From a timer: whoever calls this stands deep in a small stack already.
  platform.timers.after(0, () => phase(upload));
}
