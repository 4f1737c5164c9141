// What the buckets hold: objects and unfinished multipart uploads, in memory.
import { createHash, randomBytes } from "node:crypto";
import type { ChecksumType } from "./checksums";
import type { Encryption } from "./encryption";
import type { GivenChecksum } from "./payload";

export interface StoredObject {
  data: Buffer;
  /** With its quotes. */
  etag: string;
  /** Milliseconds since 1970. */
  lastModified: number;
  /** Headers kept with the object: content-type, x-amz-meta-... */
  headers: Record<string, string>;
  storageClass: string;
  encryption: Encryption;
  checksum: StoredChecksum;
  /** Sizes of the parts it was assembled from, by number; `undefined` if it was stored in one piece. */
  parts: Map<number, number> | undefined;
}

export interface StoredChecksum extends GivenChecksum {
  type: ChecksumType;
}

export interface Part {
  data: Buffer;
  /** With its quotes. */
  etag: string;
  lastModified: number;
  checksum: GivenChecksum;
}

export interface Upload {
  uploadId: string;
  key: string;
  initiated: number;
  headers: Record<string, string>;
  storageClass: string;
  encryption: Encryption;
  /** What all parts must carry, if the upload was created with it. */
  checksum: { algorithm: string; type: ChecksumType } | undefined;
  parts: Map<number, Part>;
}

export class Bucket {
  readonly objects = new Map<string, StoredObject>();
  readonly uploads = new Map<string, Upload>();

  constructor(
    readonly region: string,
    /** Account id. */
    readonly owner: string,
  ) {}

  /** Keys in the order S3 lists them. */
  keys(): string[] {
    return [...this.objects.keys()].sort(compareKeys);
  }
}

export type Buckets = Map<string, Bucket>;

/** The order of S3's lists: by the UTF-8 bytes. */
export function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** The entity tag of bytes stored in one piece: their MD5, but nothing to be read out of it under SSE-KMS. */
export function simpleEtag(md5: Buffer, { mode }: Encryption): string {
  return `"${(mode === "aws:kms" ? randomBytes(16) : md5).toString("hex")}"`;
}

/** The entity tag of an assembled object: the MD5 of its parts' tags (which are MD5s), and their number. */
export function compositeEtag(parts: Part[]): string {
  const tags = parts.map(({ etag }) => Buffer.from(etag.slice(1, -1), "hex"));
  return `"${createHash("md5").update(Buffer.concat(tags)).digest("hex")}-${parts.length}"`;
}

/** Upload ids are long and opaque; these have the length and letters of real ones. */
export function newUploadId(): string {
  return randomBytes(96).toString("base64url");
}
