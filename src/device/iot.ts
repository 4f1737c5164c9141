// device.connect and disconnect, and the hand-over of the TLS slot.
import type { Done } from "../flow/failure";
import { go, pause, start, stop } from "../iot/link";
import type { LinkHost } from "../iot/link";
import type { MqttOptions } from "../mqtt/client";
import type { Platform } from "../platform/ports";
import { payloadBytes, stateOf } from "./iotState";
import type { SeldomCommand, Services } from "./seldom";
import type { Values } from "./settings/check";

/** Seconds between two signs of life; AWS IoT takes 30 to 1200. */
const KEEP_ALIVE = 300;

function mqttOptions(platform: Platform, settings: Values): MqttOptions {
  const { iot, tls } = settings as { [section: string]: any };
  const place = iot.endpoint;
  const will = iot.will;
  return {
    host: place.host || place,
    port: iot.port || place.port || 8883,
    keepAlive: iot.keepAlive || KEEP_ALIVE,
    clean: !!iot.cleanSession,
    will: will && { topic: will.topic, payload: payloadBytes(platform, will.payload), qos: will.qos || 0, retain: !!will.retain },
    handshakeSeconds: (tls && tls.handshakeSeconds) || 60,
  };
}

function linkHost(services: Services): LinkHost {
  const { platform, context } = services;
  return {
    platform: platform,
    options: () => mqttOptions(platform, context.settings()),
    reach: (done) => context.reach(true, done),
    hold: () => void platform.modules.load("iot"),
    release: () => platform.modules.release("iot"),
  };
}

/** device.connect(): connects and stays connected until device.disconnect(). */
export const connectCommand: SeldomCommand = function (services, started, done) {
  const state = stateOf(services);
  if ("code" in state) return done(state);
  const { tls } = services.context.settings() as Values;
  const busy = services.runner.busyWith() != "" && !(tls && tls["slots"] == 2);
  start(linkHost(services), state, busy, function (failed, result) {
    if (result) services.platform.console.print("connect: " + result.clientId + " in " + result.seconds.toFixed(1) + " s" + (result.sessionPresent ? ", the session goes on" : ", new session"));
    done(failed, result);
  });
};

/** device.disconnect(): the session stays, here and at the broker. */
export const disconnectCommand: SeldomCommand = function (services, started, done) {
  const state = services.runner.iot;
  function ended(): void {
    services.platform.console.print("disconnect: done");
    done(undefined);
  }
  if (state) stop(linkHost(services), state, ended);
  else ended();
};

/** Before a transfer, on a board with one TLS slot: gives the link up. */
export function pauseLink(services: Services, done: Done<void>): void {
  const tls = services.context.settings()["tls"];
  const state = services.runner.iot;
  if (!state || (tls && tls.slots == 2)) done(undefined);
  else pause(linkHost(services), state, () => done(undefined));
}

/** After it: connects again. */
export function resumeLink(services: Services, done: Done<void>): void {
  if (services.runner.iot) go(linkHost(services), services.runner.iot);
  done(undefined);
}
