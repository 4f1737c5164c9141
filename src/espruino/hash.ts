// SHA-256, hex and CRC-32 by the interpreter's native functions (reference: measured, 0.18 ms for a chunk signature with the hash of 8 KiB).
import { crc32Join8192, crc32Prefix } from "../bytes/crc32";
import { failure } from "../flow/failure";
import type { Hash, HashInput } from "../platform/ports";

/** Trap: without a free run of variables the native function answers nothing and throws nothing. */
function lacking(): never {
  throw failure("memory", "No memory is left for a hash", "Close other connections; use a board with more memory (PSRAM).");
}

// Every chunk of an upload runs the first two: their names are in a scope of their own, because a global is looked for among hundreds,
// and "ram" copies their code out of flash.
function createHash(native: (input: HashInput) => ArrayBuffer | undefined, map: typeof E.mapInPlace, array: typeof Uint8Array, digits: Uint8Array, none: typeof lacking): Hash {
  return {
    // It takes nested arrays, so that an HMAC needs no joined copies.
    sha256: function (input) {
      "ram";
      return native(input) || none();
    },
    sha256Hex: function (input, target) {
      "ram";
      map(new array(native(input) || none()), target, digits, 4);
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
}

export const hash: Hash = createHash(require("crypto").SHA256, E.mapInPlace, Uint8Array, E.toUint8Array("0123456789abcdef"), lacking);
