// The interpreter's idle loop: timers, then the network, then every queued event, then the report of errors.
import { Timers } from "./timer-list";

interface QueuedEvent { readonly callback: unknown; readonly self: unknown; readonly args: readonly unknown[] }

/** Something the loop polls on every pass. Returns true if it has more to do at once. */
export type Poller = () => boolean;

export interface LoopOptions {
  /** Calls a function, or evaluates a string, of the program. */
  readonly call: (callback: unknown, self: unknown, args: readonly unknown[]) => void;
  /** Reports what nobody caught: to 'uncaughtException' listeners or to the console. */
  readonly report: (error: unknown) => void;
  /** The board cannot go on. */
  readonly crash: (error: unknown) => void;
  /** Nothing is left: no timer, no event, no open socket. */
  readonly idle: () => void;
}

export class Loop {
  private events: QueuedEvent[] = [];
  readonly timers = new Timers(() => this.wake());
  private readonly pollers: Poller[] = [];
  private readonly holds = new Set<object>();
  private readonly afterwards: (() => void)[] = [];
  private immediate: NodeJS.Immediate | undefined;
  private alarm: NodeJS.Timeout | undefined;
  private stopped = false;
  private exception: { readonly value: unknown } | undefined;
  private failed = false;

  constructor(private readonly options: LoopOptions) {}

  /** Queues a function, a string of code, or an array of them. Events never run at once: this is emit's manner, too. */
  queue(callback: unknown, self: unknown, args: readonly unknown[]): void {
    this.events.push({ callback, self, args });
    this.wake();
  }

  /** Does the callback now, as 'data' listeners and timers are done: what it throws waits for the end of the pass. */
  execute(callback: unknown, self: unknown, args: readonly unknown[]): void {
    if (Array.isArray(callback)) {
      for (const one of [...callback as unknown[]]) this.execute(one, self, args);
      return;
    }
    if (this.stopped) return;
    try {
      this.options.call(callback, self, args);
    } catch (error) {
      this.exception = { value: error };
      this.failed = true;
    }
  }

  /** Raises an exception outside of any program code. A pass keeps one: the first of the interpreter, the last of the program. */
  raise(error: unknown): void {
    if (this.failed) return;
    this.exception = { value: error };
    this.failed = true;
    this.wake();
  }

  /** As raise(), from a native function that runs as an event of its own. */
  raiseInEvent(error: unknown): void {
    this.exception = { value: error };
    this.failed = true;
    this.wake();
  }

  /**
   * Takes the pending exception away. A Promise reaction does this after its callback, and so rejects with an
   * exception of an unrelated event of the same pass (the trap of Promise.reject() before its handler).
   */
  takeException(): { readonly value: unknown } | undefined {
    const exception = this.exception;
    this.exception = undefined;
    return exception;
  }

  addPoller(poller: Poller): void {
    this.pollers.push(poller);
  }

  /** While an object holds the loop it does not count as idle (open sockets, Wifi at work). */
  hold(object: object, held: boolean): void {
    if (held) this.holds.add(object);
    else this.holds.delete(object);
    if (!held) this.wake();
  }

  /** Runs at the end of the pass, when no program code is on the stack: reset() and load() work this way. */
  afterPass(action: () => void): void {
    this.afterwards.push(action);
    this.wake();
  }

  /** Takes away what failed since the last look, its value included. */
  takeFailure(): { readonly value: unknown } | undefined {
    if (!this.failed) return undefined;
    this.failed = false;
    return this.takeException() ?? { value: undefined };
  }

  /** Asks for a pass soon: something may have happened. */
  wake(): void {
    if (this.stopped || this.immediate) return;
    if (this.alarm) clearTimeout(this.alarm);
    this.alarm = undefined;
    this.immediate = setImmediate(() => this.pass());
  }

  stop(): void {
    this.stopped = true;
    if (this.immediate) clearImmediate(this.immediate);
    if (this.alarm) clearTimeout(this.alarm);
    this.events = [];
    this.timers.stop();
    this.holds.clear();
  }

  /** Reports the exception of code that ran outside of a pass (boot code, a line at the REPL). */
  checkErrors(): void {
    const failure = this.takeFailure();
    if (failure) this.options.report(failure.value);
  }

  private pass(): void {
    this.immediate = undefined;
    if (this.stopped) return;
    let busy = false;
    try {
      this.timers.run(performance.now(), (callback, args) => this.execute(callback, undefined, args));
      for (const poller of this.pollers) busy = poller() || busy;
      this.runEvents();
      this.checkErrors();
      for (const action of this.afterwards.splice(0)) action();
    } catch (error) {
      this.options.crash(error);
      return;
    }
    if (this.stopped) return;
    if (busy || this.events.length > 0) this.wake();
    else this.sleep();
  }

  private runEvents(): void {
    for (let i = 0; i < this.events.length && !this.stopped; i++) {
      const event = this.events[i] as QueuedEvent;
      this.execute(event.callback, event.self, event.args);
      if (i > 1000) {
        this.events.splice(0, i + 1);
        i = -1;
      }
    }
    this.events = [];
  }

  private sleep(): void {
    if (this.immediate) return;
    const next = this.timers.next();
    if (next === undefined) {
      if (this.holds.size === 0) this.options.idle();
      return;
    }
    const delay = next - performance.now();
    if (delay <= 1) this.wake();
    else this.alarm = setTimeout(() => { this.alarm = undefined; this.pass(); }, Math.min(delay, 2 ** 30));
  }
}
