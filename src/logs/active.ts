// The log that device.log writes: a number that goes up with every rotation, because a file cannot be renamed. One record in flash says which
// it is; the shipper asks it, too.
import type { Flash, Platform } from "../platform/ports";

const RECORD = "log.at";

export interface ActiveLog {
  number: number;
  /** When it was begun, seconds since 1970; 0: the board did not know. */
  began: number;
}

/** Of eight digits and a short ending: one entry of a FAT directory, and names in the order of their making. */
export function activeName(active: ActiveLog): string {
  const digits = "" + active.number;
  return "00000000".substr(digits.length) + digits + ".log";
}

/** What flash says; undefined if nothing was ever logged. */
export function readActive(flash: Flash): ActiveLog | undefined {
  const words = (flash.read(RECORD) || "").split(" ");
  const number = parseInt(words[0]!, 10);
  return number > 0 && words.length == 3 ? { number: number, began: parseInt(words[1]!, 10) || 0 } : undefined;
}

/** Begins the next one; undefined if flash does not take the record: then the old one goes on. */
export function nextActive(platform: Platform, old: ActiveLog | undefined): ActiveLog | undefined {
  const clock = platform.clock;
  const now = clock.isSet() ? Math.floor(clock.now() / 1000) : 0;
  // Without a record: by minutes, beyond all that earlier ones can have reached.
  const first = now ? Math.floor(now / 60) : 1 + Math.floor(platform.random.fraction() * 1000000);
  const next: ActiveLog = { number: old ? (old.number % 99999999) + 1 : first, began: now };
  return platform.flash.write(RECORD, next.number + " " + next.began + " .") ? next : undefined;
}

/** It is to be followed by the next one: `seconds` old or more. What was begun without a clock has no age. */
export function isDue(platform: Platform, active: ActiveLog, seconds: number | undefined): boolean {
  const clock = platform.clock;
  return seconds !== undefined && active.began > 0 && clock.isSet() && clock.now() / 1000 - active.began >= seconds;
}
