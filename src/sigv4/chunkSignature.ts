// Chunk signatures (S3 API reference, sigv4-streaming and sigv4-streaming-trailers): each one is chained to the one before.
import type { Bytes } from "../bytes/bytes";
import type { Hash } from "../platform/ports";
import type { HmacKey } from "./hmac";
import { hmacHex, sha256Hex } from "./hmac";

/** SHA-256 of nothing, hex. */
export const EMPTY_HASH = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** The signer, with nothing in its scope but what each chunk needs: "ram" copies its code out of flash. */
function chain(
  chunkHash: Uint8Array, previous: Uint8Array, hex: Hash["sha256Hex"], sha256: Hash["sha256"], text: Hash["text"], outer: Bytes, block: Uint8Array,
): (chunk: Bytes) => Bytes {
  return function (chunk) {
    "ram";
    hex(chunk, chunkHash);
    hex([outer, sha256(block)], previous);
    return text(previous);
  };
}

/**
 * A function that signs one chunk after the other, beginning with the seed signature of the request's head, and returns
 * 64 hex digits (use them before the next call: on a board they are the signer's own memory).
 *
 * The inner block of the HMAC is laid out once: key pad, three fixed lines, previous signature, hash of nothing, hash of
 * the chunk. Only the two hashes change, and both are written in place, so that a chunk costs three native hashes and no text.
 */
export function createChunkSigner(hash: Hash, key: HmacKey, amzDate: string, scope: string, seedSignature: string): (chunk: Bytes) => Bytes {
  const head = key.inner + "AWS4-HMAC-SHA256-PAYLOAD\n" + amzDate + "\n" + scope + "\n";
  const block = hash.array([head, seedSignature, "\n" + EMPTY_HASH + "\n", EMPTY_HASH]);
  return chain(
    new Uint8Array(block.buffer, head.length + 130, 64), new Uint8Array(block.buffer, head.length, 64),
    hash.sha256Hex, hash.sha256, hash.text, key.outer, block,
  );
}

/** The signature of the trailers, chained to that of the last (empty) chunk. `trailers` is "name:value" LF for each. */
export function trailerSignature(hash: Hash, key: HmacKey, amzDate: string, scope: string, previous: string, trailers: Bytes): string {
  const text = "AWS4-HMAC-SHA256-TRAILER\n" + amzDate + "\n" + scope + "\n" + previous + "\n" + sha256Hex(hash, trailers);
  return hmacHex(hash, key, text);
}
