// Keeps a session connected: tries again after a loss, gives the TLS slot to transfers and takes it back, sends what waits in flash.
import { fullJitter } from "../flow/backoff";
import type { Done, Failure } from "../flow/failure";
import type { MqttOptions } from "../mqtt/client";
import { greeting } from "../mqtt/connect";
import type * as idial from "./dial";
import type { Tell } from "./dial";
import { answer, enter } from "./phase";
import type { Platform } from "../platform/ports";
import type { ConnectResult, IotState } from "./state";

/** Milliseconds: the least wait, because AWS IoT takes one CONNECT a second of a client id; the first ceiling of the rest, and the highest. */
const LEAST = 1000, BASE = 2000, CAP = 120000;
/** A connection that lived so long, milliseconds, was a good one: the waits begin anew. */
const LIVED = 30000;

/** What the link needs of the board. */
export interface LinkHost {
  platform: Platform;
  /** Read anew for every try. */
  options(): MqttOptions;
  /** Brings the network up. */
  reach(done: (failed?: Failure) => void): void;
  /** Has `down` called, in this module, which is loaded for it. */
  tell: Tell;
  /** Has `wake` called. Not of this module, so that it need not stay loaded for a timer. */
  wake(): void;
}

/** There is no link any more, or none came about; `failed`: why, undefined if it was closed from here. */
export function down(host: LinkHost, state: IotState, failed: Failure | undefined): void {
  const platform = host.platform;
  const { timers, clock, random, console } = platform;
  const lived = state.phase == "up" ? clock.ticks() - state.since : 0;
  const closed = state.closed;
  state.closed = undefined;
  if (failed) state.lost = failed.code + ": " + failed.message;
  if (closed) return closed();
  // What CONNECT was to say is wrong: another try would say it again.
  if (!failed || failed.code == "argument" || failed.code == "settings") {
    enter(host.platform, state, "off");
    return answer(platform, state, failed);
  }
  if (lived >= LIVED) state.tries = 0;
  const wait = LEAST + fullJitter(BASE, CAP, state.tries++, random.fraction());
  enter(host.platform, state, "waiting");
  console.print("MQTT: " + failed.message + "; next try in " + Math.round(wait / 1000) + " s");
  state.timer = timers.after(wait, host.wake);
  answer(platform, state, failed);
}

/** CONNECT is made here; the client is loaded when the link is proven: TLS needs the memory. */
function connect(host: LinkHost, state: IotState): void {
  const platform = host.platform;
  const options = host.options();
  const hello = greeting(platform, state.session, options);
  if (typeof hello != "string") return down(host, state, hello);
  const loaded = platform.modules.load<typeof idial>("idial");
  if (loaded.module) loaded.module.dial(platform, state, options, hello, host.tell);
  else down(host, state, loaded.failed);
}

/** Opens the link. */
function open(host: LinkHost, state: IotState): void {
  enter(host.platform, state, "connecting");
  host.reach(function (failed) {
    // stop() may have been called meanwhile.
    if (failed || state.closed) down(host, state, failed);
    // From a timer: the stack is small, and what was loaded for the way here is free by then.
    else host.platform.timers.after(0, () => connect(host, state));
  });
}

/** Connects, or goes on with what is going on; `busy`: a transfer has the only slot, and the link is opened after it. */
export function start(host: LinkHost, state: IotState, busy: boolean, done: Done<ConnectResult>): void {
  state.waiters.push(done);
  if (state.phase == "up") return answer(host.platform, state, undefined, { clientId: state.session.clientId, sessionPresent: true, seconds: 0 });
  if (state.phase == "connecting" || state.phase == "paused") return;
  if (busy) enter(host.platform, state, "paused");
  else open(host, state);
}

/** The slot is free again, or the wait is over. */
export function wake(host: LinkHost, state: IotState): void {
  if (state.phase == "paused") state.handedAt = host.platform.clock.ticks();
  else if (state.phase != "waiting") return;
  open(host, state);
}
