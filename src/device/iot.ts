// device.connect, disconnect, publish, subscribe, unsubscribe: arguments, results, and the hand-over of the TLS slot.
import { failure } from "../flow/failure";
import type { Done, Failure } from "../flow/failure";
import { createState, go, pause, sendNext, start, stop } from "../iot/link";
import type { LinkHost } from "../iot/link";
import { enqueue, MOST_BYTES, MOST_MESSAGES, queuedNames } from "../iot/queue";
import type { IotState } from "../iot/state";
import { publicationFault } from "../mqtt/client";
import type { MqttOptions } from "../mqtt/client";
import { LEAVING, WANTED } from "../mqtt/session";
import type { Listener } from "../mqtt/session";
import { topicFault } from "../mqtt/topics";
import type { Platform } from "../platform/ports";
import { optionFault } from "./options";
import type { SeldomCommand, Services } from "./seldom";
import type { Values } from "./settings/check";

/** Seconds between two signs of life; AWS IoT takes 30 to 1200. */
const KEEP_ALIVE = 300;

/** What is sent: a text is bytes already, an array of bytes is taken as it is, anything else goes as JSON. */
export function payloadBytes(platform: Platform, payload: any): string {
  if (typeof payload == "string") return payload;
  if (payload instanceof Uint8Array) return platform.hash.text(payload);
  return payload === undefined ? "" : JSON.stringify(payload);
}

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

/** The state, made when it is first needed; a failure if the settings do not say who this is. */
function stateOf(services: Services): IotState | Failure {
  const failed = services.context.fault(false);
  if (failed) return failed;
  const iot = services.context.settings()["iot"];
  if (!iot) return failure("settings", "iot: missing", 'device.configure({iot:{endpoint:"a1b2c3-ats.iot.eu-central-1.amazonaws.com",thingName:"board-17"}})');
  const clientId = iot.clientId || iot.thingName;
  const old = services.runner.iot;
  if (old && (old.session.clientId == clientId || old.phase != "off")) return old;
  const state = createState(services.platform, clientId);
  services.runner.iot = state;
  return state;
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

/** What is wrong with what several commands take, undefined if nothing is. */
function optionsFault(options: any, known: string[]): Failure | undefined {
  const qos = options && options.qos;
  if (qos !== undefined && qos !== 0 && qos !== 1 && qos !== 2) return failure("argument", "The option qos is not 0, 1 or 2", "AWS IoT knows 0 and 1.");
  return optionFault(options, known);
}

function wrongTopic(fault: string): Failure {
  return failure("argument", "MQTT: " + fault, "AWS IoT takes topics of up to 256 bytes with 7 slashes, payloads of up to 128 KB.");
}

/**
 * device.publish(topic, payload, {qos, retain}): QoS 1 unless given. The promise resolves when the broker has acknowledged it; without a link,
 * or behind messages that wait, QoS 1 and 2 are kept in flash and it resolves at once with `queued: true`.
 */
export const publishCommand: SeldomCommand = function (services, started, done, topic, payload, options) {
  const platform = services.platform;
  const print = platform.console.print;
  const qos: number = options && options.qos !== undefined ? options.qos : 1;
  const retain = !!(options && options.retain);
  const bytes = payloadBytes(platform, payload);
  const fault = typeof topic == "string" ? publicationFault({ topic: topic, payload: bytes, qos: qos }) : "the topic is not a text";
  const failed = fault ? wrongTopic(fault) : optionsFault(options, ["qos", "retain"]);
  if (failed) return done(failed);
  const what = "publish " + topic + ": " + bytes.length + " bytes, ";
  const state = services.runner.iot;
  const up = state && state.phase == "up";
  if (up && (!qos || !queuedNames(platform.flash).length)) {
    return state.link!.publish({ topic: topic, payload: bytes, qos: qos, retain: retain }, function (lost) {
      if (!lost) print(what + (qos ? "acknowledged" : "sent"));
      done(lost, { topic: topic, qos: qos, queued: false });
    });
  }
  if (!qos) return done(failure("connection-lost", "There is no connection to AWS IoT", "device.connect(); messages of QoS 1 are kept until there is one."));
  if (!enqueue(platform.flash, topic, bytes, qos, retain)) {
    return done(failure("queue-full", "The message is not kept: " + MOST_MESSAGES + " are waiting, or it is longer than " + MOST_BYTES + " bytes, or flash is full", "device.connect() sends what waits; nothing of it is lost."));
  }
  print(what + "kept in flash until there is a connection");
  if (state) sendNext(platform, state);
  done(undefined, { topic: topic, qos: qos, queued: true });
};

/** device.subscribe(filter, listener, {qos}): QoS 1 unless given. The listener gets (topic, payload, info). Holds over connections, not over a reset. */
export const subscribeCommand: SeldomCommand = function (services, started, done, filter, listener, options) {
  const qos: number = options && options.qos !== undefined ? options.qos : 1;
  const fault = typeof filter != "string" ? "the filter is not a text" : topicFault(filter, true);
  let failed = fault ? wrongTopic("the filter " + fault) : optionsFault(options, ["qos"]);
  if (!failed && typeof listener != "function") failed = failure("argument", "The listener is not a function", 'For example device.subscribe("board-17/commands",function(topic,payload){print(payload)})');
  if (failed) return done(failed);
  subscribeTo(services, filter, qos, listener, function (refused, granted) {
    if (!refused) services.platform.console.print("subscribe " + filter + (granted === undefined ? ": with the next connection" : ": QoS " + granted));
    done(refused, { filter: filter, qos: granted === undefined ? qos : granted, pending: granted === undefined });
  });
};

/** Subscribes now, or with the next connection: then there is no granted QoS yet. */
export function subscribeTo(services: Services, filter: string, qos: number, listener: Listener, done: Done<number>): void {
  const state = stateOf(services);
  if ("code" in state) return done(state);
  if (state.link) return state.link.subscribe(filter, qos, listener, done);
  const session = state.session;
  session.subscriptions = session.subscriptions.filter((one) => one.filter != filter).concat([{ filter: filter, qos: qos, state: WANTED, listener: listener }]);
  done(undefined);
}

/** device.unsubscribe(filter). */
export const unsubscribeCommand: SeldomCommand = function (services, started, done, filter) {
  const state = services.runner.iot;
  const known = state && state.session.subscriptions.some((one) => one.filter == filter && !!one.listener);
  if (!state || !known) return done(failure("argument", "There is no subscription to " + filter, "The filter is given as it was to device.subscribe."));
  function ended(failed: Failure | undefined): void {
    if (!failed) services.platform.console.print("unsubscribe " + filter + ": done");
    done(failed, { filter: filter });
  }
  if (state.link) return state.link.unsubscribe(filter, ended);
  const session = state.session;
  session.subscriptions = session.subscriptions.filter((one) => one.filter != filter).concat([{ filter: filter, qos: 0, state: LEAVING }]);
  ended(undefined);
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
