// CRC-32 (ISO-HDLC, the one of zlib and x-amz-checksum-crc32) carried on over pieces with a native function that takes no seed.
import type { Bytes } from "./bytes";

/** The shift over 8,192 zero bytes, for each bit of a CRC-32: what zlib's crc32_combine computes for that length (a test does it again). */
function over8192(): number[] {
  return [
    0xb566f6e2, 0xb1bceb85, 0xb808d14b, 0xab60a4d7, 0x8db04fef, 0xc011999f, 0x5b52357f, 0xb6a46afe,
    0xb639d3bd, 0xb702a13b, 0xb5744437, 0xb1998e2f, 0xb8421a1f, 0xabf5327f, 0x8c9b62bf, 0xc247c33f,
    0x5ffe803f, 0xbffd007e, 0xa48b06bd, 0x92670b3b, 0xffbf1037, 0x240f262f, 0x481e4c5e, 0x903c98bc,
    0xfb083739, 0x2d616833, 0x5ac2d066, 0xb585a0cc, 0xb07a47d9, 0xbb8589f3, 0xac7a15a7, 0x83852d0f,
  ];
}

/** The CRC-32 of a text of checksum `first` followed by 8,192 bytes of checksum `second`, 0..2^32-1. CRC-32 is linear: the first is shifted, both are added. */
export function crc32Join8192(first: number, second: number): number {
  let joined = second;
  let bits = first;
  for (const column of over8192()) {
    if (bits & 1) joined ^= column;
    bits >>>= 1;
  }
  return joined >>> 0;
}

/**
 * Four bytes which bring a fresh CRC-32 into the state that it had after a text of checksum `crc`:
 * crc32(prefix + next) is then the CRC-32 of that text followed by `next`.
 * CRC-32 shifts its register out in four bytes, so any state can be reached; the state is run back 32 bits through the
 * reversed polynomial 0xEDB88320 and combined with the initial 0xFFFFFFFF.
 */
export function crc32Prefix(crc: number): Bytes {
  let state = ~crc;
  for (let i = 0; i < 32; i++) state = state < 0 ? ((state ^ 0xedb88320) << 1) | 1 : state << 1;
  state = ~state;
  return String.fromCharCode(state & 255, (state >> 8) & 255, (state >> 16) & 255, (state >> 24) & 255);
}
