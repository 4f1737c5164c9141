// What S3 holds of unfinished uploads (S3 API reference, ListParts, ListMultipartUploads).
import { readUint32 } from "../../bytes/bigEndian";
import { base64Bytes } from "../../bytes/base64Bytes";
import { crc32Join } from "../../bytes/crc32Join";
import { toUtf8 } from "../../bytes/utf8";
import { failure } from "../../flow/failure";
import type { Done, Failure } from "../../flow/failure";
import type { Response } from "../../http/response";
import { ask, step } from "../ask";
import { createElementReader } from "../elements";
import type { Platform } from "../../platform/ports";
import { partLength } from "../journal";
import type { UploadRecord } from "../journal";
import type { Upload } from "./upload";
import type { S3Access } from "../signedRequest";
import { xmlText } from "../xml";

/** Longer is no element of these lists: a key takes most of it, six characters for some of its 1,024 bytes. */
const LIMIT = 8192;

function noList(): Failure {
  return failure("http", "The answer is not a list of S3's", "Is s3.endpoint an S3?");
}

/**
 * Writes into the record which parts S3 has, from the first on without a gap, each of the size that it should have. A part that was
 * confirmed and is not in the journal counts; one that is in the journal and not on S3 does not. Failures: s3 and those of `exchange`.
 */
export function confirmedParts(upload: Upload, done: Done<Response>): void {
  const { platform, access, record } = upload;
  let parts = 0;
  let etags = "";
  let crc = 0;
  let gap = false;
  step<Response>(platform, access, function (ended) {
    parts = crc = 0;
    etags = "";
    gap = false;
    const read = createElementReader(["Part"], LIMIT, function (part) {
      const length = partLength(record, parts);
      const sum = base64Bytes(xmlText(part, "ChecksumCRC32"));
      gap = gap || xmlText(part, "PartNumber") != "" + (parts + 1) || length <= 0 || xmlText(part, "Size") != "" + length || (!record.plan.signed && sum.length != 4);
      if (gap) return;
      if (!record.plan.signed) crc = parts ? crc32Join(crc, readUint32(sum, 0), length) : readUint32(sum, 0);
      parts++;
      etags += xmlText(part, "ETag").split('"').join("") + " ";
    });
    ask(platform, access, { method: "GET", key: record.key, query: [["uploadId", record.uploadId]], headers: [], text: "", keep: "" }, (bytes) => (read.feed(bytes) ? undefined : noList()), ended);
  }, function (failed, response) {
    if (failed) return done(failed);
    record.parts = parts;
    record.etags = etags;
    record.crc = crc;
    done(undefined, response);
  });
}

/**
 * Uploads of the record's key that began at `since` (board's clock) or later are given up: this board began them and never learnt their
 * names.
 */
export function orphans(upload: Upload, since: number, done: Done<void>): void {
  const { platform, access, record } = upload;
  const key = toUtf8(record.key);
  let found: string[] = [];
  step<Response>(platform, access, function (ended) {
    found = [];
    const read = createElementReader(["Upload"], LIMIT, function (element) {
      // A minute, because two clocks are compared.
      if (xmlText(element, "Key") == key && new Date(xmlText(element, "Initiated")).getTime() >= since - 60000) found.push(xmlText(element, "UploadId"));
    });
    ask(platform, access, { method: "GET", key: "", query: [["prefix", record.key], ["uploads", ""]], headers: [], text: "", keep: "" }, (bytes) => (read.feed(bytes) ? undefined : noList()), ended);
  }, function (failed) {
    if (!failed) record.abandoned = record.abandoned.concat(found);
    done(undefined);
  });
}

/** Takes parts of uploads that were given up off S3. What S3 did not confirm stays in the journal. */
export function sweep(platform: Platform, access: S3Access, record: UploadRecord, done: Done<void>): void {
  const left: string[] = [];

  function next(): void {
    const uploadId = record.abandoned.pop();
    if (uploadId === undefined) {
      record.abandoned = left;
      return done(undefined);
    }
    step<Response>(platform, access, function (ended) {
      ask(platform, access, { method: "DELETE", key: record.key, query: [["uploadId", uploadId]], headers: [], text: "", keep: "" }, function () {}, ended);
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
