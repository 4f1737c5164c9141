// Drives an upload in parts through its phases. Each phase is in a module of its own, loaded for it: together they would not fit beside
// TLS.
import type { Done } from "../../flow/failure";
import type { Progress } from "../../flow/progress";
import type { Response } from "../../http/response";
import type { Platform } from "../../platform/ports";
import type { UploadPlan } from "../journal";
import type { S3Access } from "../signedRequest";
import type * as part from "./part";
import type * as opening from "./open";
import type * as whole from "./whole";
import type { MultipartResult, Upload } from "./upload";

/**
 * Goes from phase to phase. In one function of its own, because the closures hold all that stands around them as long as the upload
 * goes on.
 * The module of a part is there while an attempt is prepared and when it has ended, not while the bytes go.
 */
function drive(upload: Upload, started: (progress: Progress) => void, done: Done<MultipartResult>): void {
  upload.done = function (failed, result) {
    if (upload.held) upload.platform.modules.release(upload.held);
    done(failed, result);
  };
  upload.go = function () {
    if (upload.held) upload.platform.modules.release(upload.held);
    upload.held = undefined;
    // From a timer: whoever calls this stands deep in a small stack already.
    upload.platform.timers.after(0, function () {
      if (!upload.begun || upload.failed || upload.record.uploadId == "" || upload.safe >= upload.record.size) {
        const { module, failed } = upload.platform.modules.load<typeof whole>("whole");
        if (!module) return upload.done(failed);
        upload.held = "whole";
        return module.run(upload);
      }
      upload.access.persist<Response>(function (ended) {
        const { module, failed } = upload.platform.modules.load<typeof part>("part");
        if (!module) return upload.done(failed);
        module.sendPart(upload, ended);
        upload.platform.modules.release("part");
      }, function (refused, response) {
        upload.platform.timers.after(0, function () {
          const { module, failed } = upload.platform.modules.load<typeof part>("part");
          if (!module) return upload.done(failed);
          upload.held = "part";
          module.notePart(upload, refused, response);
        });
      });
    });
  };
  started({ total: upload.record.size, moved: () => upload.safe + (upload.body ? upload.body.sent() : 0) });
  upload.go();
}

/**
 * Uploads the file at `path` as `key` in parts. Every confirmed part stands in the journal: after a reset, or a failure of the
 * network, the next call goes on with the first part that S3 has not confirmed. A file or plan that is another one begins anew; an
 * upload that is given up leaves no part behind, or stays in the journal until its parts could be taken off S3.
 * Failures: file-missing, file-changed, card, s3, http, storage and those of `exchange`.
 */
export function putMultipart(
  platform: Platform, access: S3Access, path: string, key: string, plan: UploadPlan, partSize: number, started: (progress: Progress) => void, done: Done<MultipartResult>,
): void {
  const { module, failed } = platform.modules.load<typeof opening>("whole");
  if (!module) return done(failed);
  const upload = module.open(platform, access, path, key, plan, partSize);
  platform.modules.release("whole");
  if ("code" in upload) done(upload);
  else drive(upload, started, done);
}
