// An upload in parts, all but its parts: what was there before, create, complete, give up (S3 user guide, "Uploading an object using multipart upload").
import { base64 } from "../../bytes/base64";
import { uint32 } from "../../bytes/bigEndian";
import { failure } from "../../flow/failure";
import type { Done, Failure } from "../../flow/failure";
import { withModule } from "../../flow/withModule";
import type { Response } from "../../http/response";
import type { Platform } from "../../platform/ports";
import type { Pair } from "../../sigv4/canonicalRequest";
import { ask, step } from "../ask";
import { changed } from "../changed";
import { CHECKSUM_TRAILER, CHUNK } from "../chunkedBody";
import { encryptionFault } from "../confirm";
import { ENCRYPTION, ENCRYPTION_KEY } from "../encryption";
import { eraseJournal, journalName, readJournal } from "../journal";
import type { UploadPlan, UploadRecord } from "../journal";
import { refusal } from "../refusal";
import type { S3Access } from "../signedRequest";
import { xmlText } from "../xml";
import type * as lists from "./lists";
import { allSent, save } from "./upload";
import type { Upload } from "./upload";

/** The least S3 takes for any part but the last. */
export const LEAST_PART = 5242880;
/** No more parts than the board can hold the ETags of; S3 would take 10,000. */
const MOST_PARTS = 100;

/** The size of the parts of a file: 5 MiB or as `wanted`, more for files that would have more than 100, whole chunks. */
export function partSizeOf(size: number, wanted: number): number {
  const least = Math.ceil(size / MOST_PARTS / CHUNK) * CHUNK;
  const chosen = Math.ceil((wanted || LEAST_PART) / CHUNK) * CHUNK;
  return least > chosen ? least : chosen;
}

function nothing(): void {}

/** The upload goes on with the next call: its journal stays. */
function leave(upload: Upload, failed: Failure): void {
  failed.goOn = " device.resume() goes on with part " + (upload.record.parts + 1) + ".";
  failed.hint += failed.goOn;
  upload.done(failed);
}

/** Work of the module `lists`, which is loaded for it: what is asked of S3 about uploads that were interrupted. */
function withLists<T>(upload: Upload, work: (module: typeof lists, done: Done<T>) => void, done: Done<T>): void {
  const missing = withModule<typeof lists, T>(upload.platform, "lists", work, done);
  if (missing) leave(upload, missing);
}

/** Takes what was given up off S3, if there is anything, then calls `then`. */
function swept(upload: Upload, then: () => void): void {
  if (!upload.record.abandoned.length) return then();
  withLists<void>(upload, (module, done) => module.sweep(upload.platform, upload.access, upload.record, done), then);
}

/** Nothing of the upload is left to be sent. Its journal stays only as long as S3 holds parts of what was given up. */
function end(upload: Upload, failed: Failure | undefined, etag: string): void {
  const record = upload.record;
  swept(upload, function () {
    if (record.abandoned.length) {
      record.over = true;
      record.uploadId = "";
      save(upload);
    } else eraseJournal(upload.platform, upload.name, upload.generation);
    upload.done(failed, failed ? undefined : { key: record.key, size: record.size, etag: etag, resumed: upload.resumed });
  });
}

function giveUp(upload: Upload, failed: Failure): void {
  const record = upload.record;
  if (record.uploadId) record.abandoned.push(record.uploadId);
  record.uploadId = "";
  record.over = true;
  // Whatever happens now, the next call knows what to take off S3.
  if (record.abandoned.length) save(upload);
  end(upload, failed, "");
}

/** Refusals that are mended by settings: the upload waits for that. */
function isMendable(code: string): boolean {
  return "AuthorizationHeaderMalformed ExpiredToken InvalidAccessKeyId InvalidToken PermanentRedirect RequestTimeTooSkewed SignatureDoesNotMatch TemporaryRedirect TokenRefreshRequired".split(" ").indexOf(code) >= 0;
}

/** What a failure means for the upload: a refusal ends it, a lost upload begins again, all else waits for the next call. */
function broken(upload: Upload, failed: Failure): void {
  const answer = failed.cause;
  const code = answer ? answer.code : "";
  if ((code == "NoSuchUpload" || code == "InvalidPart") && !upload.anew) {
    const record = upload.record;
    upload.anew = true;
    upload.resumed = false;
    if (code == "InvalidPart") record.abandoned.push(record.uploadId);
    clear(record);
    return create(upload);
  }
  const refused = failed.code == "s3" && (!answer || (answer.status >= 300 && answer.status < 500 && answer.status != 429));
  if (failed.code == "file-changed" || (refused && !isMendable(code))) giveUp(upload, failed);
  else leave(upload, failed);
}

function clear(record: UploadRecord): void {
  record.uploadId = record.etags = "";
  record.parts = record.crc = record.since = 0;
}

/**
 * Looks whether the object is there, complete: its size, the number of parts in its "-N" ETag, and a date that is not before the
 * upload's. Answers its ETag, or "".
 */
function look(upload: Upload, done: (etag: string) => void): void {
  const { platform, access, record } = upload;
  step<Response>(platform, access, function (ended) {
    ask(platform, access, { method: "HEAD", key: record.key, query: [], headers: [], text: "", keep: "last-modified" }, nothing, ended);
  }, function (failed, response) {
    const headers = failed ? {} : response!.headers;
    const etag = headers["etag"] || "";
    const changed = new Date(headers["last-modified"] || "").getTime();
    // S3 gives an object of parts the date when its upload was created, in whole seconds.
    done(headers["content-length"] == "" + record.size && etag.endsWith("-" + record.parts + '"') && !(changed < record.since - 1000) ? etag : "");
  });
}

/** The upload is not there any more: either it was completed and the answer was lost, or it has to begin anew. */
function gone(upload: Upload, failed: Failure): void {
  if (!allSent(upload.record)) return broken(upload, failed);
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
    ended(refusal("POST " + record.key, { status: status, headers: response!.headers }, text));
  });
}

/** Completes. After a try whose outcome is not known S3 is asked for the object before the list is sent again. */
function complete(upload: Upload): void {
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

function create(upload: Upload): void {
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
  withLists<Response>(upload, (module, done) => module.confirmedParts(upload, done), function (failed) {
    const answer = failed && failed.cause;
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

/** Opens the upload: finds what the journal has of it. Failure: file-missing. */
export function open(platform: Platform, access: S3Access, path: string, key: string, plan: UploadPlan, partSize: number): Upload | Failure {
  const info = platform.files.stat(path);
  if (!info) return failure("file-missing", "There is no file " + path + " on the card", "Names as on the card, without a leading slash; is the card in?");
  const bucket = access.settings.bucket;
  const name = journalName(platform, bucket, path, key);
  const kept = readJournal(platform, name);
  const old = kept && kept.record;
  const fresh: UploadRecord = {
    path: path, key: key, bucket: bucket, size: info.size, modified: info.modified, plan: plan, began: platform.clock.now(), since: 0,
    uploadId: "", partSize: partSizeOf(info.size, partSize), parts: 0, etags: "", crc: 0, abandoned: [], over: false,
  };
  const same = old && !old.over && old.size == info.size && old.modified == info.modified && JSON.stringify(old.plan) == JSON.stringify(plan)
    && (!partSize || old.partSize == fresh.partSize);
  const record = same ? old! : fresh;
  if (old && !same) {
    record.abandoned = old.abandoned;
    if (old.uploadId) record.abandoned.push(old.uploadId);
  }
  const upload: Upload = {
    platform: platform, access: access, record: record, name: name, generation: kept ? kept.generation : 0, old: old, body: undefined,
    resumed: !!same && record.uploadId != "", anew: false, begun: false, failed: undefined, go: nothing, done: nothing,
  };
  return upload;
}

/** The first phase: what an earlier upload of this file left is cleared up, or gone on with. */
function start(upload: Upload): void {
  const old = upload.old;
  upload.old = undefined;
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

/** All phases but the sending of a part. */
export function run(upload: Upload): void {
  const failed = upload.failed;
  upload.failed = undefined;
  if (failed) broken(upload, failed);
  else if (!upload.begun) start(upload);
  else if (!upload.record.uploadId) create(upload);
  else complete(upload);
}
