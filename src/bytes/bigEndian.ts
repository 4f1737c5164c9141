// Unsigned integers in network byte order.
import type { Bytes } from "./bytes";

/** The unsigned 32-bit integer at `at`. */
export function readUint32(bytes: Bytes, at: number): number {
  return ((bytes.charCodeAt(at) << 24) | (bytes.charCodeAt(at + 1) << 16) | (bytes.charCodeAt(at + 2) << 8) | bytes.charCodeAt(at + 3)) >>> 0;
}

/** `value` (0..2^32-1) as four bytes. */
export function uint32(value: number): Bytes {
  return String.fromCharCode((value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
}
