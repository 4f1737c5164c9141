// One part of an upload, chunk by chunk from the card (S3 API reference, UploadPart).
import { crc32Join } from "../../bytes/crc32Join";
import type { Response } from "../../http/response";
import { createChunkSigner } from "../../sigv4/chunkSignature";
import type { Pair } from "../../sigv4/canonicalRequest";
import { step } from "../ask";
import { s3Attempt } from "../attempt";
import { CHECKSUM_TRAILER, CHUNK, createChunkedBody, encodedLength } from "../chunkedBody";
import { partLength } from "../journal";
import { save } from "./upload";
import type { Upload } from "./upload";

/** Sends the first part that S3 has not confirmed. */
export function sendPart(upload: Upload): void {
  const { platform, access, record } = upload;
  const signed = record.plan.signed;
  const from = record.parts * record.partSize;
  const length = partLength(record, record.parts);

  function close(): void {
    if (upload.body) upload.body.close();
    upload.body = undefined;
  }

  step<Response>(platform, access, function (ended) {
    close();
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
  }, function (failed, response) {
    const crc = upload.body ? upload.body.crc() : 0;
    close();
    upload.failed = failed;
    if (failed) return upload.go();
    if (!signed) record.crc = record.parts ? crc32Join(record.crc, crc, length) : crc;
    record.parts++;
    record.etags += (response!.headers["etag"] || "").split('"').join("") + " ";
    save(upload);
    upload.go();
  });
}
