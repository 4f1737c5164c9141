// Ways of moving the same bytes, measured in turn.
import { despiteConsole, type Board } from "./boards";
import { failed, median, number, type Row } from "./table";

/** One way of moving bytes, with the seconds of every round. */
export interface Way {
  what: string;
  bytes: number;
  run(): Promise<number>;
  seconds: number[];
  /** Why it could not be measured. */
  failed?: unknown;
}

export function way(what: string, bytes: number, run: () => Promise<number>): Way {
  return { what, bytes, run, seconds: [] };
}

/** BENCH_ROUNDS in the environment makes all sections take that many rounds. */
export function rounds(usual: number): number {
  return Number(process.env["BENCH_ROUNDS"]) || usual;
}

/** Each way once a round, in turn, so that what else the machine does meets all alike. One that fails is left out from there on. */
export async function measure(count: number, ways: Way[]): Promise<void> {
  for (let round = 0; round < count; round++) {
    for (const one of ways) {
      if (one.failed !== undefined) continue;
      try {
        one.seconds.push(await despiteConsole(one.run));
      } catch (error) {
        one.failed = error ?? "no reason";
      }
    }
  }
}

export function best(ways: Way[]): Way {
  return ways.reduce((a, b) => (median(b.seconds) < median(a.seconds) ? b : a));
}

/** How many times as fast `one` is as `other`: median of the rounds. NaN if one of them failed. */
export function ratio(one: Way, other: Way): number {
  if (one.failed !== undefined || other.failed !== undefined) return NaN;
  return median(one.seconds.map((seconds, round) => other.seconds[round]! / seconds));
}

/** "1.93", or "failed". */
export function ratioText(value: number): string {
  return Number.isNaN(value) ? "failed" : value.toFixed(2);
}

export function row(one: Way): Row {
  if (one.failed !== undefined) return failed(one.what, one.failed);
  const seconds = median(one.seconds);
  return { what: one.what, value: `${seconds.toFixed(3)} s ${number(one.bytes / 1024 / seconds).padStart(7)} KiB/s` };
}

/** A command of the image, in Storage as it is flashed, in an interpreter that was just started, like the bare loops. */
export async function command(board: Board, text: string): Promise<number> {
  await board.boot();
  await board.evaluate("device.syncTime()");
  return (await board.evaluate(text)).seconds;
}
