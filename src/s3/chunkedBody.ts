// The body of a streaming upload, aws-chunked (S3 API reference, sigv4-streaming, sigv4-streaming-trailers): a file in chunks of 8 KiB, one in memory.
import { base64 } from "../bytes/base64";
import { uint32 } from "../bytes/bigEndian";
import { failure } from "../flow/failure";
import type { Failure } from "../flow/failure";
import type { BodySource } from "../http/exchange";
import type { Memory, Hash, OpenFile } from "../platform/ports";

/** The smallest chunk S3 takes before the last one, and so the least memory an upload needs. */
export const CHUNK = 8192;

/** Free variables are put in order before every 16th chunk: scattered ones leave no run for a hash in the end. */
const TIDY_EVERY = 16 * CHUNK;

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
}

/**
 * The body that sends `size` bytes of `file`, beginning at byte `from`. `sign` gives the signature of a chunk; without it the
 * chunks are unsigned and a CRC-32 trailer closes the body. `unchanged` is asked before the last chunk, without which S3
 * stores nothing: a file that was changed meanwhile is a failure, never a wrong object.
 * Each piece is either a chunk's head, with the end of the chunk before it, or 8 KiB of the file just as they were read:
 * joining the two would copy every byte once more.
 *
 * A chunk may still come from the card in variables so scattered that no run of four is left for its hash: then memory is put in
 * order and the chunk is read once more.
 */
export function createChunkedBody(
  hash: Hash, memory: Memory, file: OpenFile, from: number, size: number, sign: ((chunk: string) => string) | undefined, unchanged: () => Failure | undefined,
): ChunkedBody {
  let left = size;
  if (from) file.seek(from);
  let data = "";
  let end = "";
  let crc = 0;
  let over = false;
  let failed: Failure | undefined;

  function last(): string {
    failed = unchanged();
    if (failed) return "";
    return end + (sign ? "0;chunk-signature=" + sign("") + "\r\n\r\n" : "0\r\n" + CHECKSUM_TRAILER + ":" + base64(uint32(crc)) + "\r\n\r\n");
  }

  /** Reads the next chunk and answers its head; "" if the card gave less. */
  function nextChunk(): string {
    const length = left < CHUNK ? left : CHUNK;
    if ((size - left) % TIDY_EVERY == 0) memory.tidy();
    data = file.read(length);
    if (data.length != length) {
      data = "";
      failed = unchanged() || failure("card", "The card gave " + (size - left) + " of " + size + " bytes, then no more", "Is the card still in? Try again; check the card if it happens again.");
      return "";
    }
    const head = end + length.toString(16) + (sign ? ";chunk-signature=" + sign(data) : "") + "\r\n";
    left -= length;
    if (!sign) crc = hash.crc32(data, crc);
    end = "\r\n";
    return head;
  }

  return {
    next: function () {
      if (over || failed) return "";
      if (data != "") {
        const piece = data;
        data = "";
        return piece;
      }
      try {
        if (left) return nextChunk();
        over = true;
        return last();
      } catch (error) {
        data = "";
      }
      memory.tidy();
      try {
        if (!left) return last();
        file.seek(from + size - left);
        return nextChunk();
      } catch (error) {
        data = "";
        failed = error as Failure;
        return "";
      }
    },
    failed: function () {
      return failed;
    },
    sent: function () {
      return size - left;
    },
  };
}
