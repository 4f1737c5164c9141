// The oldest logs of a directory, as they are found: bounded, in the order in which they go.

/** A name with its time in front, so that texts stand in the order of times, equal times in the order of names. */
export function entryOf(name: string, modified: number): string {
  const seconds = "" + Math.floor(modified / 1000);
  return "0000000000".substr(seconds.length) + seconds + name;
}

/** The time in an entry, milliseconds. */
export function timeOf(entry: string): number {
  return parseInt(entry.substr(0, 10), 10) * 1000;
}

/** The name in an entry. */
export function nameOf(entry: string): string {
  return entry.substr(10);
}

export interface Batch {
  /** The oldest so far, in order. */
  entries: string[];
  /** How many were found in all, and the newest of them. */
  found: number;
  newest: string;
}

/** Puts an entry where it belongs; of more than `most` the newest goes out. */
export function keepOldest(batch: Batch, entry: string, most: number): void {
  const entries = batch.entries;
  batch.found++;
  if (entry > batch.newest) batch.newest = entry;
  if (entries.length >= most) {
    if (entry > entries[entries.length - 1]!) return;
    entries.pop();
  }
  let at = 0;
  for (const one of entries) {
    if (one > entry) break;
    at++;
  }
  entries.splice(at, 0, entry);
}
