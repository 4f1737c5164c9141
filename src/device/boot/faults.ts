// Faults, as status() tells them, and how they are kept.
import type { Platform } from "../../platform/ports";
import type { Life } from "./life";
import { readRecord, writeRecord } from "./record";

/** What a board that works by itself knows of its starts and faults. Counted since the record in flash began. */
export interface Faults {
  mode: "automatic" | "safe" | "off";
  /** Starts by itself, and how many of the last ones did not last 2 minutes (this one counts until it has). */
  boots: number;
  unlasting: number;
  /** Exceptions that nobody caught; memory that ran out; memory that ran short and was found; calls too deep for the stack. */
  exceptions: number;
  outOfMemory: number;
  lowMemory: number;
  stack: number;
  last: string;
  /** The same in a line. */
  line: string;
}

/** `life`: absent where nothing works by itself. */
export function tellFaults(platform: Platform, life: Life | undefined): Faults {
  const record = life ? life.rec : readRecord(platform.flash);
  const mode = !life ? "off" : life.safe ? "safe" : "automatic";
  const counts: [number, string][] = [
    [record.exc, " exceptions"], [record.mem, " times out of memory"], [record.low, " times short of memory"], [record.deep, " stack errors"],
  ];
  const told = counts.filter((one) => one[0] > 0).map((one) => one[0] + one[1]);
  return {
    mode: mode, boots: record.boot, unlasting: record.try,
    exceptions: record.exc, outOfMemory: record.mem, lowMemory: record.low, stack: record.deep, last: record.last,
    line: mode + ", " + record.boot + " starts" + (record.try > 1 ? ", the last " + record.try + " not lasting" : "") +
      "; faults: " + (told.join(", ") || "none") + (record.last ? "; last: " + record.last : ""),
  };
}

/** Writes the record after a fault. */
export function keep(platform: Platform, life: Life): void {
  life.save = undefined;
  writeRecord(platform.flash, life.rec);
}
