// Checksums a client may send beside the data (S3 User Guide, "Checking object integrity"); base64 of big-endian bytes.
import { createHash } from "node:crypto";

/** A running checksum. */
export interface Checksum {
  update(data: Buffer): void;
  digest(): Buffer;
}

/** Of the whole object, or of the checksums of its parts. */
export type ChecksumType = "FULL_OBJECT" | "COMPOSITE";

interface Algorithm {
  bytes: number;
  start(): Checksum;
  /** What a multipart upload can have; the first is the default. */
  multipart: ChecksumType[];
}

/** By the name S3 uses in elements and messages; the header is x-amz-checksum- and the name in lower case. */
const ALGORITHMS: Record<string, Algorithm> = {
  CRC32: { bytes: 4, start: () => crc32(CRC32), multipart: ["COMPOSITE", "FULL_OBJECT"] },
  CRC32C: { bytes: 4, start: () => crc32(CRC32C), multipart: ["COMPOSITE", "FULL_OBJECT"] },
  CRC64NVME: { bytes: 8, start: () => crc64(), multipart: ["FULL_OBJECT"] },
  SHA1: { bytes: 20, start: () => createHash("sha1"), multipart: ["COMPOSITE"] },
  SHA256: { bytes: 32, start: () => createHash("sha256"), multipart: ["COMPOSITE"] },
};

/** What S3 computes when the client gives no checksum. */
export const DEFAULT_ALGORITHM = "CRC64NVME";

const PREFIX = "x-amz-checksum-";

/** The algorithm a header or trailer is about, "CRC32" for x-amz-checksum-crc32; `undefined` if none that is known. */
export function checksumAlgorithm(header: string): string | undefined {
  const name = header.startsWith(PREFIX) ? header.slice(PREFIX.length).toUpperCase() : "";
  return isChecksumAlgorithm(name) ? name : undefined;
}

export function isChecksumAlgorithm(name: string): boolean {
  return Object.hasOwn(ALGORITHMS, name);
}

/** The names of all algorithms, as S3 lists them. */
export const CHECKSUM_ALGORITHMS = Object.keys(ALGORITHMS);

/** What kinds of checksum a multipart upload with this algorithm can have; the first is the default. */
export function multipartTypes(algorithm: string): ChecksumType[] {
  return ALGORITHMS[algorithm]!.multipart;
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

/** Tables of the two 32-bit CRCs, bits reversed: ISO 3309 (polynomial 04C11DB7) and RFC 3720 B.4 (1EDC6F41). */
const CRC32 = crc32Table(0xedb88320);
const CRC32C = crc32Table(0x82f63b78);

function crc32Table(polynomial: number): Int32Array {
  return Int32Array.from({ length: 256 }, (_, index) => {
    let value = index;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    return value;
  });
}

function crc32(table: Int32Array): Checksum {
  let value = ~0;
  return {
    update: (data) => {
      let next = value;
      for (let i = 0; i < data.length; i++) next = table[(next ^ data[i]!) & 255]! ^ (next >>> 8);
      value = next;
    },
    digest: () => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(~value >>> 0);
      return bytes;
    },
  };
}

/** CRC-64/NVME (NVM Express NVM Command Set 1.0, 5.2.1.3.4: polynomial AD93D23594C93659), bits reversed, in two halves. */
const CRC64 = crc64Table(0x9a6c9329ac4bc9b5n);

function crc64Table(polynomial: bigint): { high: Int32Array; low: Int32Array } {
  const values = Array.from({ length: 256 }, (_, index) => {
    let value = BigInt(index);
    for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ polynomial : value >> 1n;
    return value;
  });
  return { high: Int32Array.from(values, (value) => Number(value >> 32n)), low: Int32Array.from(values, (value) => Number(value & 0xffffffffn)) };
}

function crc64(): Checksum {
  let high = ~0;
  let low = ~0;
  return {
    update: (data) => {
      const { high: highs, low: lows } = CRC64;
      let [top, bottom] = [high, low];
      for (let i = 0; i < data.length; i++) {
        const index = (bottom ^ data[i]!) & 255;
        bottom = lows[index]! ^ ((bottom >>> 8) | (top << 24));
        top = highs[index]! ^ (top >>> 8);
      }
      [high, low] = [top, bottom];
    },
    digest: () => {
      const bytes = Buffer.alloc(8);
      bytes.writeUInt32BE(~high >>> 0);
      bytes.writeUInt32BE(~low >>> 0, 4);
      return bytes;
    },
  };
}
