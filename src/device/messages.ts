// device.publish, subscribe, unsubscribe: arguments and results.
import { failure } from "../flow/failure";
import type { Failure } from "../flow/failure";
import { withModule } from "../flow/withModule";
import type * as pubrest from "../modules/pubrest";
import { enqueue, MOST_BYTES, MOST_MESSAGES, queuedNames, sendNext } from "../iot/queue";
import { publicationFault } from "../mqtt/client";
import { subscribeTo } from "../iot/subscribe";
import { LEAVING } from "../mqtt/session";
import { topicFault } from "../mqtt/topics";
import { payloadBytes, stateOf } from "./iotState";
import { optionFault } from "./options";
import type { SeldomCommand } from "./seldom";

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
 * or behind messages that wait, QoS 1 and 2 are kept in flash and it resolves at once with `queued: true`. {https: true} needs no link:
 * one request, and nothing is kept.
 */
export const publishCommand: SeldomCommand = function (services, started, done, topic, payload, options) {
  const platform = services.platform;
  const print = platform.console.print;
  const qos: number = options && options.qos !== undefined ? options.qos : 1;
  const retain = !!(options && options.retain);
  const bytes = payloadBytes(platform, payload);
  const fault = typeof topic == "string" ? publicationFault({ topic: topic, payload: bytes, qos: qos }) : "the topic is not a text";
  const failed = fault ? wrongTopic(fault) : optionsFault(options, ["qos", "retain", "https"]);
  if (failed) return done(failed);
  if (options && options.https) {
    if (qos > 1) return done(failure("argument", "By HTTPS there is no QoS 2", "Give {qos:1} or {qos:0}."));
    const missing = services.context.fault(false) || withModule<typeof pubrest, any>(
      platform, "pubrest", (module, told) => module.publishByRest(services, topic, bytes, qos, retain, told), done,
    );
    return missing && done(missing);
  }
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
  const state = stateOf(services);
  if ("code" in state) return done(state);
  subscribeTo(state, filter, qos, listener, function (refused, granted) {
    if (!refused) services.platform.console.print("subscribe " + filter + (granted === undefined ? ": with the next connection" : ": QoS " + granted));
    done(refused, { filter: filter, qos: granted === undefined ? qos : granted, active: granted !== undefined });
  });
};

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
