// What a board remembers of its starts and faults: one small record in flash, written when it has changed and not for every fault (docs/boot.md).
import type { Flash } from "../../platform/ports";
import type { Life } from "./life";

export interface BootRecord {
  /** Starts by itself in all, and the last ones of them that did not last: see TRIES. */
  starts: number;
  tries: number;
  /** CRC-32 of the settings of those: with other settings the count begins anew. */
  settingsCrc: number;
  /** Uncaught exceptions, memory that ran out, memory that ran short and was found, calls too deep for the stack. */
  exceptions: number;
  outOfMemory: number;
  lowMemory: number;
  stack: number;
  /** The last fault, beginning; "" if there was none. */
  last: string;
}

export const RECORD = "boot.json";

/** Starts in a row that did not last: the next one is in safe mode. */
export const TRIES = 3;

/** A start that lived so long, milliseconds, has lasted. */
export const LASTED = 120000;

/** The record; what is missing or damaged begins at nothing. */
export function readRecord(flash: Flash): BootRecord {
  const record: any = { starts: 0, tries: 0, settingsCrc: 0, exceptions: 0, outOfMemory: 0, lowMemory: 0, stack: 0, last: "" };
  try {
    const kept = JSON.parse(flash.read(RECORD) || "{}");
    // What a power cut left may be any text.
    for (const name in record) if (typeof kept[name] == typeof record[name]) record[name] = kept[name];
  } catch (error) {}
  return record;
}

/** The record with the faults that are not in it yet. */
export function recordOf(flash: Flash, life: Life | undefined): BootRecord {
  const record = readRecord(flash);
  if (!life) return record;
  record.exceptions += life.exc || 0;
  record.outOfMemory += life.mem || 0;
  record.lowMemory += life.low || 0;
  record.stack += life.deep || 0;
  if (life.last) record.last = life.last;
  return record;
}

/** Writes what has changed since the record was written: faults, and `tries` if it is told. */
export function keepRecord(flash: Flash, life: Life, tries?: number): void {
  const record = recordOf(flash, life);
  if (tries !== undefined) record.tries = tries;
  // A flash that is full takes nothing: the faults wait.
  if (!flash.write(RECORD, JSON.stringify(record))) return;
  delete life.exc;
  delete life.mem;
  delete life.low;
  delete life.deep;
  delete life.last;
}
