// Receives a request's body, checks it while it streams, and keeps it once (S3 API reference, PutObject).
import { createHash, type Hash } from "node:crypto";
import type { Principal } from "./authentication";
import { refusedSignature } from "./authentication-errors";
import { checksumAlgorithm, checksumHeader, DEFAULT_ALGORITHM, isChecksumValue, startChecksum, type Checksum } from "./checksums";
import { ChunkedBody } from "./chunked-body";
import { refusal } from "./errors";
import type { S3Request } from "./request";

/** A body that passed every check. */
export interface Payload {
  data: Buffer;
  md5: Buffer;
  /** The checksum the client gave, in header or trailer; without one the kind S3 makes itself. */
  checksum: GivenChecksum & { given: boolean };
}

export interface GivenChecksum {
  /** "CRC32" */
  algorithm: string;
  /** base64 */
  value: string;
}

/** A body on its way: write() what arrives, end() when it is complete. Both fail with S3's refusal. */
export interface PayloadReader {
  write(slice: Buffer): void;
  end(): Payload;
}

const LARGEST = 5 * 1024 ** 3;

/**
 * Prepares for the body a head announces. Fails, before any of the body is read, if the head cannot be followed:
 * MissingContentLength, NotImplemented (Transfer-Encoding), EntityTooLarge, InvalidDigest, InvalidRequest,
 * MalformedTrailerError.
 * @param streaming whether the body is the object's (PutObject, UploadPart): then it may be aws-chunked, and checksum
 * headers speak of it
 */
export function openPayload(request: S3Request, principal: Principal, streaming: boolean): PayloadReader {
  const { headers } = request;
  const chunked = principal.payload.startsWith("STREAMING-");
  if (chunked && !streaming) throw refusedSignature.streamingNotExpected();
  const transferChunked = headers["transfer-encoding"] !== undefined;
  if (transferChunked && !chunked) throw refusal.notImplemented("Transfer-Encoding");
  const mayBeLeftOut = request.method !== "PUT";
  if (!transferChunked && headers["content-length"] === undefined && !mayBeLeftOut) throw refusal.missingContentLength();
  const length = chunked ? headers["x-amz-decoded-content-length"] : headers["content-length"] ?? "0";
  if (length === undefined || !/^\d{1,15}$/.test(length)) throw refusal.missingContentLength();
  if (Number(length) > LARGEST) throw refusal.entityTooLarge(Number(length), LARGEST);
  const content = new Content(Number(length), readMd5(headers), streaming ? readChecksum(headers) : undefined);
  return chunked ? new ChunkedBody(request, principal, content) : new PlainBody(principal.payload, content);
}

/** The object's bytes as they come in, with the running hashes. */
export class Content {
  private readonly buffer: Buffer;
  private readonly md5 = createHash("md5");
  private checksum: Checksum;
  private provided = 0;

  constructor(
    private readonly length: number,
    private readonly givenMd5: string | undefined,
    private given: GivenChecksum | undefined,
  ) {
    this.buffer = Buffer.allocUnsafeSlow(length);
    this.checksum = startChecksum(given?.algorithm ?? DEFAULT_ALGORITHM);
  }

  /** A checksum whose value follows after the data. */
  expectTrailer(algorithm: string): void {
    this.checksum = startChecksum(algorithm);
  }

  /** The value that followed. Checked in finish(). */
  setTrailer(given: GivenChecksum): void {
    this.given = given;
  }

  write(slice: Buffer): void {
    // What is beyond the announced length is counted for the refusal, not kept.
    if (this.provided < this.length) slice.copy(this.buffer, this.provided);
    this.provided += slice.length;
    this.md5.update(slice);
    this.checksum.update(slice);
  }

  /** Fails with IncompleteBody or BadDigest. */
  finish(): Payload {
    if (this.provided !== this.length) throw refusal.wrongLength(this.length, this.provided);
    const md5 = this.md5.digest();
    if (this.givenMd5 !== undefined && this.givenMd5 !== md5.toString("base64")) throw refusal.badMd5(this.givenMd5, md5.toString("base64"));
    const value = this.checksum.digest().toString("base64");
    if (this.given !== undefined && this.given.value !== value) throw refusal.badChecksum(this.given.algorithm);
    return { data: this.buffer, md5, checksum: { algorithm: this.given?.algorithm ?? DEFAULT_ALGORITHM, value, given: this.given !== undefined } };
  }
}

/** A body sent as it is, hashed as a whole or not at all. */
class PlainBody implements PayloadReader {
  private readonly sha256: Hash = createHash("sha256");

  constructor(
    private readonly mode: string,
    private readonly content: Content,
  ) {}

  write(slice: Buffer): void {
    if (this.mode !== "UNSIGNED-PAYLOAD") this.sha256.update(slice);
    this.content.write(slice);
  }

  end(): Payload {
    if (this.mode !== "UNSIGNED-PAYLOAD") {
      const computed = this.sha256.digest("hex");
      if (computed !== this.mode) throw refusal.contentSha256Mismatch(this.mode, computed);
    }
    return this.content.finish();
  }
}

function readMd5(headers: Record<string, string>): string | undefined {
  const value = headers["content-md5"];
  if (value !== undefined && !/^[A-Za-z0-9+/]{22}==$/.test(value)) throw refusal.invalidDigest(value);
  return value;
}

/** x-amz-checksum- headers that are no values. */
const CHECKSUM_SETTINGS = ["x-amz-checksum-algorithm", "x-amz-checksum-mode", "x-amz-checksum-type"];

function readChecksum(headers: Record<string, string>): GivenChecksum | undefined {
  const names = Object.keys(headers).filter((name) => name.startsWith("x-amz-checksum-") && !CHECKSUM_SETTINGS.includes(name));
  const [name] = names;
  if (name === undefined) return undefined;
  if (names.length > 1) throw refusal.invalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
  const algorithm = checksumAlgorithm(name);
  if (algorithm === undefined) throw refusal.invalidRequest("The algorithm type you specified in x-amz-checksum- header is invalid.");
  const value = headers[name]!;
  if (!isChecksumValue(algorithm, value)) throw refusal.invalidChecksumHeader(checksumHeader(algorithm), false);
  return { algorithm, value };
}
