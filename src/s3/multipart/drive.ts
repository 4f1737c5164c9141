// Drives an upload in parts through its phases. Each phase is in a module of its own, loaded for it: together they would not fit beside TLS.
import type { Done } from "../../flow/failure";
import type { Progress } from "../../flow/progress";
import type { Response } from "../../http/response";
import type { Loaded, Platform } from "../../platform/ports";
import type { UploadPlan } from "../journal";
import type { S3Access } from "../signedRequest";
import type * as part from "./part";
import type * as opening from "./open";
import type * as whole from "./whole";
import { allSent } from "./upload";
import type { MultipartResult, Upload } from "./upload";

/** Loads the module of a phase, one at a time. Undefined if it is not in flash; the upload is over then. */
function load<T>(upload: Upload, name: string): T | undefined {
  const { module, failed } = upload.platform.modules.load<T>(name);
  if (module) upload.module = name;
  else upload.done(failed);
  return module;
}

function release(upload: Upload): void {
  if (upload.module) upload.platform.modules.release(upload.module);
  upload.module = "";
}

/**
 * Sends a part. Its module is there while an attempt is prepared and when it has ended, not while the bytes go. In a function of its own:
 * what stands around these closures is held as long.
 */
function send(upload: Upload): void {
  upload.access.persist<Response>(function (ended) {
    const module = load<typeof part>(upload, "part");
    if (module) module.sendPart(upload, ended);
    release(upload);
  }, function (failed, response) {
    upload.platform.timers.after(0, function () {
      const module = load<typeof part>(upload, "part");
      if (module) module.notePart(upload, failed, response);
    });
  });
}

function phase(upload: Upload): void {
  if (upload.begun && !upload.failed && upload.record.uploadId != "" && !allSent(upload.record)) return send(upload);
  const module = load<typeof whole>(upload, "whole");
  if (module) module.run(upload);
}

/**
 * Uploads the file at `path` as `key` in parts. Every confirmed part stands in the journal: after a reset, or a failure of the
 * network, the next call goes on with the first part that S3 has not confirmed. A file or plan that is another one begins anew; an
 * upload that is given up leaves no part behind, or stays in the journal until its parts could be taken off S3.
 * Failures: file-missing, file-changed, card, s3, http, storage and those of `exchange`.
 */
export function putMultipart(
  platform: Platform, access: S3Access, path: string, key: string, plan: UploadPlan | undefined, partSize: number, started: (progress: Progress) => void,
  done: Done<MultipartResult>,
): void {
  let loaded: Loaded<typeof opening> | undefined = platform.modules.load<typeof opening>("whole");
  if (!loaded.module) return done(loaded.failed);
  const found = loaded.module.open(platform, access, path, key, plan!, partSize);
  platform.modules.release("whole");
  if ("code" in found) return done(found);
  const upload: Upload = found;
  // The functions below hold what is around them as long as the upload goes on.
  plan = loaded = undefined;

  upload.go = function () {
    release(upload);
    platform.timers.after(0, () => phase(upload));
  };
  upload.done = function (failed, result) {
    release(upload);
    done(failed, result);
  };
  started({ total: upload.record.size, moved: () => upload.confirmed + (upload.body ? upload.body.sent() : 0) });
  // From a timer: whoever calls this stands deep in a small stack already.
  upload.go();
}
