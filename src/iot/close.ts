// How a link ends: for good, or for a transfer. Small, because it is loaded beside the link.
import { failure } from "../flow/failure";
import type { Session } from "../mqtt/session";
import { tell, tellOutgoing } from "../mqtt/tell";
import type { Platform } from "../platform/ports";
import { answer, enter } from "./phase";
import type { IotState, Phase } from "./state";

/** Milliseconds for acknowledgements before a link is given up for a transfer; between two looks at them. */
const FLUSH = 5000, LOOK = 50;

/** Closes the link, if there is one, and calls `done`. Who ends it for good has the last word. */
function close(platform: Platform, state: IotState, phase: Phase, done: () => void): void {
  function over(): void {
    if (state.phase != "off") enter(platform, state, phase);
    done();
  }
  if (state.phase != "up" && state.phase != "connecting") return over();
  state.closers = (state.closers || []).concat([over]);
  if (state.link) state.link.turn("mqttend", "leave");
}

/** Nobody waits for the broker any more: promises fail. What they stand for stays in the session [MQTT-4.4.0-1]. */
function settle(platform: Platform, session: Session): void {
  const failed = failure("connection-lost", "device.disconnect() came before the broker had answered", "It goes again with the next device.connect(), unless the board is reset before.");
  for (const one of session.outgoing) {
    if (one.isKept) continue;
    if (one.done || one.awaited) tellOutgoing(platform.timers, one, failed);
    one.done = one.awaited = undefined;
  }
  for (const one of session.subscriptions) {
    tell(platform.timers, one.done, failed);
    one.done = undefined;
  }
}

/** Ends the link for good; the session stays, here and at the broker. */
export function stop(platform: Platform, state: IotState, done: () => void): void {
  answer(platform, state, failure("mqtt-closed", "device.disconnect() came before there was a connection", "device.connect()"));
  close(platform, state, "off", function () {
    settle(platform, state.session);
    done();
  });
}

/**
 * Gives the TLS slot to a transfer: a connection that is being made is waited for, so that transfers one after the other do not starve it;
 * acknowledgements are waited for, but not long.
 */
export function pause(platform: Platform, state: IotState, done: () => void): void {
  const { timers, clock } = platform;
  const asked = clock.ticks();
  function look(): void {
    const flushed = clock.ticks() - (state.since > asked ? state.since : asked);
    // Between two connections is a second: whoever asks for the slot again and again must not keep the link from it.
    const soon = state.phase == "waiting" && !state.failing;
    if (soon || (state.phase == "connecting" && !state.closers) || (state.phase == "up" && state.session.outgoing.length && flushed < FLUSH)) return void timers.after(LOOK, look);
    if (state.phase == "off") return done();
    close(platform, state, "paused", function () {
      state.yielded = clock.ticks() - asked;
      done();
    });
  }
  look();
}
