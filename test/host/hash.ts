// The port Hash by node:crypto and zlib.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import type { Hash, HashInput } from "../../src/platform/ports";

/** The bytes of a byte string. A character beyond 255 is a mistake of the firmware: the interpreter would cut it in two. */
export function bufferOf(bytes: string): Buffer {
  assert.ok(!/[^\0-\xff]/.test(bytes), "a character beyond 255 in a byte string");
  return Buffer.from(bytes, "latin1");
}

function joined(input: HashInput): Buffer {
  if (typeof input === "string") return bufferOf(input);
  if (Array.isArray(input)) return Buffer.concat(input.map(joined));
  return ArrayBuffer.isView(input) ? Buffer.from(input.buffer, input.byteOffset, input.byteLength) : Buffer.from(input);
}

export const hash: Hash = {
  sha256: (input) => new Uint8Array(createHash("sha256").update(joined(input)).digest()).buffer,
  sha256Hex: (input, target) => {
    assert.equal(target.length, 64);
    target.set(bufferOf(Buffer.from(hash.sha256(input)).toString("hex")));
  },
  array: (input) => new Uint8Array(joined(input)),
  text: (array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString("latin1"),
  crc32: (data, previous) => crc32(bufferOf(data), previous),
};
