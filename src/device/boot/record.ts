// What a board remembers of its starts and faults: one small record in flash, written when it has changed and not for every fault (docs/boot.md).
import type { Flash } from "../../platform/ports";

/** Short names: the record is in memory as long as the board works by itself. */
export interface BootRecord {
  /** Starts by itself in all, and the last ones of them that did not last: see TRIES. */
  boot: number;
  try: number;
  /** CRC-32 of the settings of those: with other settings the count begins anew. */
  set: number;
  /** Uncaught exceptions, memory that ran out, memory that ran short, too deep calls. */
  exc: number;
  mem: number;
  low: number;
  deep: number;
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
  const record: any = { boot: 0, try: 0, set: 0, exc: 0, mem: 0, low: 0, deep: 0, last: "" };
  try {
    const kept = JSON.parse(flash.read(RECORD) || "{}");
    // What a power cut left may be any text.
    for (const name in record) if (typeof kept[name] == typeof record[name]) record[name] = kept[name];
  } catch (error) {}
  return record;
}

export function writeRecord(flash: Flash, record: BootRecord): void {
  flash.write(RECORD, JSON.stringify(record));
}
