// One part of an upload, chunk by chunk from the card (S3 API reference, UploadPart).
import { crc32Join } from "../../bytes/crc32Join";
import { failure } from "../../flow/failure";
import type { Done, Failure } from "../../flow/failure";
import type { Response } from "../../http/response";
import { createChunkSigner } from "../../sigv4/chunkSignature";
import type { Pair } from "../../sigv4/canonicalRequest";
import { s3Attempt } from "../attempt";
import { CHECKSUM_TRAILER, CHUNK, createChunkedBody, encodedLength } from "../chunkedBody";
import { partLength, readJournal } from "../journal";
import { save } from "./upload";
import type { Upload } from "./upload";

/** The record is there again, and no file is open. A failure if the journal has lost it. */
function takeUp(upload: Upload): Failure | undefined {
  if (upload.body) upload.body.close();
  upload.body = undefined;
  if (upload.record) return undefined;
  const found = readJournal(upload.platform, upload.name);
  if (!found) return failure("storage", "The journal of the upload is gone from flash", "Was Storage erased? Send the file again.");
  upload.record = found.record;
  return undefined;
}

/**
 * Starts to send the first part that S3 has not confirmed. When this returns the head is signed and nothing of this module is needed while
 * the bytes go, nor the record, if the journal has it.
 */
export function sendPart(upload: Upload, ended: Done<Response>): void {
  const lost = takeUp(upload);
  if (lost) return ended(lost);
  if (upload.kept === undefined) save(upload);
  const { platform, access, record } = upload;
  const signed = record.plan.signed;
  const from = record.parts * record.partSize;
  const length = partLength(record, record.parts);
  upload.safe = from;
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
        const sign = signed ? createChunkSigner(platform.hash, head.key, head.amzDate, head.scope, head.signature) : undefined;
        return (upload.body = createChunkedBody(platform, record.path, { size: record.size, modified: record.modified }, from, length, sign));
      },
      stride: CHUNK,
    },
    ended,
  );
  if (upload.kept) upload.record = undefined as never;
}

/** Writes down what became of the part: `failed`, or S3's `response`. */
export function notePart(upload: Upload, failed: Failure | undefined, response: Response | undefined): void {
  const crc = upload.body ? upload.body.crc : 0;
  const lost = takeUp(upload);
  upload.failed = failed;
  if (lost) return upload.done(lost);
  if (failed) return upload.go();
  const record = upload.record;
  const length = partLength(record, record.parts);
  if (!record.plan.signed) record.crc = record.parts ? crc32Join(record.crc, crc, length) : crc;
  record.parts++;
  record.etags += (response!.headers["etag"] || "").split('"').join("") + " ";
  upload.safe += length;
  save(upload);
  upload.go();
}
