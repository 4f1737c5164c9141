// PutObject from a file on the card: streamed, chunk-signed, of any size (S3 API reference, PutObject, sigv4-streaming).
import { failure } from "../flow/failure";
import type { Done } from "../flow/failure";
import type { Progress } from "../flow/progress";
import type { Platform } from "../platform/ports";
import { createChunkSigner } from "../sigv4/chunkSignature";
import type { Pair } from "../sigv4/canonicalRequest";
import { s3Attempt } from "./attempt";
import { CHECKSUM_TRAILER, CHUNK, createChunkedBody, encodedLength } from "./chunkedBody";
import type { ChunkedBody } from "./chunkedBody";
import { ENCRYPTION, ENCRYPTION_KEY } from "./encryption";
import type { S3Access } from "./signedRequest";

export interface PutOptions {
  /** False: no chunk signatures, a CRC-32 trailer instead. */
  signed: boolean;
  /** More headers to sign and send: encryption, content type, metadata. */
  headers: Pair[];
  /** What S3 answered: filled in by a success. */
  answered?: { [name: string]: string };
}

export interface PutResult {
  key: string;
  /** Bytes. */
  size: number;
  etag: string;
  versionId?: string;
  /** False: S3 could not be asked what it holds now. */
  verified?: boolean;
}

/**
 * Uploads the file at `path` as `key`. Nothing is stored unless all of the file, unchanged, arrived and its signatures hold.
 * Failures: file-missing, file-changed, card, s3 (refused) and those of `exchange`.
 */
export function putObject(
  platform: Platform, access: S3Access, path: string, key: string, options: PutOptions, started: (progress: Progress) => void, done: Done<PutResult>,
): void {
  const before = platform.files.stat(path);
  if (!before) return done(failure("file-missing", "There is no file " + path + " on the card", "Names as on the card, without a leading slash; is the card in?"));

  const size = before.size;
  let body: ChunkedBody | undefined;
  let sent = 0;
  started({ total: size, moved: () => (body ? body.sent() : sent) });
  s3Attempt(
    platform, access,
    {
      request: {
        method: "PUT",
        key: key,
        query: [],
        headers: options.headers.concat(
          [["content-encoding", "aws-chunked"], ["x-amz-decoded-content-length", "" + size]],
          options.signed ? [] : [["x-amz-trailer", CHECKSUM_TRAILER]],
        ),
        unsigned: [["content-length", "" + encodedLength(size, options.signed)], ["expect", "100-continue"]],
        payloadHash: options.signed ? "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" : "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
      },
      body: function (signed) {
        const sign = options.signed ? createChunkSigner(platform.hash, signed.key, signed.amzDate, signed.scope, signed.signature) : undefined;
        return (body = createChunkedBody(platform, path, before, 0, size, sign));
      },
      stride: CHUNK,
      keep: ENCRYPTION + " " + ENCRYPTION_KEY,
    },
    function (failed, response) {
      if (body) {
        body.close();
        sent = body.sent();
      }
      // The progress is asked for as long as the command goes on, and would hold it.
      body = undefined;
      if (failed) return done(failed);
      const headers = (options.answered = response!.headers);
      const result: PutResult = { key: key, size: size, etag: headers["etag"] || "" };
      const version = headers["x-amz-version-id"];
      if (version) result.versionId = version;
      done(undefined, result);
    },
  );
}
