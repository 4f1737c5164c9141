// Keeps a session connected: tries again after a loss, gives the TLS slot to transfers and takes it back, sends what waits in flash.
import { fullJitter } from "../flow/backoff";
import { failure } from "../flow/failure";
import type { Done, Failure } from "../flow/failure";
import { borrow } from "../flow/withModule";
import type * as mqtt from "../mqtt/client";
import type { MqttOptions } from "../mqtt/client";
import type * as idial from "./dial";
import type { Tell } from "./dial";
import type { Bytes } from "../bytes/bytes";
import type { Platform } from "../platform/ports";
import type * as imsg from "./queue";
import { queuedSome } from "./queued";
import type { ConnectResult, IotState, Phase } from "./state";

/** Milliseconds: the least wait, because AWS IoT takes one CONNECT a second of a client id; the first ceiling of the rest, and the highest. */
const LEAST = 1000, BASE = 2000, CAP = 120000;
/** A connection that lived so long, milliseconds, was a good one: the waits begin anew. */
const LIVED = 30000;
/** Milliseconds for acknowledgements before a link is given up for a transfer; between two looks at them. */
const FLUSH = 5000, LOOK = 50;

/** What the link needs of the board. */
export interface LinkHost {
  platform: Platform;
  /** Read anew for every try. */
  options(): MqttOptions;
  /** Brings the network up. */
  reach(done: (failed?: Failure) => void): void;
  /** Has `up` or `down` called, in this module, which is loaded for it. */
  tell: Tell;
  /** Has `wake` called. Not of this module, so that it need not stay loaded for a timer. */
  wake(): void;
}

function enter(platform: Platform, state: IotState, phase: Phase): void {
  platform.timers.cancel(state.timer);
  state.timer = undefined;
  state.phase = phase;
  state.since = platform.clock.ticks();
}

function answer(state: IotState, failed: Failure | undefined, result?: ConnectResult): void {
  const waiters = state.waiters;
  state.waiters = [];
  for (const done of waiters) done(failed, result);
}

/** There is no link any more, or none came about; `failed`: why, undefined if it was closed from here. */
export function down(host: LinkHost, state: IotState, failed: Failure | undefined): void {
  const { timers, clock, random, console } = host.platform;
  const lived = state.phase == "up" ? clock.ticks() - state.since : 0;
  const closed = state.closed;
  state.closed = undefined;
  if (failed) state.reason = failed.code + ": " + failed.message;
  if (closed) return closed();
  // What CONNECT was to say is wrong: another try would say it again.
  if (!failed || failed.code == "argument" || failed.code == "settings") {
    enter(host.platform, state, "off");
    return answer(state, failed);
  }
  if (lived >= LIVED) state.tries = 0;
  const wait = LEAST + fullJitter(BASE, CAP, state.tries++, random.fraction());
  enter(host.platform, state, "waiting");
  console.print("MQTT: " + failed.message + "; next try in " + Math.round(wait / 1000) + " s");
  state.timer = timers.after(wait, host.wake);
  answer(state, failed);
}

/** The broker took the connection. */
export function up(host: LinkHost, state: IotState, sessionPresent: boolean): void {
  const platform = host.platform;
  const took = platform.clock.ticks() - state.since;
  enter(platform, state, "up");
  state.connects++;
  if (state.handedAt) state.returned = state.since - state.handedAt;
  state.handedAt = 0;
  answer(state, undefined, { clientId: state.session.clientId, sessionPresent: sessionPresent, seconds: took / 1000 });
  // Only then is it loaded: most of the time nothing waits.
  if (queuedSome(platform.flash)) borrow<typeof imsg, void>(platform, "imsg", (module) => module.sendNext(platform, state));
}

/** CONNECT is made by the client, which is let go again before the handshake: TLS needs the memory. */
function connect(host: LinkHost, state: IotState): void {
  const platform = host.platform;
  const options = host.options();
  const hello = borrow<typeof mqtt, Bytes | Failure>(platform, "mqtt", (module) => module.greeting(platform, state.session, options));
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
  if (state.phase == "up") return done(undefined, { clientId: state.session.clientId, sessionPresent: true, seconds: 0 });
  state.waiters.push(done);
  if (state.phase == "connecting" || state.phase == "paused") return;
  if (busy) enter(host.platform, state, "paused");
  else open(host, state);
}

/** Closes the link, if there is one, and calls `done`. */
function close(host: LinkHost, state: IotState, phase: Phase, done: () => void): void {
  function over(): void {
    enter(host.platform, state, phase);
    done();
  }
  if (state.phase != "up" && state.phase != "connecting") return over();
  state.closed = over;
  if (state.link) state.link.disconnect();
}

/** Ends the link for good; the session stays, here and at the broker. */
export function stop(host: LinkHost, state: IotState, done: () => void): void {
  answer(state, failure("mqtt-closed", "device.disconnect() came before there was a connection", "device.connect()"));
  close(host, state, "off", done);
}

/**
 * Gives the TLS slot to a transfer: a connection that is being made is waited for, so that transfers one after the other do not starve it;
 * acknowledgements are waited for, but not long.
 */
export function pause(host: LinkHost, state: IotState, done: () => void): void {
  const { timers, clock } = host.platform;
  const asked = clock.ticks();
  function look(): void {
    const flushed = clock.ticks() - (state.since > asked ? state.since : asked);
    if (state.phase == "connecting" || (state.phase == "up" && state.session.outgoing.length && flushed < FLUSH)) return void timers.after(LOOK, look);
    if (state.phase == "off") return done();
    close(host, state, "paused", function () {
      state.yielded = clock.ticks() - asked;
      done();
    });
  }
  look();
}

/** The slot is free again, or the wait is over. */
export function wake(host: LinkHost, state: IotState): void {
  if (state.phase == "paused") state.handedAt = host.platform.clock.ticks();
  else if (state.phase != "waiting") return;
  open(host, state);
}
