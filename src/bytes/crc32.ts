// CRC-32 (ISO-HDLC, the one of zlib and x-amz-checksum-crc32) carried on over pieces with a native function that takes no seed.
import type { Bytes } from "./bytes";

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
