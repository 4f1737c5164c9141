// The phases of a link: what changes with each of them.
import type { Failure } from "../flow/failure";
import type { Platform } from "../platform/ports";
import type { ConnectResult, IotState, Phase } from "./state";

export function enter(platform: Platform, state: IotState, phase: Phase): void {
  // After a loss its reason stands already.
  if (state.failing && phase != "up" && (state.phase == "up" || state.phase == "connecting")) state.lostAt = platform.clock.ticks();
  platform.timers.cancel(state.timer);
  state.timer = undefined;
  state.phase = phase;
  state.since = platform.clock.ticks();
}

/** Tells those who wait, with a line for the console. */
export function answer(platform: Platform, state: IotState, failed: Failure | undefined, result?: ConnectResult): void {
  const waiters = state.waiters;
  state.waiters = undefined;
  if (!waiters) return;
  if (result) {
    platform.console.print("connect: " + result.clientId + " in " + result.seconds.toFixed(1) + " s" + (result.sessionPresent ? ", the session goes on" : ", new session"));
  }
  for (const done of waiters) done(failed, result);
}
