// Faults, as status() tells them, and how they are kept.
import type { Platform } from "../../platform/ports";
import type { Life } from "./life";
import { keepRecord, recordOf } from "./record";
import type { BootRecord } from "./record";

/** What a board that works by itself knows of its starts and faults, counted since the record in flash began. */
export interface Faults extends BootRecord {
  mode: "automatic" | "safe" | "off";
  /** The same in a line. */
  line: string;
}

/** `life`: absent where nothing works by itself. */
export function tellFaults(platform: Platform, life: Life | undefined): Faults {
  const told = recordOf(platform.flash, life) as Faults;
  told.mode = !life ? "off" : life.safe ? "safe" : "automatic";
  const words: string[] = [];
  if (told.exceptions) words.push("exceptions " + told.exceptions);
  if (told.outOfMemory) words.push("out of memory " + told.outOfMemory);
  if (told.lowMemory) words.push("short of memory " + told.lowMemory);
  if (told.stack) words.push("stack " + told.stack);
  // The start that goes on has counted itself until it has lasted.
  const goesOn = told.mode == "automatic";
  const before = goesOn ? told.tries - 1 : told.tries;
  told.line = told.mode + ", start " + told.starts + (before > 0 ? ", the last " + before + (goesOn ? " before it" : "") + " did not last" : "") +
    "; faults: " + (words.join(", ") || "none") + (told.last ? "; last: " + told.last : "");
  return told;
}

/** After a fault: restarts a board whose step was going on for `patience` ms, for all, because the fault broke it off. What was transferred goes on then. */
export function unstick(platform: Platform, life: Life, patience: number): void {
  const { E } = platform.board!;
  delete life.sick;
  if (!life.step || platform.clock.ticks() - life.at! < patience || !E.reboot) return;
  platform.console.print("restarts: a fault broke off what went on");
  keepRecord(platform.flash, life);
  E.reboot();
}

/** Writes the record after a fault. */
export function keep(platform: Platform, life: Life): void {
  delete life.save;
  life.kept = true;
  keepRecord(platform.flash, life);
}
