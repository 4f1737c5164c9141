// Checksums a client may send beside the data (S3 User Guide, "Checking object integrity"); base64 of big-endian bytes.
import { createHash } from "node:crypto";

/** A running checksum. */
export interface Checksum {
  update(data: Buffer): void;
  digest(): Buffer;
}

interface Algorithm {
  bytes: number;
  start(): Checksum;
}

/** By the name S3 uses in elements and messages; the header is x-amz-checksum- and the name in lower case. */
const ALGORITHMS: Record<string, Algorithm> = {
  CRC32: { bytes: 4, start: () => crc(CRC32) },
  CRC32C: { bytes: 4, start: () => crc(CRC32C) },
  SHA1: { bytes: 20, start: () => createHash("sha1") },
  SHA256: { bytes: 32, start: () => createHash("sha256") },
};

const PREFIX = "x-amz-checksum-";

/** The algorithm a header or trailer is about, "CRC32" for x-amz-checksum-crc32; `undefined` if none that is known. */
export function checksumAlgorithm(header: string): string | undefined {
  const name = header.startsWith(PREFIX) ? header.slice(PREFIX.length).toUpperCase() : "";
  return isChecksumAlgorithm(name) ? name : undefined;
}

export function isChecksumAlgorithm(name: string): boolean {
  return Object.hasOwn(ALGORITHMS, name);
}

export function checksumHeader(algorithm: string): string {
  return PREFIX + algorithm.toLowerCase();
}

/** Whether a text is a possible value, that is base64 of the right number of bytes. */
export function isChecksumValue(algorithm: string, value: string): boolean {
  const bytes = Buffer.from(value, "base64");
  return bytes.length === ALGORITHMS[algorithm]!.bytes && bytes.toString("base64") === value;
}

export function startChecksum(algorithm: string): Checksum {
  return ALGORITHMS[algorithm]!.start();
}

/** Tables of the two CRCs, bits reversed: ISO 3309 (polynomial 04C11DB7) and RFC 3720 B.4 (1EDC6F41). */
const CRC32 = crcTable(0xedb88320);
const CRC32C = crcTable(0x82f63b78);

function crcTable(polynomial: number): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, index) => {
    let value = index;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    return value;
  });
}

function crc(table: Uint32Array): Checksum {
  let value = ~0;
  return {
    update: (data) => {
      for (const byte of data) value = table[(value ^ byte) & 255]! ^ (value >>> 8);
    },
    digest: () => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(~value >>> 0);
      return bytes;
    },
  };
}
