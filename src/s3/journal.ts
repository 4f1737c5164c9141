// The journal of uploads under way: what a multipart upload needs to go on after a reset, in two flash records written in turn.
// A record that a power cut tore fails its checksum, and the one before it is used.
import { hexNumber } from "../bytes/hex";
import type { Platform } from "../platform/ports";

/** One upload under way. */
export interface UploadRecord {
  path: string;
  key: string;
  bucket: string;
  /** Bytes and time of the last change of the file when the upload began. */
  size: number;
  modified: number;
  uploadId: string;
  partSize: number;
  /** ETags of the parts that S3 confirmed, in order, without quotes. */
  parts: string[];
}

const PREFIX = "s3.up.";

/** The record's base name: one upload for a file, bucket and key. */
export function journalName(platform: Platform, bucket: string, path: string, key: string): string {
  return PREFIX + hexNumber(platform.hash.crc32(bucket + "\n" + path + "\n" + key, 0), 8);
}

function readSlot(platform: Platform, name: string): { generation: number; record: any } | undefined {
  const text = platform.flash.read(name);
  if (text === undefined || text.length < 12) return undefined;
  const body = text.substr(9);
  if (hexNumber(platform.hash.crc32(body, 0), 8) != text.substr(0, 8)) return undefined;
  const at = body.indexOf(" ");
  return { generation: parseInt(body, 10), record: JSON.parse(body.substr(at + 1)) };
}

/** The newest whole record, or undefined. */
export function readJournal<T = UploadRecord>(platform: Platform, name: string): { generation: number; record: T } | undefined {
  const a = readSlot(platform, name + ".0");
  const b = readSlot(platform, name + ".1");
  if (!a || !b) return a || b;
  return a.generation > b.generation ? a : b;
}

/** Writes the next generation over the older record; false if flash is full (the upload then goes on, but could not be resumed). */
export function writeJournal(platform: Platform, name: string, generation: number, record: object): boolean {
  const body = generation + " " + JSON.stringify(record);
  return platform.flash.write(name + "." + (generation & 1), hexNumber(platform.hash.crc32(body, 0), 8) + " " + body);
}

/** The upload is over. */
export function eraseJournal(platform: Platform, name: string): void {
  platform.flash.erase(name + ".0");
  platform.flash.erase(name + ".1");
}

/** Base names of all uploads under way. */
export function journalNames(platform: Platform): string[] {
  const names: string[] = [];
  for (const record of platform.flash.list(PREFIX)) {
    const name = record.substr(0, PREFIX.length + 8);
    if (names.indexOf(name) < 0) names.push(name);
  }
  return names;
}
