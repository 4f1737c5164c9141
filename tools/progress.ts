// Progress bars, where a person looks on; nothing where the output goes to a file or another program.
import { SingleBar } from "cli-progress";

export interface Bar {
  /** @param value of the total that was given @param what goes on */
  update(value: number, what?: string): void;
  stop(): void;
}

const NONE: Bar = { update: () => {}, stop: () => {} };

/** @param visible whether the standard error is a person's terminal */
export function startBar(name: string, total: number, visible = process.stderr.isTTY === true): Bar {
  if (!visible || total <= 0) return NONE;
  const bar = new SingleBar({ format: `${name} [{bar}] {percentage} % {what}`, stream: process.stderr, hideCursor: true, clearOnComplete: true, barsize: 30 });
  bar.start(total, 0, { what: "" });
  return { update: (value, what = "") => bar.update(Math.min(value, total), { what }), stop: () => bar.stop() };
}

/** The percent of a line of progress that the board prints ("  14 %, 1.4 MiB of 10.0 MiB, ..."); undefined if it is none. */
export function progressOf(line: string): { percent: number; rest: string } | undefined {
  const found = /^\s*(\d{1,3}) %, (.*)$/.exec(line);
  return found && Number(found[1]) <= 100 ? { percent: Number(found[1]), rest: found[2]! } : undefined;
}
