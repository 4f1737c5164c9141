// What an update leaves in flash, and how it is read (docs/updates.md has the table).
import type { Platform } from "../platform/ports";

/** What an image is called in its manifest. */
export const IMAGE = "espruino-aws";
/** The bundle on the card. */
export const BUNDLE = "update.img";
/** Boot code of a generation: this and its ending. The flashed one has none. */
export const BOOT = ".fw";
/** The record of a trial: "fwt1", then in words that are 0xFF until they are written: the letter, "used", "okay"; then version, "j" if a job asked for it, a space and the key. */
export const TRIAL = ".fwtry";
/** The ending of the generation that was confirmed last. */
export const IN_USE = ".fwuse";
/** The version that was rolled back last. */
export const BAD = ".fwbad";

/** Where the words are. */
export const LETTER = 4, USED = 8, OKAY = 12, TEXT = 16;

export interface Trial {
  /** The generation's ending, "" while none is on trial yet. */
  end: string;
  used: boolean;
  okay: boolean;
  version: number;
  /** A job waits for the outcome. */
  byJob: boolean;
  key: string;
  length: number;
}

export function readTrial(platform: Platform): Trial | undefined {
  const text = platform.flash.read(TRIAL);
  if (text === undefined) return undefined;
  const about = text.substr(TEXT);
  const letter = text[LETTER]!;
  return {
    end: letter == "a" || letter == "b" ? BOOT + letter : "", used: text[USED] == "u", okay: text[OKAY] == "o",
    version: parseInt(about, 10) || 0, byJob: about[about.indexOf(" ") - 1] == "j", key: about.substr(about.indexOf(" ") + 1), length: text.length,
  };
}

/** True if a record's name is that of a module. */
export function isModuleName(name: string): boolean {
  return name.length < 9 && /^[A-Za-z][A-Za-z0-9]*$/.test(name);
}

/** The names of the records that begin so. */
export function recordNames(platform: Platform, prefix: string): string[] {
  return platform.flash.list(prefix);
}

/** Erases the records of a generation. */
export function wipe(platform: Platform, end: string): void {
  for (const name of recordNames(platform, "")) {
    const at = name.length - end.length;
    if (at > 0 && name.substr(at) == end && (name == BOOT + end || isModuleName(name.substr(0, at)))) platform.flash.erase(name);
  }
}
