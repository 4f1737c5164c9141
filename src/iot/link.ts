// Keeps a session connected: tries again after a loss, gives the TLS slot to transfers and takes it back, sends what waits in flash.
import { fullJitter, HOPELESS, HOPELESS_LEAST } from "../flow/backoff";
import type { Done, Failure } from "../flow/failure";
import type { MqttOptions, TellKeeper } from "../mqtt/link";
import { greeting } from "../mqtt/connect";
import type * as idial from "./dial";
import { answer, enter } from "./phase";
import type { Platform } from "../platform/ports";
import type { ConnectResult, IotState } from "./state";

/** Milliseconds: the least wait, because AWS IoT takes one CONNECT a second of a client id; the first ceiling of the rest, and the highest. */
const LEAST = 1000, BASE = 2000, CAP = 120000;
/** The highest ceiling for a certificate that is refused. */
const HOUR = 3600000;
/** A connection that lived so long, milliseconds, was a good one: the waits begin anew. */
const LIVED = 30000;

/** What the link needs of the board. */
export interface LinkHost {
  platform: Platform;
  /** Read anew for every try; a failure if the settings name no broker any more, or no certificate is there. */
  options(): MqttOptions | Failure;
  /** Brings the network up. */
  reach(done: (failed?: Failure) => void): void;
  /** Has `up` and `down` called, in modules that are loaded for it. */
  tell: TellKeeper;
  /** Has `wake` called. Not of this module, so that it need not stay loaded for a timer. */
  wake(): void;
}

/** There is no link any more, or none came about; `failed`: why, undefined if it was closed from here. */
export function down(host: LinkHost, state: IotState, failed: Failure | undefined): void {
  const platform = host.platform;
  const { clock, random, console } = platform;
  const lived = state.phase == "up" ? clock.ticks() - state.since : 0;
  const closers = state.closers;
  if (state.link) platform.modules.release("mqtt");
  state.link = state.closers = undefined;
  state.failing = !!failed;
  const before = state.lost;
  if (failed) state.lost = failed.code + ": " + failed.message;
  if (closers) {
    for (const closed of closers) closed();
    return;
  }
  // What CONNECT was to say is wrong: another try would say it again.
  if (!failed || failed.code == "argument" || failed.code == "settings") {
    enter(platform, state, "off");
    if (failed && !state.waiters) console.print("MQTT: " + failed.message + "; " + failed.hint);
    return answer(platform, state, failed);
  }
  // A broker that leaves messages without an acknowledgement (timeout) may do so in every connection.
  if (lived >= LIVED && failed.code != "timeout") state.tries = 0;
  // What a certificate is refused for, or missing, does not change in seconds; it is told once.
  const hopeless = failed.code == "certificate";
  if (hopeless && state.tries < HOPELESS) state.tries = HOPELESS;
  const pause = (hopeless ? HOPELESS_LEAST : LEAST) + fullJitter(BASE, hopeless ? HOUR : CAP, state.tries++, random.fraction());
  state.due = clock.ticks() + pause;
  if (!hopeless || state.lost != before) console.print("MQTT: " + failed.message + "; next try in " + Math.round(pause / 1000) + " s");
  // Whoever waits is told with the hint anyway.
  if (state.lost != before && !state.waiters) console.print("  " + failed.hint);
  waitFor(host, state);
  answer(platform, state, failed);
}

/** Waits until a connection may be tried. */
function waitFor(host: LinkHost, state: IotState): void {
  const platform = host.platform;
  enter(platform, state, "waiting");
  state.timer = platform.timers.after((state.due || 0) - platform.clock.ticks(), host.wake);
}

/** CONNECT is made here; the client is loaded when the link is proven: TLS needs the memory. */
function connect(host: LinkHost, state: IotState): void {
  const platform = host.platform;
  const options = host.options();
  if ("code" in options) return down(host, state, options);
  const hello = greeting(platform, state.session, options);
  if (typeof hello != "string") return down(host, state, hello);
  const loaded = platform.modules.load<typeof idial>("idial");
  if (loaded.module) loaded.module.dial(platform, state, options, hello, host.tell);
  else down(host, state, loaded.failed);
}

/** Opens the link, or waits until it may be tried. */
function open(host: LinkHost, state: IotState): void {
  const { clock, timers } = host.platform;
  if (state.due && state.due > clock.ticks()) return waitFor(host, state);
  enter(host.platform, state, "connecting");
  state.due = clock.ticks() + LEAST;
  host.reach(function (failed) {
    // stop() may have been called meanwhile.
    if (failed || state.closers) down(host, state, failed);
    // From a timer: the stack is small, and what was loaded for the way here is free by then.
    else timers.after(0, () => state.closers ? down(host, state, undefined) : connect(host, state));
  });
}

/** Connects, or goes on with what is going on; `busy`: a transfer has the only slot, and the link is opened after it. */
export function start(host: LinkHost, state: IotState, busy: boolean, done: Done<ConnectResult>): void {
  // It is being closed: after that it is opened anew.
  if (state.closers) {
    state.closers = state.closers.concat([() => start(host, state, busy, done)]);
    return;
  }
  const { platform } = host;
  state.waiters = (state.waiters || []).concat([done]);
  if (state.phase == "up") return answer(platform, state, undefined, { clientId: state.session.clientId, sessionPresent: true, seconds: 0 });
  if (state.phase == "connecting" || state.phase == "paused") return;
  const now = platform.clock.ticks();
  // Somebody who has said disconnect() before has mended something: old waits do not count. Otherwise a program could make a storm of it.
  if (state.phase == "off") {
    state.aside = undefined;
    state.tries = 0;
    if (state.due && state.due > now + LEAST) state.due = now + LEAST;
  }
  if (busy) enter(platform, state, "paused");
  else open(host, state);
  if (state.phase == "waiting" && state.due! > now + LEAST) platform.console.print("connect: the next try is in " + Math.round((state.due! - now) / 1000) + " s; device.disconnect() first makes it one at once");
}

/** The slot is free again, or the wait is over. */
export function wake(host: LinkHost, state: IotState): void {
  if (state.phase == "paused") state.handedAt = host.platform.clock.ticks();
  else if (state.phase != "waiting") return;
  open(host, state);
}
