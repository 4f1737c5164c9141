// An upload in parts begins, or goes on with what an earlier call left (S3 API reference, CreateMultipartUpload).
import { failure } from "../../flow/failure";
import type { Response } from "../../http/response";
import { ask, step } from "../ask";
import { encryptionFault } from "../confirm";
import { ENCRYPTION, ENCRYPTION_KEY } from "../encryption";
import { xmlText } from "../xml";
import { gone } from "./complete";
import { broken, giveUp, leave, swept, withLists } from "./ending";
import { save } from "./upload";
import type { Upload } from "./upload";

export function create(upload: Upload): void {
  const { platform, access, record } = upload;
  const plan = record.plan;
  // Should the power go before the answer is in the journal, the next call knows that there may be an upload without a name.
  save(upload);
  let text = "";
  step<Response>(platform, access, function (ended) {
    text = "";
    ask(platform, access, {
      method: "POST", key: record.key, query: [["uploads", ""]], text: "",
      headers: plan.headers.concat(plan.signed ? [] : [["x-amz-checksum-algorithm", "CRC32"], ["x-amz-checksum-type", "FULL_OBJECT"]]),
      keep: ENCRYPTION + " " + ENCRYPTION_KEY,
    }, function (bytes) {
      text = (text + bytes).substr(0, 2500);
    }, ended);
  }, function (failed, response) {
    if (failed) {
      // An answer that was lost may stand for an upload that S3 made.
      if (!failed.cause || failed.cause.status >= 500) return leave(upload, failed);
      return giveUp(upload, failed);
    }
    record.uploadId = xmlText(text, "UploadId");
    if (!record.uploadId) return giveUp(upload, failure("http", "S3 gave no upload id", "Is s3.endpoint an S3?"));
    record.since = new Date(response!.headers["date"] || "").getTime() || 0;
    save(upload);
    const fault = encryptionFault(record.key, plan.headers, response!.headers);
    if (fault) giveUp(upload, fault);
    else upload.go();
  });
}

/** Goes on with what the journal says, after S3 was asked what it really has: its list is the truth. */
function goOn(upload: Upload): void {
  upload.kept = undefined;
  withLists<Response>(upload, (module, done) => module.confirmedParts(upload, done), function (failed) {
    const record = upload.record;
    const answer = failed && failed.cause;
    upload.safe = Math.min(record.parts * record.partSize, record.size);
    if (!failed) return upload.go();
    if (answer && answer.code == "NoSuchUpload") return gone(upload, failed);
    // A key that may write need not be allowed to list.
    if (answer && answer.status == 403 && answer.code == "AccessDenied") return upload.go();
    broken(upload, failed);
  });
}

/** First what was given up is taken off S3, then the upload begins or goes on. */
function begin(upload: Upload): void {
  swept(upload, function () {
    upload.begun = true;
    if (upload.record.uploadId) goOn(upload);
    else create(upload);
  });
}

/** The first phase: what an earlier upload of this file left is cleared up, or gone on with. */
export function start(upload: Upload): void {
  const old = upload.old;
  delete upload.old;
  if (!old) {
    upload.begun = true;
    return create(upload);
  }
  const record = upload.record;
  // What is to be taken off S3 is in the journal before anything new is.
  if (old != record && (record.abandoned.length || (!old.uploadId && !old.over))) save(upload);
  // An upload that was asked for and never got its name: S3 knows it.
  if (old.uploadId || old.over) return begin(upload);
  withLists<void>(upload, (module, done) => module.orphans(upload, old.began, done), () => begin(upload));
}
