// The events and the watchdog of a real board (the port Board), raised by a test.
import type { Board } from "../../src/platform/ports";

type Listener = (about: any) => void;

export class MockBoard implements Board {
  private readonly listeners = new Map<string, Listener[]>();
  /** Seconds, once it was enabled. */
  watchdog: number | undefined;
  reboots = 0;
  flagsTaken = 0;
  readonly process: Board["process"] = { on: (event, listener) => this.listen(event, listener) };
  readonly E: Board["E"] = {
    on: (event, listener) => this.listen(event, listener),
    getErrorFlags: () => {
      this.flagsTaken++;
      return [];
    },
    enableWatchdog: (seconds, automatic) => {
      if (automatic) this.watchdog = seconds;
    },
    reboot: () => void this.reboots++,
  };
  readonly wifi: Board["wifi"];

  constructor(radio = true) {
    this.wifi = radio ? { on: (event, listener) => this.listen(event, listener as Listener) } : undefined;
  }

  private listen(event: string, listener: Listener): void {
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener]);
  }

  /** Tells the listeners; answers what they threw on. */
  emit(event: string, about?: unknown): unknown[] {
    return (this.listeners.get(event) ?? []).flatMap((listener) => {
      try {
        listener(about);
        return [];
      } catch (error) {
        return [error];
      }
    });
  }
}
