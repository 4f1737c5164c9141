// What is known of each log that was sent: one flash record in places of 12 bytes, written once each, so that a mark wears flash by 12 bytes.
// A place holds 8 bytes that stand for path, size and time, then one byte each, erased until it is so, for: sent, confirmed, gone; and an end.
import { find } from "../bytes/find";
import type { Bytes } from "../bytes/bytes";
import type { FileInfo, Platform } from "../platform/ports";

const SLOT = 12, SENT = 8, DONE = 9, GONE = 10;
const ERASED = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff";
const NAMES = ["ship.0", "ship.1"];
/** Places that a new record has beyond those that are needed now. */
export const SPARE = 200;

/** An open index of marks. */
export interface Marks {
  platform: Platform;
  name: string;
  size: number;
  /** What all marks stand for beside the file: bucket and keys. */
  scope: string;
  /** Where the next mark goes. */
  free: number;
  /** The mark that was found last: in a directory's order the next one is mostly beside it. */
  near: number;
}

/** A mark that was found. */
export interface Mark {
  at: number;
  /** S3 took it; S3 confirmed it. */
  sent: boolean;
  done: boolean;
}

/** What stands for a version of a file. */
export function fingerprint(marks: Marks, path: string, info: FileInfo): Bytes {
  const hash = platformHash(marks.platform, path + "\n" + info.size + "\n" + info.modified + "\n" + marks.scope);
  // Erased bytes at its beginning would look like a free place.
  return hash[0] == "\xff" ? "f" + hash.substr(1) : hash;
}

function platformHash(platform: Platform, text: Bytes): Bytes {
  const bytes = new Uint8Array(platform.hash.sha256(text));
  let first = "";
  for (let i = 0; i < 8; i++) first += String.fromCharCode(bytes[i]!);
  return first;
}

/** The first place holds which of two records is newer; the second is written when the record is complete. */
function isWhole(text: Bytes | undefined): boolean {
  return !!text && text.length >= 3 * SLOT && text.substr(0, 5) == "marks" && text.substr(SLOT, 5) == "whole";
}

/** The index in flash; undefined if there is none. */
export function openMarks(platform: Platform, scope: string): Marks | undefined {
  let best: Marks | undefined;
  let newest = -1;
  for (const name of NAMES) {
    const text = platform.flash.read(name);
    const generation = isWhole(text) ? parseInt(text!.substr(5, 6), 10) : -1;
    if (generation <= newest) continue;
    newest = generation;
    const size = text!.length;
    const at = find(text!, ERASED);
    // Beyond what a power cut tore.
    best = { platform: platform, name: name, size: size, scope: scope, free: at < 0 ? size : Math.ceil(at / SLOT) * SLOT, near: 0 };
  }
  return best;
}

export function freePlaces(marks: Marks): number {
  return Math.floor((marks.size - marks.free) / SLOT);
}

/** What stands at a place, if it is this mark and the log is not gone. */
function markAt(text: Bytes, print: Bytes, at: number): Mark | undefined {
  if (at % SLOT || at < 0 || text.substr(at, SENT) != print || text[at + GONE] != "\xff" || text[at + SLOT - 1] != ".") return undefined;
  return { at: at, sent: text[at + SENT] != "\xff", done: text[at + DONE] != "\xff" };
}

/** The mark of a version of a file; undefined if there is none. */
export function findMark(marks: Marks, print: Bytes): Mark | undefined {
  // A piece of flash is no copy.
  const text = (marks.platform.flash.read(marks.name) || "").substr(0, marks.free);
  let mark = markAt(text, print, marks.near - SLOT) || markAt(text, print, marks.near + SLOT);
  for (let at = mark ? -1 : find(text, print); at >= 0 && !mark; at = find(text, print, at + 1)) mark = markAt(text, print, at);
  if (mark) marks.near = mark.at;
  return mark;
}

/** Notes that a version of a file is about to be sent; undefined if flash does not take it. */
export function addMark(marks: Marks, print: Bytes): Mark | undefined {
  const at = marks.free;
  marks.free += SLOT;
  if (at + SLOT > marks.size || !marks.platform.flash.write(marks.name, print + "\xff\xff\xff.", at, marks.size)) return undefined;
  return { at: at, sent: false, done: false };
}

function flag(marks: Marks, mark: Mark, place: number): boolean {
  return marks.platform.flash.write(marks.name, "y", mark.at + place, marks.size);
}

export function markSent(marks: Marks, mark: Mark): boolean {
  mark.sent = mark.sent || flag(marks, mark, SENT);
  return mark.sent;
}

export function markDone(marks: Marks, mark: Mark): boolean {
  mark.done = mark.done || flag(marks, mark, DONE);
  return mark.done;
}

/** The file is not there any more: should one of the same name, size and time come, it is another one. */
export function markGone(marks: Marks, mark: Mark): void {
  flag(marks, mark, GONE);
}

/** Begins a new record with `places` for marks beside the old one, which holds until `finishMarks`; undefined if flash has no room. */
export function beginMarks(platform: Platform, old: Marks | undefined, scope: string, places: number): Marks | undefined {
  const generation = old ? parseInt(platform.flash.read(old.name)!.substr(5, 6), 10) + 1 : 1;
  const fresh: Marks = { platform: platform, name: NAMES[old && old.name == NAMES[0] ? 1 : 0]!, size: (places + 2) * SLOT, scope: scope, free: 0, near: 0 };
  platform.flash.erase(fresh.name);
  const head = "000000" + generation;
  // The second place is left for the end: what is looked for is never there.
  return platform.flash.write(fresh.name, "marks" + head.substr(head.length - 6) + ".", 0, fresh.size) ? fresh : undefined;
}

/** Takes a mark over, at `place`, counted from 0. */
export function copyMark(from: Marks, mark: Mark, to: Marks, place: number): boolean {
  return from.platform.flash.write(to.name, from.platform.flash.read(from.name)!.substr(mark.at, SLOT), (place + 2) * SLOT, to.size);
}

/** The new record is complete: it holds from here on. */
export function finishMarks(fresh: Marks, old: Marks | undefined): boolean {
  if (!fresh.platform.flash.write(fresh.name, "whole......." , SLOT, fresh.size)) return false;
  if (old) old.platform.flash.erase(old.name);
  return true;
}
