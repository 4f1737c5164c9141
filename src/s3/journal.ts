// The journal of uploads under way: what a multipart upload needs to go on after a reset, in two flash records written in turn.
// A record that a power cut tore fails its checksum, and the one before it is used.
import { find } from "../bytes/find";
import { hexNumber } from "../bytes/hex";
import type { Platform } from "../platform/ports";
import type { Pair } from "../sigv4/canonicalRequest";

/** What a user may choose about an object. */
export interface UploadPlan {
  /** False: no chunk signatures, CRC-32 of each part and of the whole instead. */
  signed: boolean;
  /** Headers of PutObject and CreateMultipartUpload: type, metadata, encryption. */
  headers: Pair[];
  /** Headers of PutObject and CompleteMultipartUpload: if-match and its kin. */
  conditions: Pair[];
}

/** One upload under way. */
export interface UploadRecord {
  path: string;
  key: string;
  bucket: string;
  /** Bytes and time of the last change of the file when the upload began. */
  size: number;
  modified: number;
  plan: UploadPlan;
  /** When the upload began, by the board's clock. */
  began: number;
  /** The same by S3's clock, 0 if S3 did not say: the object has no older date. */
  since: number;
  /** "" while S3 was not asked yet, or its answer is not known. */
  uploadId: string;
  partSize: number;
  /** How many parts S3 confirmed. */
  parts: number;
  /** Their ETags in order, without quotes, a space after each: in one text they take a third less memory than in a list. */
  etags: string;
  /** CRC-32 of the confirmed bytes; only counted where the plan is not signed. */
  crc: number;
  /** Uploads of this key that were given up and whose parts S3 may still hold. */
  abandoned: string[];
  /** Nothing is left to do but to take those off S3. */
  over: boolean;
}

/** Bytes of part number `parts` + 1. */
export function partLength(record: UploadRecord, parts: number): number {
  const left = record.size - parts * record.partSize;
  return left < record.partSize ? left : record.partSize;
}

/** A record as it is found in flash. */
export interface Kept<T = UploadRecord> {
  generation: number;
  record: T;
}

export const UPLOADS = "s3.up.";

function readSlot(platform: Platform, name: string): Kept<any> | undefined {
  const text = platform.flash.read(name);
  if (text === undefined || text.length < 12) return undefined;
  const body = text.substr(9);
  if (hexNumber(platform.hash.crc32(body, 0), 8) != text.substr(0, 8)) return undefined;
  return { generation: parseInt(body, 10), record: JSON.parse(body.substr(find(body, " ") + 1)) };
}

/** The newest whole record, or undefined. */
export function readJournal<T = UploadRecord>(platform: Platform, name: string): Kept<T> | undefined {
  const a = readSlot(platform, name + ".0");
  const b = readSlot(platform, name + ".1");
  if (!a || !b) return a || b;
  return a.generation > b.generation ? a : b;
}

/** The record's base name: one upload for a file, bucket and key. Where another one has the same checksum, the next number is free. */
export function journalName(platform: Platform, bucket: string, path: string, key: string): string {
  let number = platform.hash.crc32(bucket + "\n" + path + "\n" + key, 0);
  for (;;) {
    const name = UPLOADS + hexNumber(number, 8);
    const kept = readJournal(platform, name);
    if (!kept || (kept.record.bucket == bucket && kept.record.path == path && kept.record.key == key)) return name;
    number = (number + 1) % 4294967296;
  }
}

/** Writes the next generation over the older record; false if flash is full (the upload then goes on, but could not be resumed). */
export function writeJournal(platform: Platform, name: string, generation: number, record: object): boolean {
  const body = generation + " " + JSON.stringify(record);
  return platform.flash.write(name + "." + (generation & 1), hexNumber(platform.hash.crc32(body, 0), 8) + " " + body);
}

/** The upload is over. The newest record goes last: a power cut in between must not bring an older one back. */
export function eraseJournal(platform: Platform, name: string, generation: number): void {
  platform.flash.erase(name + "." + ((generation + 1) & 1));
  platform.flash.erase(name + "." + (generation & 1));
}

/**
 * Calls `visit` with each record whose base name is `prefix` and eight digits. Those that are torn and alone tell nothing, and are
 * erased.
 */
export function visitJournals<T>(platform: Platform, prefix: string, visit: (name: string, kept: Kept<T>) => void): void {
  const seen: string[] = [];
  for (const slot of platform.flash.list(prefix)) {
    const name = slot.substr(0, prefix.length + 8);
    if (seen.indexOf(name) >= 0) continue;
    seen.push(name);
    const kept = readJournal<T>(platform, name);
    if (kept) visit(name, kept);
    else eraseJournal(platform, name, 0);
  }
}

/** Base names of all uploads under way, the oldest first. */
export function journalNames(platform: Platform): string[] {
  const found: { name: string; began: number }[] = [];
  visitJournals<UploadRecord>(platform, UPLOADS, (name, kept) => found.push({ name: name, began: kept.record.began }));
  found.sort((a, b) => a.began - b.began);
  return found.map((one) => one.name);
}
