// SHA-256, hex and CRC-32 by the interpreter's native functions (reference: measured, 0.18 ms for a chunk signature with the hash of 8 KiB).
import { crc32Join8192, crc32Prefix } from "../bytes/crc32";
import { failure } from "../flow/failure";
import type { Hash } from "../platform/ports";

const digits = E.toUint8Array("0123456789abcdef");
const native = require("crypto").SHA256;

export const hash: Hash = {
  // It takes nested arrays, so that an HMAC needs no joined copies. Trap: without a free run of variables it answers nothing and throws nothing.
  sha256: function (input) {
    const digest = native(input);
    if (!digest) throw failure("memory", "No memory is left for a hash", "Close other connections; use a board with more memory (PSRAM).");
    return digest;
  },
  hexInto: function (digest, target) {
    E.mapInPlace(new Uint8Array(digest), target, digits, 4);
  },
  array: E.toUint8Array,
  text: E.toString,
  // The native CRC-32 takes no seed: whole chunks are joined by arithmetic; other lengths are led in by a prefix, in pieces, as each is copied.
  crc32: function (data, previous) {
    if (!previous) return E.CRC32(data);
    if (data.length == 8192) return crc32Join8192(previous, E.CRC32(data));
    let crc = previous;
    for (let at = 0; at < data.length; at += 1024) crc = E.CRC32(crc32Prefix(crc) + data.substr(at, 1024));
    return crc;
  },
};
