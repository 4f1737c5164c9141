// Calls what is not ours.
import type { Failure } from "../flow/failure";
import type { Timers } from "../platform/ports";
import type { Outgoing } from "./session";

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

/** A message is through, or `failed`: for those that quick() did not take, and all that fail. A promise's failure is told as every command tells it. */
export function tellOutgoing(timers: Timers, message: Outgoing, failed?: Failure): void {
  const awaited = message.awaited;
  if (!awaited) return tell(timers, message.done, failed);
  const nothing = () => "";
  awaited.commandTeller.run("publish", (done) => done(failed), nothing);
  awaited.promise!.then(nothing, nothing);
  awaited.reject!(failed!);
}
