// Chance that repeats: one seed gives one sequence, on every machine (mulberry32), so that a failing case can be seen again.
import type { Random } from "../../src/platform/ports";

export class Chance implements Random {
  private state: number;

  constructor(readonly seed: number) {
    this.state = seed >>> 0;
  }

  fraction(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  bytes(count: number): string {
    let bytes = "";
    while (bytes.length < count) bytes += String.fromCharCode(this.below(256));
    return bytes;
  }

  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor(this.fraction() * limit);
  }

  /** A whole number from `least` to `most`. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  /** True in one of so many cases. */
  oneIn(cases: number): boolean {
    return this.below(cases) === 0;
  }

  /** `make` called `least` to `most` times. */
  some<T>(least: number, most: number, make: () => T): T[] {
    return Array.from({ length: this.between(least, most) }, make);
  }

  /** `bytes` cut into pieces of 1 to `longest` bytes. */
  slices(bytes: string, longest: number): string[] {
    const slices: string[] = [];
    for (let at = 0; at < bytes.length; at += slices[slices.length - 1]!.length) slices.push(bytes.substr(at, this.between(1, longest)));
    return slices;
  }
}
