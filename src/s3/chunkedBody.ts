// The body of a streaming upload, aws-chunked (S3 API reference, sigv4-streaming, sigv4-streaming-trailers): a file in chunks of 8 KiB,
// one in memory.
import { base64 } from "../bytes/base64";
import { uint32 } from "../bytes/bigEndian";
import { failure } from "../flow/failure";
import type { Failure } from "../flow/failure";
import type { BodySource } from "../http/exchange";
import type { FileInfo, OpenFile, Platform } from "../platform/ports";
import { changed } from "./changed";

/** The smallest chunk S3 takes before the last one, and so the least memory an upload needs. */
export const CHUNK = 8192;

/** Free variables are put in order before every 16th chunk: scattered ones leave no run for a hash in the end. */
const TIDY_EVERY = 16;

/** The trailer of an upload without signatures: its name and the length of its value. */
export const CHECKSUM_TRAILER = "x-amz-checksum-crc32";

/** ";chunk-signature=" and 64 digits. */
const SIGNATURE_BYTES = 81;

function chunkBytes(size: number, signed: boolean): number {
  return size.toString(16).length + (signed ? SIGNATURE_BYTES : 0) + 2 + size + 2;
}

/** The Content-Length of the encoded body of `size` bytes. */
export function encodedLength(size: number, signed: boolean): number {
  const whole = Math.floor(size / CHUNK);
  const rest = size - whole * CHUNK;
  const trailer = signed ? 0 : CHECKSUM_TRAILER.length + 1 + 8 + 2;
  return whole * chunkBytes(CHUNK, signed) + (rest ? chunkBytes(rest, signed) : 0) + chunkBytes(0, signed) + trailer;
}

export interface ChunkedBody extends BodySource {
  /** Bytes of the file handed out so far. */
  sent(): number;
  /** CRC-32 of what was handed out; only counted where nothing is signed. */
  crc: number;
  /** Closes the file, when the body is not needed any more. */
  close(): void;
}

/**
 * The body that sends `size` bytes of the file at `path`, beginning at byte `from`. `sign` gives the signature of a chunk; without it the
 * chunks are unsigned and a CRC-32 trailer closes the body. Before the last chunk, without which S3 stores nothing, the file must still be
 * as `before`: one that was changed meanwhile is a failure, never a wrong object.
 * Each piece is either a chunk's head, with the end of the chunk before it, or 8 KiB of the file just as they were read:
 * joining the two would copy every byte once more.
 *
 * The file is opened for the first piece: an open file cannot be moved, and TLS needs long runs of free variables to connect.
 * A chunk may still come from the card in variables so scattered that no run of four is left for its hash: then memory is put in
 * order and the chunk is read once more.
 */
export function createChunkedBody(
  platform: Platform, path: string, before: FileInfo, from: number, size: number, sign: ((chunk: string) => string) | undefined,
): ChunkedBody {
  let file: OpenFile | undefined;
  let data = "";
  let left = size;
  // A local name is found sooner than a global one.
  const whole = CHUNK;
  let end = "";
  /** Whole chunks until memory is put in order again. */
  let untidy = 0;
  let over = false;
  let failed: Failure | undefined;

  function checksum(): string {
    body.crc = platform.hash.crc32(data, body.crc);
    return "";
  }

  /** The first piece, the last ones, and the one for which memory is put in order: every 16th, and one whose hash found no room. */
  function rare(): string {
    let reason: Failure | undefined;
    for (let tries = 0; tries < 2 && !over && !failed; tries++) {
      if (untidy < 1) {
        platform.memory.tidy();
        untidy = TIDY_EVERY;
      }
      try {
        file = file || platform.files.open(path, "r");
        if (!file) failed = failure("card", "The card does not open " + path, "Is the card still in?");
        else if (left) {
          const length = left < CHUNK ? left : CHUNK;
          file.seek(from + size - left);
          data = file.read(length);
          if (data.length == length) {
            const head = end + length.toString(16) + (sign ? ";chunk-signature=" + sign(data) : checksum()) + "\r\n";
            left -= length;
            end = "\r\n";
            return head;
          }
          data = "";
          failed = changed(platform, path, before) || failure("card", "The card gave " + (size - left) + " of " + size + " bytes, then no more", "Is the card still in? Try again; check the card if it happens again.");
        } else {
          failed = changed(platform, path, before, from + size == before.size && file.read(1) != "");
          if (!failed) {
            over = true;
            return end + (sign ? "0;chunk-signature=" + sign("") + "\r\n\r\n" : "0\r\n" + CHECKSUM_TRAILER + ":" + base64(uint32(body.crc)) + "\r\n\r\n");
          }
        }
      } catch (error) {
        data = "";
        untidy = 0;
        reason = error as Failure;
      }
    }
    failed = failed || reason;
    return "";
  }

  const body: ChunkedBody = {
    // What every chunk runs, twice: short, and copied out of flash ("ram").
    next: function () {
      "ram";
      if (data) {
        const piece = data;
        data = "";
        return piece;
      }
      if (left < whole || !untidy--) return rare();
      try {
        data = file!.read(whole);
        if (data.length == whole) {
          const head = "\r\n2000" + (sign ? ";chunk-signature=" + sign(data) : checksum()) + "\r\n";
          left -= whole;
          return head;
        }
      } catch (error) {}
      data = "";
      untidy = 0;
      return rare();
    },
    failed: function () {
      return failed;
    },
    sent: function () {
      return size - left;
    },
    crc: 0,
    close: function () {
      if (file) file.close();
    },
  };
  return body;
}
