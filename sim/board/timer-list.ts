// The timers of a board: what setTimeout and setInterval have started, in the order in which it was started.
interface Timer { due: number; interval: number | undefined; readonly callback: unknown; readonly args: readonly unknown[] }

const shortestInterval = 0.1;

export class Timers {
  private readonly list = new Map<number, Timer>();
  private changed = false;
  private stopped = false;

  constructor(private readonly wake: () => void) {}

  /** @returns the timer's id: one more than the highest in use */
  add(callback: unknown, milliseconds: number, repeats: boolean, args: readonly unknown[]): number {
    const interval = Number.isNaN(milliseconds) || milliseconds < shortestInterval ? shortestInterval : milliseconds;
    const id = this.list.size === 0 ? 1 : Math.max(...this.list.keys()) + 1;
    this.list.set(id, { due: performance.now() + interval, interval: repeats ? interval : undefined, callback, args });
    this.touched();
    return id;
  }

  /** @returns false if there is no such timer */
  change(id: unknown, milliseconds: number): boolean {
    const timer = this.list.get(Number(id));
    if (!timer) return false;
    timer.interval = Math.max(milliseconds, shortestInterval);
    timer.due = performance.now() + timer.interval;
    this.touched();
    return true;
  }

  /** @returns false if there is no such timer */
  remove(id: unknown): boolean {
    const found = this.list.delete(Number(id));
    this.touched();
    return found;
  }

  removeAll(): void {
    this.list.clear();
    this.touched();
  }

  stop(): void {
    this.stopped = true;
    this.list.clear();
  }

  /** When the next one is due, or undefined if there is none. */
  next(): number | undefined {
    let next: number | undefined;
    for (const timer of this.list.values()) next = Math.min(next ?? Infinity, timer.due);
    return next;
  }

  /** Calls every timer that is due. One that a callback starts waits for the next pass. */
  run(now: number, call: (callback: unknown, args: readonly unknown[]) => void): void {
    do {
      this.changed = false;
      for (const [id, timer] of this.list) {
        if (timer.due > now) continue;
        call(timer.callback, timer.args);
        // the interval is read after the call: the callback may have changed it, or removed itself
        if (timer.interval === undefined) {
          if (this.list.get(id) === timer) this.list.delete(id);
        } else if (timer.due <= now) {
          // an interval that was blocked catches up: it runs until it is on time again
          timer.due += timer.interval;
        }
        if (this.changed) break;
      }
    } while (this.changed && !this.stopped);
  }

  private touched(): void {
    this.changed = true;
    this.wake();
  }
}
