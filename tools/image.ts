// The built image as it is written into a board's Storage.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Trouble } from "./trouble";

/** One record of dist/image.json. */
export interface ImageEntry {
  /** In Storage. */
  name: string;
  file: string;
  length: number;
  crc32: number;
}

export interface ImageRecord {
  entry: ImageEntry;
  /** Plain ASCII. */
  code: string;
}

export const DIST = fileURLToPath(new URL("../dist/", import.meta.url));

/** The records in the order in which they are written; the boot code is the last. */
export function readImage(directory = DIST): ImageRecord[] {
  try {
    const entries = JSON.parse(readFileSync(join(directory, "image.json"), "utf8")) as ImageEntry[];
    const records = entries.map((entry) => ({ entry, code: readFileSync(join(directory, entry.file), "latin1") }));
    return [...records.filter(({ entry }) => entry.name !== ".bootcde"), ...records.filter(({ entry }) => entry.name === ".bootcde")];
  } catch (error) {
    throw new Trouble(`There is no built image in ${directory}: ${(error as Error).message}`, "npm run build");
  }
}

/** Bytes that a record takes in Storage: its own in words of four, and its header. */
export function storedSize(length: number): number {
  return Math.ceil(length / 4) * 4 + 32;
}
