// Multipart upload of a file on the card that survives a power cut (S3 user guide, "Uploading an object using multipart upload").
import { base64 } from "../bytes/base64";
import { uint32 } from "../bytes/bigEndian";
import { crc32Join } from "../bytes/crc32Join";
import { failure } from "../flow/failure";
import type { Done, Failure } from "../flow/failure";
import type { Progress } from "../flow/progress";
import type { Response } from "../http/response";
import type { Hash, OpenFile, Platform } from "../platform/ports";
import { createChunkSigner } from "../sigv4/chunkSignature";
import type { Pair } from "../sigv4/canonicalRequest";
import { ask, step } from "./ask";
import { s3Attempt } from "./attempt";
import { CHECKSUM_TRAILER, CHUNK, createChunkedBody, encodedLength } from "./chunkedBody";
import type { ChunkedBody } from "./chunkedBody";
import { encryptionFault } from "./confirm";
import { ENCRYPTION, ENCRYPTION_KEY } from "./encryption";
import { eraseJournal, journalName, partLength, readJournal, writeJournal } from "./journal";
import type { UploadPlan, UploadRecord } from "./journal";
import { confirmedParts, orphans } from "./lists";
import type { PutResult } from "./put";
import { refusal } from "./refusal";
import type { S3Access } from "./signedRequest";
import { xmlText } from "./xml";

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

export interface MultipartResult extends PutResult {
  resumed: boolean;
}

/** An upload while it is worked on. */
export interface Upload {
  platform: Platform;
  access: S3Access;
  record: UploadRecord;
  /** Of the journal. */
  name: string;
  generation: number;
  body: ChunkedBody | undefined;
  /** CRC-32 of the part that is sent. */
  partCrc: number;
  resumed: boolean;
  /** It began anew once already because S3 had lost it. */
  anew: boolean;
  done: Done<MultipartResult>;
}

function nothing(): void {}

/**
 * The file of a part, opened when its first byte is read and closed with `close`: an open file stands in the way of the long runs of
 * variables that TLS needs where it lives in them.
 */
function lazyFile(platform: Platform, path: string): OpenFile {
  let file: OpenFile | undefined;
  let position = 0;
  return {
    read: function (length) {
      if (!file) {
        file = platform.files.open(path, "r");
        if (file && position) file.seek(position);
      }
      return file ? file.read(length) : "";
    },
    write: () => false,
    seek: function (to) {
      position = to;
      if (file) file.seek(to);
    },
    close: function () {
      if (file) file.close();
      file = undefined;
    },
  };
}

function save(upload: Upload): void {
  if (writeJournal(upload.platform, upload.name, ++upload.generation, upload.record)) return;
  upload.platform.console.print("  flash took no journal: after a reset this upload begins anew");
}

function allSent(record: UploadRecord): boolean {
  return record.parts > 0 && record.parts * record.partSize >= record.size;
}

/** The upload goes on with the next call: its journal stays. */
function leave(upload: Upload, failed: Failure): void {
  failed.hint += " device.resume() goes on with part " + (upload.record.parts + 1) + ".";
  upload.done(failed);
}

/** Takes parts of uploads that were given up off S3. What S3 did not confirm stays in the journal. */
export function sweep(platform: Platform, access: S3Access, record: UploadRecord, then: () => void): void {
  const left: string[] = [];

  function next(): void {
    const uploadId = record.abandoned.pop();
    if (uploadId === undefined) {
      record.abandoned = left;
      return then();
    }
    step<Response>(platform, access, function (ended) {
      ask(platform, access, { method: "DELETE", key: record.key, query: [["uploadId", uploadId]], headers: [], text: "", keep: "" }, nothing, ended);
    }, function (failed) {
      if (failed && !(failed.cause && failed.cause.code == "NoSuchUpload")) {
        left.push(uploadId);
        platform.console.print("  parts of " + record.key + " are still on S3: " + failed.message);
      }
      next();
    });
  }

  next();
}

/** Nothing of the upload is left to be sent. Its journal stays only as long as S3 holds parts of what was given up. */
function end(upload: Upload, failed: Failure | undefined, etag: string): void {
  const record = upload.record;
  sweep(upload.platform, upload.access, record, function () {
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

function unchanged(upload: Upload): Failure | undefined {
  const record = upload.record;
  const now = upload.platform.files.stat(record.path);
  if (now && now.size == record.size && now.modified == record.modified) return undefined;
  if (!now) return failure("card", "The card no longer shows " + record.path, "Is the card still in?");
  return failure("file-changed", record.path + " was changed while it was sent: nothing is stored", "Close or rotate the file first, then send it again.");
}

function sendPart(upload: Upload): void {
  const { platform, access, record } = upload;
  const signed = record.plan.signed;
  const from = record.parts * record.partSize;
  const length = partLength(record, record.parts);
  const file = lazyFile(platform, record.path);
  // The body's checksum is the last one that it asks for.
  const hash: Hash = signed ? platform.hash : Object.assign(Object.assign({}, platform.hash), { crc32: (data: string, previous: number) => (upload.partCrc = platform.hash.crc32(data, previous)) });
  step<Response>(platform, access, function (ended) {
    upload.partCrc = 0;
    s3Attempt(
      platform, access,
      {
        request: {
          method: "PUT", key: record.key, query: [["partNumber", "" + (record.parts + 1)], ["uploadId", record.uploadId]],
          headers: ([["content-encoding", "aws-chunked"], ["x-amz-decoded-content-length", "" + length]] as Pair[]).concat(signed ? [] : [["x-amz-trailer", CHECKSUM_TRAILER]]),
          unsigned: [["content-length", "" + encodedLength(length, signed)], ["expect", "100-continue"]],
          payloadHash: signed ? "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" : "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        },
        body: function (head) {
          file.close();
          const sign = signed ? createChunkSigner(platform.hash, head.key, head.amzDate, head.scope, head.signature) : undefined;
          return (upload.body = createChunkedBody(hash, platform.memory, file, from, length, sign, () => unchanged(upload)));
        },
        success: { body: () => undefined },
        stride: CHUNK,
      },
      ended,
    );
  }, function (failed, response) {
    upload.body = undefined;
    file.close();
    if (failed) return broken(upload, failed);
    if (!signed) record.crc = record.parts ? crc32Join(record.crc, upload.partCrc, length) : upload.partCrc;
    record.parts++;
    record.etags += (response!.headers["etag"] || "").split('"').join("") + " ";
    save(upload);
    next(upload);
  });
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
  const changed = unchanged(upload);
  if (changed) return broken(upload, changed);
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
    else next(upload);
  });
}

function next(upload: Upload): void {
  if (!upload.record.uploadId) create(upload);
  else if (allSent(upload.record)) complete(upload);
  else sendPart(upload);
}

/** Goes on with what the journal says, after S3 was asked what it really has: its list is the truth. */
function goOn(upload: Upload): void {
  confirmedParts(upload, function (failed) {
    const answer = failed && failed.cause;
    if (!failed) return next(upload);
    if (answer && answer.code == "NoSuchUpload") return gone(upload, failed);
    // A key that may write need not be allowed to list.
    if (answer && answer.status == 403 && answer.code == "AccessDenied") return next(upload);
    broken(upload, failed);
  });
}

/** In a function of its own: what the progress holds stays in memory as long as the upload. */
function progressOf(upload: Upload): Progress {
  return {
    total: upload.record.size,
    moved: function () {
      const bytes = upload.record.parts * upload.record.partSize;
      return (bytes < upload.record.size ? bytes : upload.record.size) + (upload.body ? upload.body.sent() : 0);
    },
  };
}

/** First what was given up is taken off S3, then the upload begins or goes on. */
function begin(upload: Upload): void {
  const record = upload.record;
  sweep(upload.platform, upload.access, record, function () {
    if (record.uploadId) goOn(upload);
    else create(upload);
  });
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
  const info = platform.files.stat(path);
  if (!info) return done(failure("file-missing", "There is no file " + path + " on the card", "Names as on the card, without a leading slash; is the card in?"));
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
    platform: platform, access: access, record: record, name: name, generation: kept ? kept.generation : 0, body: undefined, partCrc: 0,
    resumed: !!same && record.uploadId != "", anew: false, done: done,
  };
  started(progressOf(upload));
  if (!old) return create(upload);
  // What is to be taken off S3 is in the journal before anything new is.
  if (!same && (record.abandoned.length || (!old.uploadId && !old.over))) save(upload);
  // An upload that was asked for and never got its name: S3 knows it.
  if (!old.uploadId && !old.over) orphans(upload, old.began, begin);
  else begin(upload);
}
