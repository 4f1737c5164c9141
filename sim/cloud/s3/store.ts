// What the buckets hold: objects and unfinished multipart uploads, in memory.
import { createHash, randomBytes } from "node:crypto";
import type { GivenChecksum } from "./payload";

export interface StoredObject {
  data: Buffer;
  /** With its quotes. */
  etag: string;
  /** Milliseconds since 1970. */
  lastModified: number;
  /** Headers kept with the object: content-type, x-amz-meta-... */
  headers: Record<string, string>;
  checksum: StoredChecksum | undefined;
}

export interface StoredChecksum extends GivenChecksum {
  type: "FULL_OBJECT" | "COMPOSITE";
}

export interface Part {
  data: Buffer;
  md5: Buffer;
  lastModified: number;
  checksum: GivenChecksum | undefined;
}

export interface Upload {
  uploadId: string;
  key: string;
  initiated: number;
  headers: Record<string, string>;
  /** Name of the algorithm all parts must use, if the upload was created with one. */
  checksumAlgorithm: string | undefined;
  parts: Map<number, Part>;
}

export class Bucket {
  readonly objects = new Map<string, StoredObject>();
  readonly uploads = new Map<string, Upload>();

  /** Keys in the order S3 lists them: by their UTF-8 bytes. */
  keys(): string[] {
    return [...this.objects.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }
}

export type Buckets = Map<string, Bucket>;

/** The entity tag of an object stored in one piece: its MD5. */
export function simpleEtag(md5: Buffer): string {
  return `"${md5.toString("hex")}"`;
}

/** The entity tag of an assembled object: the MD5 of its parts' MD5s, and their number. */
export function compositeEtag(md5s: Buffer[]): string {
  return `"${createHash("md5").update(Buffer.concat(md5s)).digest("hex")}-${md5s.length}"`;
}

/** Upload ids are long and opaque; these have the length and letters of real ones. */
export function newUploadId(): string {
  return randomBytes(96).toString("base64url");
}
