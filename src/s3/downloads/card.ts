// What of a download lies on the card and in flash: its first bytes, the record that tells whose they are, and what was there before.
import type { Bytes } from "../../bytes/bytes";
import { failure } from "../../flow/failure";
import type { Failure } from "../../flow/failure";
import type { OpenFile, Platform } from "../../platform/ports";
import { eraseJournal, readJournal, writeJournal } from "../journal";
import { full, PIECE, unwritable, WAITING } from "../landing";
import { TAIL } from "./range";
import type { Wanted } from "./range";
import { claimPlace, downloadName } from "./record";
import type { DownloadRecord } from "./record";

/** Bytes between two syncs of the card: what a power cut costs at most. */
const SYNC = 131072;
/**
 * A longer key, six characters for some of its bytes, would take too much memory beside TLS: such a download begins again after a
 * reset.
 */
const LONGEST_KEY = 300;

/** What a verified download asks about its bytes. */
export interface BlockCheck {
  /** Bytes of the whole file. */
  size: number;
  /**
   * How many of the bytes `held`, which follow the first `at` bytes of `path`, end a block that is right; 0: more are needed. Failure: verify.
   * Absent where a block does not fit beside the connection: what came is then read again between requests.
   */
  passes?(path: string, at: number, held: Bytes): Failure | number;
  /** Reads the file at `path` again, whole blocks from the one that holds byte `from` up to byte `to`. Failure: verify. */
  reread(path: string, from: number, to: number, done: (failed: Failure | undefined) => void): void;
}

/** A download under way, as far as the card goes. */
export interface Half {
  platform: Platform;
  key: string;
  path: string;
  wanted: Wanted;
  /** The record's base name in flash, and its newest slot. */
  name: string;
  generation: number;
  /** Of the download that is going on; undefined until S3 has said what the object is. */
  record: DownloadRecord | undefined;
  /** Where the bytes wait, "" until that is decided; whether what is there is ours to take away. */
  at: string;
  ours: boolean;
  file: OpenFile | undefined;
  /** Bytes that are collected for a larger write, and how many were written. */
  pending: Bytes;
  written: number;
  syncAt: number;
  /** The end of what was on the card before, and what of it this answer has not confirmed yet. */
  tail: Bytes;
  unconfirmed: Bytes;
  /** The answer did not confirm it: what is on the card is of something else. */
  foreign: boolean;
  resumed: boolean;
  /** Of a verified download; its bytes are held until their block is whole and right. */
  check: BlockCheck | undefined;
  held: Bytes;
}

/** Bytes of the object that are there, written or not. */
export function have(half: Half): number {
  return half.written + half.pending.length;
}

export function save(half: Half): boolean {
  return half.key.length <= LONGEST_KEY && writeJournal(half.platform, half.name, ++half.generation, half.record!);
}

function put(half: Half, bytes: Bytes): Failure | undefined {
  half.written += bytes.length;
  const sync = half.written >= half.syncAt;
  if (sync) half.syncAt = half.written + SYNC;
  return half.file!.write(bytes, sync) ? undefined : full(half.path);
}

/** Only blocks that are right reach the card. */
function takeChecked(half: Half, bytes: Bytes): Failure | undefined {
  half.held += bytes;
  for (;;) {
    const right = half.check!.passes!(half.at, half.written, half.held);
    if (typeof right != "number") return right;
    if (!right) return undefined;
    const failed = put(half, half.held.substr(0, right));
    half.held = half.held.substr(right);
    if (failed || half.held == "") return failed;
  }
}

/** Takes the next bytes. The first ones after a reset are the end of what is on the card, once more. Failures: file-changed, card-full. */
export function take(half: Half, bytes: Bytes): Failure | undefined {
  if (half.unconfirmed != "") {
    const length = bytes.length < half.unconfirmed.length ? bytes.length : half.unconfirmed.length;
    if (bytes.substr(0, length) != half.unconfirmed.substr(0, length)) {
      half.foreign = true;
      return failure("file-changed", "What is on the card is not the beginning of " + half.key, "Try again.");
    }
    half.unconfirmed = half.unconfirmed.substr(length);
    if (half.unconfirmed == "") half.tail = "";
    if (length == bytes.length) return undefined;
    bytes = bytes.substr(length);
  }
  if (half.check) return takeChecked(half, bytes);
  // Few large writes, and nothing joined that is large: that would take its length once more.
  if (bytes.length < PIECE / 4) {
    half.pending += bytes;
    if (half.pending.length < PIECE / 2) return undefined;
    bytes = "";
  }
  let failed: Failure | undefined;
  if (half.pending != "") {
    const piece = half.pending;
    half.pending = "";
    failed = put(half, piece);
  }
  return failed || bytes == "" ? failed : put(half, bytes);
}

/** What came is on the card then; false if it did not take all of it. */
export function closeFile(half: Half): boolean {
  half.held = "";
  if (!half.file) return true;
  const bytes = half.pending;
  half.pending = "";
  const flushed = bytes == "" || !put(half, bytes);
  half.file.close();
  half.file = undefined;
  return flushed;
}

/** The next answer begins with no byte. */
export function startOver(half: Half): void {
  half.pending = half.tail = half.unconfirmed = "";
  closeFile(half);
  half.written = 0;
  half.syncAt = SYNC;
  half.resumed = false;
  // A file that is complete in its place is an old file from here on, and so is one that is not ours.
  if (half.foreign || (half.record && half.record.complete)) {
    half.at = "";
    half.ours = half.foreign = false;
  }
  half.record = undefined;
}

/** The object is known: a record first, then the file. Failure: card. */
export function begin(half: Half, record: DownloadRecord): Failure | undefined {
  startOver(half);
  if (!half.at) half.at = claimPlace(half.platform, half.name, half.path);
  half.record = record;
  record.at = half.at;
  // Without a record nothing would tell half a file from a whole one.
  if (!save(half) && half.at == half.path) record.at = half.at = WAITING;
  half.file = half.platform.files.open(half.at, "w");
  if (!half.file) return unwritable(half.platform, half.path);
  half.ours = true;
  return undefined;
}

/** The rest is to be written behind what is there. Failure: card. */
export function append(half: Half): Failure | undefined {
  if (!half.file) half.file = half.platform.files.open(half.at, "a");
  half.unconfirmed = half.tail;
  return half.file ? undefined : unwritable(half.platform, half.path);
}

/** Leaves neither bytes nor record; a card that is not there any more keeps its half file, and so its record. */
export function abandon(half: Half): void {
  half.pending = "";
  closeFile(half);
  if (!half.ours || half.platform.files.remove(half.at)) eraseJournal(half.platform, half.name, half.generation);
}

/** Takes up what an earlier download left, if it can be part of this one. */
function takeUp(half: Half, bucket: string, old: DownloadRecord): void {
  const { platform, path, wanted } = half;
  if (old.key != half.key || old.path != path || old.bucket != bucket) return;
  let place = old.at;
  let info = platform.files.stat(place);
  if (!info && old.complete) {
    // The copy was finished after the reset.
    place = path;
    info = platform.files.stat(path);
    if (info && info.size != old.size) info = undefined;
  } else if (info && info.size <= old.size) {
    half.at = place;
    half.ours = true;
  }
  const before = old.wanted;
  if (!info || !info.size || info.size > old.size || !old.etag || before.first != wanted.first || before.length != wanted.length || before.versionId != wanted.versionId) return;
  const length = info.size < TAIL ? info.size : TAIL;
  const reading = platform.files.open(place, "r");
  if (!reading) return;
  reading.seek(info.size - length);
  const tail = reading.read(length);
  reading.close();
  if (tail.length < length) return;
  half.tail = tail;
  half.at = place;
  half.record = old;
  old.wanted = wanted;
  half.written = info.size;
  half.syncAt = info.size + SYNC;
  half.resumed = true;
}

/** A download as the card has it, with the record of an earlier one if that goes on. */
export function openHalf(platform: Platform, bucket: string, key: string, path: string, wanted: Wanted, check: BlockCheck | undefined): Half {
  const name = downloadName(platform, bucket, key, path);
  const kept = readJournal<DownloadRecord>(platform, name);
  const half: Half = {
    platform: platform, key: key, path: path, wanted: wanted, name: name, generation: kept ? kept.generation : 0, record: undefined, at: "", ours: false, file: undefined,
    pending: "", written: 0, syncAt: SYNC, tail: "", unconfirmed: "", foreign: false, resumed: false, check: check, held: "",
  };
  if (kept) takeUp(half, bucket, kept.record);
  return half;
}
