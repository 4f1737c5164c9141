// CRC-32 of a text from the CRC-32s of its two parts, of any length: what zlib's crc32_combine computes, by polynomials over GF(2).

/** a * b modulo the CRC's polynomial; bit 31 is x^0, as in the register. */
function product(a: number, b: number): number {
  let sum = 0;
  for (let bit = 0; bit < 32; bit++) {
    if ((a << bit) & 0x80000000) sum ^= b;
    b = b & 1 ? (b >>> 1) ^ 0xedb88320 : b >>> 1;
  }
  return sum;
}

/** The CRC-32 of a text of checksum `first` followed by `length` bytes of checksum `second`, 0..2^32-1. */
export function crc32Join(first: number, second: number, length: number): number {
  // The first is shifted by 8 * length bits: multiplied by x to that power, by squaring. 0x800000 is x^8.
  let shifted = first;
  let power = 0x800000;
  for (let left = length; left > 0; left = Math.floor(left / 2)) {
    if (left % 2) shifted = product(power, shifted);
    power = product(power, power);
  }
  return (shifted ^ second) >>> 0;
}
