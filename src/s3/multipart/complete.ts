// An upload in parts is completed (S3 API reference, CompleteMultipartUpload), once and only once, also where an answer was lost.
import { base64 } from "../../bytes/base64";
import { uint32 } from "../../bytes/bigEndian";
import type { Done, Failure } from "../../flow/failure";
import type { Response } from "../../http/response";
import type { Pair } from "../../sigv4/canonicalRequest";
import { ask, step } from "../ask";
import { changed } from "../changed";
import { CHECKSUM_TRAILER } from "../chunkedBody";
import { refusal } from "../refusal";
import { xmlText } from "../xml";
import { broken, end } from "./ending";
import type { Upload } from "./upload";

/**
 * Looks whether the object is there, complete: its size, the number of parts in its "-N" ETag, and a date that is not before the
 * upload's. Answers its ETag, or "".
 */
function look(upload: Upload, done: (etag: string) => void): void {
  const { platform, access, record } = upload;
  step<Response>(platform, access, function (ended) {
    ask(platform, access, { method: "HEAD", key: record.key, query: [], headers: [], text: "", keep: "last-modified" }, function () {}, ended);
  }, function (failed, response) {
    const headers = failed ? {} : response!.headers;
    const etag = headers["etag"] || "";
    const changed = new Date(headers["last-modified"] || "").getTime();
    // S3 gives an object of parts the date when its upload was created, in whole seconds.
    done(headers["content-length"] == "" + record.size && etag.endsWith("-" + record.parts + '"') && !(changed < record.since - 1000) ? etag : "");
  });
}

/** The upload is not there any more: either it was completed and the answer was lost, or it has to begin anew. */
export function gone(upload: Upload, failed: Failure): void {
  if (upload.safe < upload.record.size) return broken(upload, failed);
  look(upload, function (etag) {
    if (etag) end(upload, undefined, etag);
    else broken(upload, failed);
  });
}

/** One try to complete: `ended` gets the ETag. */
function completeOnce(upload: Upload, ended: Done<string>): void {
  const record = upload.record;
  const etags = record.etags.split(" ");
  const headers: Pair[] = record.plan.conditions.concat([["x-amz-mp-object-size", "" + record.size]]);
  let list = "<CompleteMultipartUpload>";
  for (let i = 0; i < record.parts; i++) list += "<Part><PartNumber>" + (i + 1) + "</PartNumber><ETag>" + etags[i] + "</ETag></Part>";
  list += "</CompleteMultipartUpload>";
  if (!record.plan.signed) headers.push([CHECKSUM_TRAILER, base64(uint32(record.crc))], ["x-amz-checksum-type", "FULL_OBJECT"]);
  let text = "";
  ask(upload.platform, upload.access, { method: "POST", key: record.key, query: [["uploadId", record.uploadId]], headers: headers, text: list, keep: "" }, function (bytes) {
    // S3 sends white space while it works.
    text += text == "" ? bytes.trim() : bytes;
    text = text.substr(0, 2000);
  }, function (failed, response) {
    if (failed) return ended(failed);
    const etag = xmlText(text, "ETag");
    if (etag) return ended(undefined, etag);
    const code = xmlText(text, "Code");
    const status = code == "" || code == "InternalError" ? 500 : code == "SlowDown" || code == "ServiceUnavailable" ? 503 : 400;
    ended(refusal(upload.platform, "POST " + record.key, { status: status, headers: response!.headers }, text, upload.access.region));
  });
}

/** Completes. After a try whose outcome is not known S3 is asked for the object before the list is sent again. */
export function complete(upload: Upload): void {
  const fault = changed(upload.platform, upload.record.path, upload.record);
  if (fault) return broken(upload, fault);
  let asked = false;
  step<string>(upload.platform, upload.access, function (ended) {
    if (!asked) {
      asked = true;
      return completeOnce(upload, ended);
    }
    look(upload, function (etag) {
      if (etag) ended(undefined, etag);
      else completeOnce(upload, ended);
    });
  }, function (failed, etag) {
    if (!failed) return end(upload, undefined, etag!);
    const answer = failed.cause;
    if (!answer || answer.status >= 500 || answer.code == "NoSuchUpload") return gone(upload, failed);
    broken(upload, failed);
  });
}
