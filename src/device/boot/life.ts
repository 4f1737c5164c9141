// What is held in memory while a board works by itself. Short names take fewer variables.
import type { BootRecord } from "./record";

export interface Life {
  rec: BootRecord;
  /** Safe mode: nothing is done. */
  safe: boolean;
  /** When this start began, in ticks; true when it has lasted. */
  from: number;
  ok: boolean;
  /** The step that is going on, from 1; 0: none is. */
  step: number;
  /** The command that is to be started for it, "" if it was, or is none. */
  next: string;
  /** How the step ended, until it is looked at. */
  out: any;
  /** When each step is due, in ticks, and how often it failed since it last went well. */
  due: number[];
  bad: number[];
  /** The network was seen down. */
  off: boolean;
  /** What wakes the work. */
  wake: number | undefined;
  /** What writes the record after a fault; how often it did. */
  save: number | undefined;
  kept: number;
}

/** The commands of `device` that run by themselves. */
export type Commands = { [name: string]: (() => Promise<unknown>) | undefined };
