// Writes an image from the card beside the one that runs. Nothing of it is used before all of it is in flash and right.
import type { Bytes } from "../bytes/bytes";
import { find } from "../bytes/find";
import { failure } from "../flow/failure";
import type { Done, Failure } from "../flow/failure";
import { borrow } from "../flow/withModule";
import type * as manifestModule from "../modules/manifest";
import type { Platform } from "../platform/ports";
import { sha256Hex } from "../sigv4/hmac";
import { blockLength, MANIFEST, readAt, readPage, wrongBlock } from "../verify/blocks";
import { BLOCK, distrust, LINE, PAGE } from "../verify/manifest";
import type { Manifest } from "../verify/manifest";
import { BAD, BOOT, BUNDLE, IN_USE, isModuleName, LETTER, TRIAL, wipe } from "./imageNames";
import { loaderText, prepareLoader } from "./loader";

/** Largest bundle, bytes; bytes that are written at once. */
const LARGEST = 458752, PIECE = 1024;

/** An installation under way. */
interface Install {
  platform: Platform;
  manifest: Manifest;
  /** The ending of its records. */
  end: string;
  /** The bundle's head from the next file's line on; files that are still to come. */
  head: Bytes;
  files: number;
  /** The record that is written: its name, length, CRC-32, and how much is there. "" between two. */
  name: string;
  size: number;
  crc: string;
  written: number;
  /** Up to three bytes that wait for a word to be full. */
  rest: Bytes;
  hasBoot: boolean;
}

function disorder(what: string): Failure {
  return distrust("The image is not in order: " + what, "Make it with espruino-aws manifest --image.");
}

function flashFull(): Failure {
  return failure("storage", "The flash did not take the new image: the old one stays", "Erase files from Storage that are not needed; an image needs about as much again as it has.");
}

/** The next line of the head, without its end. */
function nextLine(install: Install): string {
  const end = find(install.head, "\n");
  const line = install.head.substr(0, end);
  install.head = install.head.substr(end + 1);
  return line;
}

/** Reads the head of the bundle, which stands in its first block. Answers where the bytes begin, or a failure. */
function readHead(install: Install, block: Bytes): number | Failure {
  install.head = block;
  if (nextLine(install) != "espruino-aws image 1") return disorder("it does not begin as one");
  if (nextLine(install) != "version " + install.manifest.version) return disorder("its version is not the manifest's");
  nextLine(install);
  const files = nextLine(install);
  install.files = parseInt(files.substr(6), 10);
  if (files != "files " + install.files || install.files < 1 || install.files > 200) return disorder("how many files it has");
  // The lines alone are kept.
  let at = block.length - install.head.length;
  for (let n = 0; n < install.files; n++) {
    const end = find(block.substr(at, 64), "\n");
    if (end < 0) return disorder("its head");
    at += end + 1;
  }
  install.head = install.head.substr(0, at - (block.length - install.head.length));
  return at;
}

/** Begins the next file. */
function nextFile(install: Install): Failure | undefined {
  const words = nextLine(install).split(" ");
  const name = words[0]!;
  install.size = parseInt(words[1]!, 10);
  install.crc = words[2]!;
  install.written = 0;
  install.files--;
  if (words.length != 3 || !(install.size > 0 && install.size < LARGEST)) return disorder("the line of " + name);
  if (name == ".bootcde") install.hasBoot = true;
  else if (!isModuleName(name)) return disorder("a record " + name);
  install.name = (name == ".bootcde" ? BOOT : name) + install.end;
  return undefined;
}

function hex8(value: number): string {
  return value.toString(16).padStart(8, "0");
}

/** Writes the next bytes of the bundle, whatever files they belong to. Flash is written in words of four bytes. */
function take(install: Install, bytes: Bytes): Failure | undefined {
  const flash = install.platform.flash;
  let at = 0;
  while (at < bytes.length) {
    if (!install.name) {
      if (!install.files) return disorder("more bytes than its files have");
      const wrong = nextFile(install);
      if (wrong) return wrong;
    }
    const left = install.size - install.written - install.rest.length;
    let length = bytes.length - at < left ? bytes.length - at : left;
    if (length > PIECE) length = PIECE;
    let piece = install.rest + bytes.substr(at, length);
    at += length;
    const isEnd = length == left;
    const whole = isEnd ? piece.length : piece.length & ~3;
    install.rest = piece.substr(whole);
    piece = piece.substr(0, whole);
    if (piece != "" && !flash.write(install.name, piece, install.written, install.size)) return flashFull();
    install.written += whole;
    if (!isEnd) continue;
    const there = flash.read(install.name);
    if (there === undefined || there.length != install.size || hex8(install.platform.hash.crc32(there, 0)) != install.crc) return flashFull();
    install.name = "";
  }
  return undefined;
}

/** Copies the flashed boot code to where the loader finds it. */
function copyBoot(platform: Platform): boolean {
  const flash = platform.flash;
  const boot = flash.read(".bootcde");
  if (boot === undefined) return false;
  const size = boot.length;
  const crc = platform.hash.crc32(boot, 0);
  flash.erase(BOOT);
  for (let at = 0; at < size; at += PIECE) {
    if (!flash.write(BOOT, flash.read(".bootcde", at, PIECE)!, at, size)) return false;
  }
  return platform.hash.crc32(flash.read(BOOT)!, 0) == crc;
}

/** All is in flash: the next start tries it. */
function put(install: Install, key: string, byJob: boolean): Failure | undefined {
  const { platform, manifest, end } = install;
  const flash = platform.flash;
  const first = platform.modules.generation === undefined;
  const record = "fwt1\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" + manifest.version + (byJob ? "j " : " ") + key;
  if ((first && !copyBoot(platform)) || !flash.write(TRIAL, record)) return flashFull();
  // The last word: without it nothing is on trial.
  if (!flash.write(TRIAL, end[3] + "   ", LETTER, record.length)) return flashFull();
  if (!first || flash.read(".bootcde") == loaderText() || prepareLoader(platform)) return undefined;
  return failure("storage", "The flash did not take the loader, or all of .boot0 to .boot3 are in use", "Erase one of .boot0 to .boot3, or files that are not needed.");
}

/** Takes away what is not used. */
function undo(install: Install): void {
  const { platform, end } = install;
  platform.flash.erase(TRIAL);
  wipe(platform, end);
  if (platform.modules.generation === undefined) platform.flash.erase(BOOT);
}

function blocks(install: Install, index: number, done: (failed?: Failure) => void): void {
  const { platform, manifest } = install;
  const length = blockLength(manifest, index);
  if (length <= 0) return done(install.files || install.name || !install.hasBoot ? disorder("files are missing") : undefined);
  const page = readPage(platform, manifest, Math.floor(index / PAGE));
  if (typeof page != "string") return done(page);
  const line = page.substr((index % PAGE) * LINE, LINE - 1);
  // From here on this very text is used: whatever the card says when it is asked again does not matter.
  const block = readAt(platform, BUNDLE, index * BLOCK, length);
  let failed: Failure | undefined;
  if (block.length != length || sha256Hex(platform.hash, block) != line) failed = wrongBlock(BUNDLE, index);
  else {
    const from = index ? 0 : readHead(install, block);
    failed = typeof from != "number" ? from : take(install, from ? block.substr(from) : block);
  }
  if (failed) return done(failed);
  platform.timers.after(0, function () {
    blocks(install, index + 1, done);
  });
}

/**
 * Installs the bundle on the card, whose manifest lies beside it, and tells its version: the next start tries it. `again`: even if it was rolled
 * back before. `byJob`: a job waits for the outcome. Failures: verify, storage; then the old image is untouched.
 */
export function installImage(platform: Platform, key: string, again: boolean, byJob: boolean, done: Done<number>): void {
  const manifest = borrow<typeof manifestModule, Manifest | Failure>(platform, "manifest", (module) => module.manifestOf(platform, key, true));
  if ("code" in manifest) return done(manifest);
  const flash = platform.flash;
  if (manifest.size > LARGEST) return done(disorder("it has more than " + LARGEST + " bytes"));
  if (!again && flash.read(BAD) == "" + manifest.version) {
    return done(distrust("Version " + manifest.version + " was tried and rolled back", 'A new version; or, once more: device.update("' + key + '",{again:true})'));
  }
  const generation = platform.modules.generation;
  const install: Install = {
    platform: platform, manifest: manifest, end: generation == ".fwa" ? ".fwb" : ".fwa", head: "", files: 0, name: "", size: 0, crc: "", written: 0, rest: "", hasBoot: false,
  };
  // Flashed anew since: what updates left is nobody's.
  if (generation === undefined) {
    flash.erase(IN_USE);
    wipe(platform, ".fwb");
  }
  undo(install);
  blocks(install, 0, function (failed) {
    if (!failed) failed = put(install, key, byJob);
    if (failed) undo(install);
    else {
      platform.files.remove(BUNDLE);
      platform.files.remove(MANIFEST);
    }
    done(failed, manifest.version);
  });
}
