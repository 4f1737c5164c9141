// Which bytes of an object are asked for: the Range header (RFC 9110, 14.2) as S3 follows it, which is one range of
// bytes, and what it cannot read it ignores; and partNumber (S3 API reference, GetObject).
import { refusal } from "./errors";
import type { StoredObject } from "./store";

export interface Range {
  first: number;
  /** Included. */
  last: number;
}

/** The part of an object of `size` bytes that is asked for; `undefined` for all of it. Fails with InvalidRange. */
export function readRange(header: string | undefined, size: number): Range | undefined {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (header === undefined || from === undefined || to === undefined || from + to === "") return undefined;
  if (from === "") {
    const count = Math.min(Number(to), size);
    if (count === 0) throw refusal.invalidRange(header, size);
    return { first: size - count, last: size - 1 };
  }
  if (to !== "" && Number(to) < Number(from)) return undefined;
  if (Number(from) >= size) throw refusal.invalidRange(header, size);
  return { first: Number(from), last: Math.min(to === "" ? Infinity : Number(to), size - 1) };
}

/** Where a part lies; an object stored in one piece is its own part 1. Fails with InvalidPartNumber. */
export function partRange(number: number, { data, parts = new Map([[1, data.length]]) }: StoredObject): Range | undefined {
  const size = parts.get(number);
  if (size === undefined) throw refusal.invalidPartNumber(number, parts.size);
  if (size === 0) return undefined;
  let first = 0;
  for (const [other, bytes] of parts) if (other < number) first += bytes;
  return { first, last: first + size - 1 };
}
