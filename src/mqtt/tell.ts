// Calls what is not ours.
import type { Timers } from "../platform/ports";

/** What `told` throws is reported as usual, and does not stop the connection. */
export function tell(timers: Timers, told: ((a: any, b: any, c?: any) => void) | undefined, a?: unknown, b?: unknown, c?: unknown): void {
  if (!told) return;
  try {
    told(a, b, c);
  } catch (error) {
    timers.after(0, function () {
      throw error;
    });
  }
}
