/** @param {string} bytes characters 0 to 255 @returns {number} CRC-32 (IEEE 802.3), unsigned, as E.CRC32 gives it */
export function crc32(bytes) {
  let crc = ~0;
  for (let at = 0; at < bytes.length; at++) {
    crc ^= bytes.charCodeAt(at);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}
