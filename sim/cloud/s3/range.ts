// The Range header (RFC 9110, 14.2) as S3 follows it: one range of bytes; what it cannot read it ignores.
import { refusal } from "./errors";

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
