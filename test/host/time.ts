// Virtual time: a clock and timers that stand still until a test moves them (the ports Clock and Timers).
import assert from "node:assert/strict";
import type { Clock, Timers } from "../../src/platform/ports";

interface Timer {
  id: number;
  due: number;
  action: () => void;
}

/** More actions than this without time going on is a loop that never ends. */
const MOST_ACTIONS_AT_ONCE = 100_000;

export class VirtualTime {
  /** Milliseconds since the start. */
  elapsed = 0;
  private waiting: Timer[] = [];
  private lastId = 0;
  /** The timer whose action is going on: it may cancel itself. */
  private running = 0;
  private offset: number;
  private set = false;

  /** @param start what the clock shows before it is set: a board without a battery wakes up in 1970 */
  constructor(start = 0) {
    this.offset = start;
  }

  readonly clock: Clock = {
    now: () => Math.floor(this.elapsed + this.offset),
    // Begins anywhere: nobody may take it for the time since the start.
    ticks: () => Math.floor(this.elapsed) + 5000,
    isSet: () => this.set,
    set: (utc) => {
      this.offset = utc - this.elapsed;
      this.set = true;
    },
  };

  readonly timers: Timers = {
    after: (milliseconds, action) => {
      assert.ok(milliseconds >= 0, `a timer of ${milliseconds} ms`);
      const id = ++this.lastId;
      const due = this.elapsed + milliseconds;
      const later = this.waiting.findIndex((timer) => timer.due > due);
      this.waiting.splice(later < 0 ? this.waiting.length : later, 0, { id, due, action });
      return id;
    },
    cancel: (id) => {
      // On a board its id may be another's by now, which would never come.
      if (id) assert.ok(id === this.running || this.waiting.some((timer) => timer.id === id), "a timer that is over is cancelled");
      this.waiting = this.waiting.filter((timer) => timer.id !== id);
    },
  };

  /** Timers that have not run. */
  get pending(): number {
    return this.waiting.length;
  }

  /** Lets so many milliseconds pass: what becomes due meanwhile runs in its order, what is due at once before this returns. */
  pass(milliseconds: number): void {
    const end = this.elapsed + milliseconds;
    let actions = 0;
    while (this.waiting.length && this.waiting[0]!.due <= end) {
      assert.ok(actions++ < MOST_ACTIONS_AT_ONCE, "timers start one another without end");
      this.runNext();
    }
    this.elapsed = end;
  }

  /** Lets time pass until nothing waits any more; answers how many milliseconds that took. A test fails if that never comes. */
  settle(longest = 24 * 3600 * 1000): number {
    const start = this.elapsed;
    while (this.waiting.length) {
      this.runNext();
      assert.ok(this.elapsed - start <= longest, "timers still wait after " + longest + " ms");
    }
    return this.elapsed - start;
  }

  /** As `settle`, for code that answers by promises: what they start is waited for too. */
  async settled<T>(promise: Promise<T>, longest = 24 * 3600 * 1000): Promise<T> {
    const start = this.elapsed;
    let over = false;
    promise.then(() => (over = true), () => (over = true));
    await new Promise(setImmediate);
    while (!over) {
      assert.ok(this.waiting.length, "nothing is under way, and the promise is still open");
      this.runNext();
      await new Promise(setImmediate);
      assert.ok(this.elapsed - start <= longest, "the promise is still open after " + longest + " ms");
    }
    return promise;
  }

  private runNext(): void {
    const timer = this.waiting.shift()!;
    this.elapsed = Math.max(this.elapsed, timer.due);
    const outer = this.running;
    this.running = timer.id;
    timer.action();
    this.running = outer;
  }
}
