// The CRC-32 of a file on the card, read back. On the way from the socket, whose pieces have any length, it would cost
// more; and this proves the card, and what was there before a reset.
import type { Done } from "../../flow/failure";
import type { OpenFile, Platform } from "../../platform/ports";

/** Bytes read at once: the native function copies them, and a board has no room for much more. */
const BLOCK = 1024;
/** Blocks between two looks at whatever else the board has to do. */
const AT_ONCE = 16;

/** The shift over 1,024 zero bytes, for each bit of a CRC-32: what zlib's crc32_combine computes for that length. */
function over1024(): number[] {
  return [
    0xf891f16f, 0x2a52e49f, 0x54a5c93e, 0xa94b927c, 0x89e622b9, 0xc8bd4333, 0x4a0b8027, 0x9417004e,
    0xf35f06dd, 0x3dcf0bfb, 0x7b9e17f6, 0xf73c2fec, 0x35095999, 0x6a12b332, 0xd4256664, 0x733bca89,
    0xe6779512, 0x179e2c65, 0x2f3c58ca, 0x5e78b194, 0xbcf16328, 0xa293c011, 0x9e568663, 0xe7dc0a87,
    0x14c9134f, 0x2992269e, 0x53244d3c, 0xa6489a78, 0x97e032b1, 0xf4b16323, 0x3213c007, 0x6427800e,
  ];
}

/** The shift over a block, for each value of each four bits: eight look-ups instead of 32 steps. */
function shiftTable(): Uint32Array {
  const table = new Uint32Array(128);
  const columns = over1024();
  for (let at = 0; at < 128; at++) {
    for (let bit = 0; bit < 4; bit++) if (at & (1 << bit)) table[at] = table[at]! ^ columns[(at >> 4) * 4 + bit]!;
  }
  return table;
}

function shifted(table: Uint32Array, crc: number): number {
  return (
    table[crc & 15]! ^ table[16 | ((crc >> 4) & 15)]! ^ table[32 | ((crc >> 8) & 15)]! ^ table[48 | ((crc >> 12) & 15)]! ^
    table[64 | ((crc >> 16) & 15)]! ^ table[80 | ((crc >> 20) & 15)]! ^ table[96 | ((crc >> 24) & 15)]! ^ table[112 | ((crc >> 28) & 15)]!
  );
}

/** Blocks from `crc` on, until the file ends. */
function blocks(platform: Platform, file: OpenFile, table: Uint32Array, crc: number, left: number, done: (crc: number) => void): void {
  let block = "";
  for (let n = 0; n < AT_ONCE && left > 0; n++) {
    // Two blocks at once would be too much for a small board.
    block = "";
    block = file.read(BLOCK);
    // The card does not answer: what comes out will not be right.
    if (block == "") left = 0;
    else if (block.length == BLOCK) crc = (shifted(table, crc) ^ platform.hash.crc32(block, 0)) >>> 0;
    else crc = platform.hash.crc32(block, crc);
    left -= block.length;
  }
  if (left <= 0) return done(crc);
  platform.timers.after(0, function () {
    blocks(platform, file, table, crc, left, done);
  });
}

/** Tells the CRC-32 of the first `size` bytes of the file at `path`, 0..2^32-1; -1 if it cannot be opened. */
export function fileCrc32(platform: Platform, path: string, size: number, done: Done<number>): void {
  const file = platform.files.open(path, "r");
  if (!file) return done(undefined, -1);
  blocks(platform, file, shiftTable(), 0, size, function (crc) {
    file.close();
    // From a timer: the last block and the table are free by then.
    platform.timers.after(0, () => done(undefined, crc));
  });
}
