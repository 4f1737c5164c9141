// All phases of an upload in parts but the sending of a part.
import { complete } from "./complete";
import { create, start } from "./create";
import { broken } from "./ending";
import type { Upload } from "./upload";

/** Decides what comes next, and does it. */
export function run(upload: Upload): void {
  const failed = upload.failed;
  upload.failed = undefined;
  if (failed) broken(upload, failed);
  else if (!upload.begun) start(upload);
  else if (!upload.record.uploadId) create(upload);
  else complete(upload);
}
