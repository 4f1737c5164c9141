// Blocks of a file against its manifest on the card: a page of hashes is hashed itself before one of its lines is believed.
import type { Bytes } from "../bytes/bytes";
import type { Failure } from "../flow/failure";
import type { Platform } from "../platform/ports";
import { sha256Hex } from "../sigv4/hmac";
import { BLOCK, distrust, LINE, PAGE } from "./manifest";
import type { Manifest } from "./manifest";

/** Where manifests lie on the card while they are used. */
export const MANIFEST = "download.mf";

/** `length` bytes of a file from `at` on; fewer, or "", if they are not there. */
export function readAt(platform: Platform, path: string, at: number, length: number): Bytes {
  const file = platform.files.open(path, "r");
  if (!file) return "";
  file.seek(at);
  const bytes = file.read(length);
  file.close();
  return bytes;
}

/** Bytes of block `index`. */
export function blockLength(manifest: Manifest, index: number): number {
  const left = manifest.size - index * BLOCK;
  return left < BLOCK ? left : BLOCK;
}

/** The hash lines of page `page`; a failure if they are not what the header says. */
export function readPage(platform: Platform, manifest: Manifest, page: number): Bytes | Failure {
  const blocks = Math.ceil(manifest.size / BLOCK) - page * PAGE;
  const length = (blocks < PAGE ? blocks : PAGE) * LINE;
  const text = readAt(platform, MANIFEST, manifest.start + page * PAGE * LINE, length);
  if (text.length == length && sha256Hex(platform.hash, text) == manifest.pages.substr(page * 64, 64)) return text;
  return distrust("The manifest is not whole, or was changed: page " + (page + 1) + " of its hashes", "Upload it again, as espruino-aws manifest made it.");
}

/** The failure of a block. */
export function wrongBlock(path: string, index: number): Failure {
  return distrust("Block " + index + " of " + path + " (from byte " + index * BLOCK + ") is not what its manifest says", "Upload file and manifest again, both as they were made; nothing of this file is used.");
}

/** What a verified download asks about its bytes (BlockCheck of s3/downloads/card). */
export function blockCheck(platform: Platform, manifest: Manifest) {
  /** The page whose hash was found right. */
  let known = -1;

  /** A failure, or whether the hash of block `index` is that of `parts`. */
  function isRight(index: number, parts: Bytes[]): boolean | Failure {
    const page = Math.floor(index / PAGE);
    if (page != known) {
      const text = readPage(platform, manifest, page);
      if (typeof text != "string") return text;
      known = page;
    }
    const line = readAt(platform, MANIFEST, manifest.start + index * LINE, LINE);
    const digits = new Uint8Array(64);
    platform.hash.sha256Hex(parts, digits);
    return line == platform.hash.text(digits) + "\n";
  }

  function passes(path: string, at: number, held: Bytes): Failure | number {
    const index = Math.floor(at / BLOCK);
    const inside = at - index * BLOCK;
    const rest = blockLength(manifest, index) - inside;
    if (rest <= 0 || held.length < rest) return 0;
    const right = isRight(index, [inside ? readAt(platform, path, index * BLOCK, inside) : "", held.length > rest ? held.substr(0, rest) : held]);
    if (typeof right != "boolean") return right;
    return right ? rest : wrongBlock(path, index);
  }

  function reread(path: string, from: number, to: number, done: (failed: Failure | undefined) => void): void {
    let index = Math.floor(from / BLOCK);
    function next(): void {
      const length = blockLength(manifest, index);
      if (length <= 0 || index * BLOCK + length > to) return done(undefined);
      const right = isRight(index, [readAt(platform, path, index * BLOCK, length)]);
      if (right !== true) return done(right || wrongBlock(path, index));
      index++;
      platform.timers.after(0, next);
    }
    next();
  }

  return { size: manifest.size, passes: passes, reread: reread };
}
