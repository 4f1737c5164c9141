// PutObject from a file on the card: streamed, chunk-signed, of any size (S3 API reference, PutObject, sigv4-streaming).
import { failure } from "../flow/failure";
import type { Done, Failure } from "../flow/failure";
import type { Progress } from "../flow/progress";
import type { OpenFile, Platform } from "../platform/ports";
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
  const files = platform.files;
  const before = files.stat(path);
  if (!before) return done(failure("file-missing", "There is no file " + path + " on the card", "Names as on the card, without a leading slash; is the card in?"));

  function unchanged(file: OpenFile): Failure | undefined {
    const now = files.stat(path);
    if (now && now.size == before!.size && now.modified == before!.modified && file.read(1) == "") return undefined;
    return now
      ? failure("file-changed", path + " was changed while it was sent: nothing is stored", "Close or rotate the file first.")
      : failure("card", "The card no longer shows " + path, "Is the card in?");
  }

  const size = before.size;
  let body: ChunkedBody | undefined;
  started({ total: size, moved: () => (body ? body.sent() : 0) });
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
        body = createChunkedBody(platform, path, 0, size, sign, unchanged);
        return body;
      },
      success: { body: () => undefined },
      stride: CHUNK,
      keep: ENCRYPTION + " " + ENCRYPTION_KEY,
    },
    function (failed, response) {
      if (body) body.close();
      if (failed) return done(failed);
      options.answered = response!.headers;
      const result: PutResult = { key: key, size: size, etag: response!.headers["etag"] || "" };
      const version = response!.headers["x-amz-version-id"];
      if (version) result.versionId = version;
      done(undefined, result);
    },
  );
}
