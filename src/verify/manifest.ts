// A manifest: what a file must be, block by block, and the proof that somebody with the board's key said so (docs/updates.md has the format).
// The header is authenticated; it holds the hash of each page of block hashes, so that a board with one-shot hashes needs no more than a page
// at once. Rules only, no I/O.
import { find } from "../bytes/find";
import { failure } from "../flow/failure";
import type { Failure } from "../flow/failure";
import type { Hash } from "../platform/ports";
import { hmacHex, hmacKey } from "../sigv4/hmac";

/** Bytes of a block; characters of a block's line; lines of a page. */
export const BLOCK = 8192, LINE = 65, PAGE = 126;
/** Longest header: 100 pages, 100 MB. */
export const HEADER = 8192;

const FIRST = "espruino-aws manifest 1";

export interface Manifest {
  name: string;
  version: number;
  /** Bytes of the file. */
  size: number;
  /** SHA-256 of each page in hex, one after the other. */
  pages: string;
  /** Where in the manifest the first page begins. */
  start: number;
}

/** What is not as it should be; it may be an accident or an attack. */
export function distrust(message: string, hint: string): Failure {
  return failure("verify", message, hint);
}

/** True if two texts are the same. It takes as long wherever they differ, so that its time tells nothing about `expected`. */
export function sameText(text: string, expected: string): boolean {
  if (text.length != expected.length) return false;
  let different = 0;
  for (let i = 0; i < text.length; i++) different |= text.charCodeAt(i) ^ expected.charCodeAt(i);
  return !different;
}

/** 64 digits of lower-case hex. */
function isHash(text: string): boolean {
  if (text.length != 64) return false;
  for (let i = 0; i < 64; i++) if ("0123456789abcdef".indexOf(text[i]!) < 0) return false;
  return true;
}

/** A whole number as the tool writes it: "0" or digits that begin with none, below 2^31. -1 for anything else. */
function wholeNumber(text: string): number {
  const value = parseInt(text, 10);
  return value >= 0 && value < 2147483648 && "" + value == text ? value : -1;
}

/** The rest of a line that begins with `word` and a space; "" for any other. */
function after(line: string | undefined, word: string): string {
  const length = word.length + 1;
  return line !== undefined && line.substr(0, length) == word + " " ? line.substr(length) : "";
}

/**
 * Reads a manifest's beginning (`text`, up to HEADER bytes of it). `key` is the board's, 32 bytes. Nothing in it is looked at before its HMAC is
 * right, but how long it is. Failure: verify.
 */
export function readManifest(hash: Hash, key: string, text: string): Manifest | Failure {
  const unlike = "This is no manifest for this board";
  const remedy = "espruino-aws manifest makes one, with the key that is in verify.key on the board.";
  const end = find(text, "\nhmac ") + 1;
  if (!end || find(text, FIRST + "\n") != 0 || text[end + 69] != "\n") return distrust(unlike + ": it does not begin as one", remedy);
  const head = text.substr(0, end);
  if (!sameText(text.substr(end + 5, 64), hmacHex(hash, hmacKey(hash, key), head))) return distrust(unlike + ": it is not signed with the board's key, or was changed", remedy);
  const lines = head.split("\n");
  const name = after(lines[1], "name");
  const version = wholeNumber(after(lines[2], "version"));
  const size = wholeNumber(after(lines[3], "size"));
  let pages = "";
  for (let i = 5; i < lines.length - 1; i++) {
    const page = after(lines[i], "page");
    if (isHash(page)) pages += page;
    else return distrust(unlike + ": line " + (i + 1), remedy);
  }
  if (!name || version < 1 || size < 0 || lines[4] != "block " + BLOCK || pages.length != Math.ceil(size / BLOCK / PAGE) * 64) return distrust(unlike + ": name, version, size or blocks", remedy);
  return { name: name, version: version, size: size, pages: pages, start: end + 70 };
}
