// One part of an upload, chunk by chunk from the card (S3 API reference, UploadPart).
import { crc32Join } from "../../bytes/crc32Join";
import type { Response } from "../../http/response";
import type { Hash, OpenFile, Platform } from "../../platform/ports";
import { createChunkSigner } from "../../sigv4/chunkSignature";
import type { Pair } from "../../sigv4/canonicalRequest";
import { step } from "../ask";
import { s3Attempt } from "../attempt";
import { CHECKSUM_TRAILER, CHUNK, createChunkedBody, encodedLength } from "../chunkedBody";
import { partLength } from "../journal";
import { save, unchanged } from "./upload";
import type { Upload } from "./upload";

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

/** Sends the first part that S3 has not confirmed. */
export function sendPart(upload: Upload): void {
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
    upload.failed = failed;
    if (failed) return upload.go();
    if (!signed) record.crc = record.parts ? crc32Join(record.crc, upload.partCrc, length) : upload.partCrc;
    record.parts++;
    record.etags += (response!.headers["etag"] || "").split('"').join("") + " ";
    save(upload);
    upload.go();
  });
}
