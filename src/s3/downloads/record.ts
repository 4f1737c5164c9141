// The flash records of downloads under way, in two slots as the journal of uploads: what a download needs to go on after a reset.
import { hexNumber } from "../../bytes/hex";
import type { Platform } from "../../platform/ports";
import { eraseJournal, visitJournals } from "../journal";
import { WAITING } from "../landing";
import type { Wanted } from "./range";

/**
 * One download under way. Its bytes wait at `at`: under another name while an old file stands at `path`, and at `path` itself where
 * there was none. The host has no rename, and a second file that is copied at the end would double what the card writes; so what
 * tells a half file at `path` from a whole one is this record, which is in flash before the file is made.
 */
export interface DownloadRecord {
  bucket: string;
  key: string;
  path: string;
  at: string;
  /** Bytes that the file will have, and bytes of the object: different where a range was asked for. */
  size: number;
  total: number;
  etag: string;
  /** Base64 of the whole object's CRC-32, "" where S3 did not tell. */
  crc: string;
  wanted: Wanted;
  /** All bytes came and were verified: they are being put in place of the old file. */
  complete?: boolean;
}

const PREFIX = "s3.down.";

/** The record's base name. */
export function downloadName(platform: Platform, bucket: string, key: string, path: string): string {
  return PREFIX + hexNumber(platform.hash.crc32(bucket + "\n" + key + "\n" + path, 0), 8);
}

/** All downloads under way: `continueDownload` goes on with one. */
export function unfinishedDownloads(platform: Platform): DownloadRecord[] {
  const found: DownloadRecord[] = [];
  visitJournals<DownloadRecord>(platform, PREFIX, (_name, kept) => found.push(kept.record));
  return found;
}

/**
 * Where a new download `name` to `path` may wait. Other downloads that were to end at the same path, or wait where this one will,
 * are given up; if one of them left half a file at `path`, that is no old file to keep.
 */
export function claimPlace(platform: Platform, name: string, path: string): string {
  let place = platform.files.stat(path) ? WAITING : path;
  visitJournals<DownloadRecord>(platform, PREFIX, function (other, { record, generation }) {
    if (other == name || record.path != path) return;
    if (record.at == path && !record.complete) place = path;
    eraseJournal(platform, other, generation);
  });
  if (place != path) {
    visitJournals<DownloadRecord>(platform, PREFIX, function (other, { record, generation }) {
      if (other != name && record.at == place) eraseJournal(platform, other, generation);
    });
  }
  return place;
}
