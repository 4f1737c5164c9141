// HMAC-SHA-256 (RFC 2104) from the host's one-shot SHA-256, with the key's two pads kept ready.
import type { Bytes } from "../bytes/bytes";
import type { Hash, HashInput } from "../platform/ports";

/** A key made ready: its 64-byte block xored with ipad (0x36) and with opad (0x5c). */
export interface HmacKey {
  inner: Bytes;
  outer: Bytes;
}

/** Makes `key` ready (any length; raw bytes, never hex text). */
export function hmacKey(hash: Hash, key: HashInput): HmacKey {
  let block = hash.array(key);
  if (block.length > 64) block = hash.array(hash.sha256(block));
  const inner = new Uint8Array(64);
  const outer = new Uint8Array(64);
  for (let i = 0; i < 64; i++) {
    const byte = i < block.length ? block[i]! : 0;
    inner[i] = byte ^ 0x36;
    outer[i] = byte ^ 0x5c;
  }
  return { inner: hash.text(inner), outer: hash.text(outer) };
}

/** The 32-byte HMAC of `message`. */
export function hmac(hash: Hash, key: HmacKey, message: HashInput): ArrayBuffer {
  return hash.sha256([key.outer, hash.sha256([key.inner, message])]);
}

/** The SHA-256 of `input` as 64 hex digits. */
export function sha256Hex(hash: Hash, input: HashInput): string {
  const digits = new Uint8Array(64);
  hash.sha256Hex(input, digits);
  return hash.text(digits);
}

/** The HMAC of `message` as 64 hex digits. */
export function hmacHex(hash: Hash, key: HmacKey, message: HashInput): string {
  return sha256Hex(hash, [key.outer, hash.sha256([key.inner, message])]);
}
