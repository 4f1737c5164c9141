// Where a download lands on the card: the file that was there before stays until the new one is complete.
// The host has no rename, so a file that exists is replaced by copying; a record in flash lets an interrupted copy be finished.
import type { Bytes } from "../bytes/bytes";
import { failure } from "../flow/failure";
import type { Done, Failure } from "../flow/failure";
import type { OpenFile, Platform } from "../platform/ports";
import { COPY } from "./copyRecord";

/** Where the download waits while the old file still stands. */
export const WAITING = "download.part";
/** Few large writes: a card is synchronised after each (reference: Espruino's File.write). */
export const PIECE = 4096;

export function full(path: string): Failure {
  return failure("card-full", "The card did not take all of " + path, "Is there room on the card, is it write-protected, is it still in?");
}

function copyStep(platform: Platform, from: OpenFile, to: OpenFile, done: (copied: boolean) => void): void {
  let piece = from.read(PIECE);
  if (piece == "") return done(true);
  if (!to.write(piece)) return done(false);
  // Or it would be held beside the next one.
  piece = "";
  platform.timers.after(0, function () {
    copyStep(platform, from, to, done);
  });
}

/**
 * Finishes a copy that a reset interrupted; call it before the card is used for a transfer. Without such a copy it does nothing.
 * Failure: card-full; the download then stays where it is and the next call tries again.
 */
export function finishCopy(platform: Platform, done: (failed?: Failure) => void): void {
  const record = platform.flash.read(COPY);
  if (!record) return done();
  const at = record.indexOf(" ");
  const size = parseInt(record, 10);
  const path = record.substr(at + 1);
  const waiting = platform.files.stat(WAITING);
  if (!waiting || waiting.size != size) {
    // A card that is out shows neither file: what waits on it is not given up.
    if (waiting || platform.files.stat(path)) platform.flash.erase(COPY);
    return done();
  }
  const from = platform.files.open(WAITING, "r");
  const to = from && platform.files.open(path, "w");
  if (!from || !to) {
    if (from) from.close();
    return done(full(path));
  }
  copyStep(platform, from, to, function (copied) {
    from.close();
    to.close();
    const now = platform.files.stat(path);
    if (!copied || !now || now.size != size) return done(failure("card-full", "The card did not take all of " + path, "The whole download is in " + WAITING + ": check the card, then device.get again or copy it."));
    platform.flash.erase(COPY);
    platform.files.remove(WAITING);
    done();
  });
}

/** Puts the `size` bytes that wait in place of the file at `path`. Failures: storage, and those of `finishCopy`. */
export function replaceFile(platform: Platform, size: number, path: string, done: Done<void>): void {
  if (platform.flash.write(COPY, size + " " + path)) return finishCopy(platform, done);
  platform.files.remove(WAITING);
  done(failure("storage", "The flash is full: " + path + " stays as it was", "Erase files from Storage that are not needed."));
}

/** The failure of a file that cannot be created. */
export function unwritable(platform: Platform, path: string): Failure {
  return failure("card", "The card does not let " + path + " be written", "Is the card in, not write-protected, and the path at most " + platform.files.longestPath + " bytes?");
}

export interface Landing {
  /** A failure if the card does not take the bytes. */
  write(bytes: Bytes): Failure | undefined;
  /** Bytes taken so far. */
  moved(): number;
  /** All bytes came: puts the new file in place of the old one. */
  finish(done: Done<void>): void;
  /** Leaves the card as it was. */
  abandon(): void;
}

/** Opens the landing for a file at `path`, or answers a failure. */
export function openLanding(platform: Platform, path: string): Landing | Failure {
  const files = platform.files;
  const name = files.stat(path) ? WAITING : path;
  const file = files.open(name, "w");
  if (!file) return unwritable(platform, path);
  let pending = "";
  let moved = 0;

  function flush(): boolean {
    const bytes = pending;
    pending = "";
    return bytes == "" || file!.write(bytes);
  }

  function abandon(): void {
    file!.close();
    files.remove(name);
  }

  return {
    write: function (bytes) {
      moved += bytes.length;
      if (pending != "") {
        pending += bytes;
        if (pending.length < PIECE) return undefined;
        return flush() ? undefined : full(path);
      }
      if (bytes.length < PIECE / 2) {
        pending = bytes;
        return undefined;
      }
      return file!.write(bytes) ? undefined : full(path);
    },
    moved: function () {
      return moved;
    },
    finish: function (done) {
      const flushed = flush();
      file!.close();
      const now = files.stat(name);
      if (!flushed || !now || now.size != moved) {
        abandon();
        return done(full(path));
      }
      if (name == path) return done(undefined);
      replaceFile(platform, moved, path, done);
    },
    abandon: abandon,
  };
}
