// device.publish, subscribe, unsubscribe: arguments and results.
import { jsonSize } from "../bytes/jsonSize";
import { toUtf8 } from "../bytes/utf8";
import { failure } from "../flow/failure";
import type { Done, Failure } from "../flow/failure";
import { borrow, withModule } from "../flow/withModule";
import type * as iqueue from "../modules/iqueue";
import type * as pubrest from "../modules/pubrest";
import { MOST_BYTES, MOST_MESSAGES } from "../iot/queue";
import { publish, unsubscribe } from "../mqtt/ask";
import { argument, publicationFault, subscriptionFault } from "../mqtt/connect";
import { subscribeTo } from "../iot/subscribe";
import { LEAVING } from "../mqtt/session";
import { replace } from "../mqtt/subscriptions";
import type * as idial from "../modules/idial";
import { payloadBytes, stateOf } from "./iotState";
import { optionFault } from "./options";
import type { SeldomCommand } from "./seldom";

/** Variables that must be left for one message more; bytes of JSON that are made with one variable. */
const LEFT = 200, MADE = 4;

/** What is wrong with what several commands take, undefined if nothing is. */
function optionsFault(options: any, known: string[]): Failure | undefined {
  if (options === undefined) return undefined;
  if (!options || typeof options != "object" || options instanceof Array) return failure("argument", "The options are not an object", "For example {qos:1}; known: " + known.join(", "));
  const { qos, retain } = options;
  if (retain !== undefined && typeof retain != "boolean") return failure("argument", "The option retain is not true or false", "For example {retain:true}");
  if (qos !== undefined && qos !== 0 && qos !== 1 && qos !== 2) return failure("argument", "The option qos is not 0, 1 or 2", "AWS IoT knows 0 and 1.");
  return optionFault(options, known);
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
  const refused = optionsFault(options, ["qos", "retain", "https"]);
  if (refused) return done(refused);
  // Nobody catches the end of memory: it is looked for here, before the payload is made.
  const { used, total } = platform.memory.variables();
  const left = total - used;
  const size = typeof payload == "string" || payload instanceof Uint8Array ? 0 : jsonSize(payload, left * MADE);
  if (size < 0 || typeof payload == "function") return done(failure("argument", "The payload is no JSON: it is a function, or holds itself", 'For example device.publish("board-17/state",{temperature:21.5})'));
  if (left < LEFT + size / MADE) return done(failure("memory", "The message does not fit into the memory that is left", "Wait for the promises of others first; a longer text is best sent in several messages."));
  const bytes = payloadBytes(platform, payload);
  if (typeof topic == "string") topic = toUtf8(topic);
  const fault = typeof topic == "string" ? publicationFault({ topic: topic, payload: bytes, qos: qos }) : "the topic is not a text";
  if (fault) return done(argument(fault));
  if (options && options.https) {
    if (qos > 1) return done(failure("argument", "By HTTPS there is no QoS 2", "Give {qos:1} or {qos:0}."));
    const missing = withModule<typeof pubrest, any>(platform, "pubrest", (module, told) => module.publishByRest(services, topic, bytes, qos, retain, told), done);
    if (missing) done(missing);
    return;
  }
  const what = "publish " + topic + ": " + bytes.length + " bytes, ";
  const state = services.runner.iot;
  const up = state && state.phase == "up";
  if (up && (!qos || !state.sending)) {
    const answered = borrow<typeof idial, Done<any>>(platform, "idial", (module) => module.announcing(platform, what + (qos ? "acknowledged" : "sent"), { topic: topic, qos: qos, queued: false }, done));
    if (typeof answered != "function") return done(answered);
    publish(state.session, state.link!, { topic: topic, payload: bytes, qos: qos, retain: retain }, answered);
    return true;
  }
  if (!qos) return done(failure("connection-lost", "There is no connection to AWS IoT", "device.connect(); messages of QoS 1 are kept until there is one."));
  if (topic.length + bytes.length > MOST_BYTES) {
    return done(failure("queue-full", "Topic and payload have " + (topic.length + bytes.length) + " bytes: a message that waits in flash has " + MOST_BYTES + " at most", "Send it while there is a connection and nothing waits, or shorter ones."));
  }
  const kept = borrow<typeof iqueue, boolean>(platform, "iqueue", (module) => module.enqueue(platform.flash, topic, bytes, qos, retain));
  if (kept !== true) {
    return done(failure("queue-full", "The message is not kept: " + MOST_MESSAGES + " are waiting, or flash is full", "device.connect() sends what waits; nothing of it is lost."));
  }
  print(what + "kept in flash until there is a connection");
  if (state && state.phase == "up") borrow<typeof iqueue, void>(platform, "iqueue", (module) => module.sendNext(platform, state));
  done(undefined, { topic: topic, qos: qos, queued: true });
};

/** device.subscribe(filter, listener, {qos}): QoS 1 unless given. The listener gets (topic, payload, info). Holds over connections, not over a reset. */
export const subscribeCommand: SeldomCommand = function (services, started, done, filter, listener, options) {
  const qos: number = options && options.qos !== undefined ? options.qos : 1;
  const state = stateOf(services);
  if ("code" in state) return done(state);
  const fault = typeof filter != "string" ? "the filter is not a text" : subscriptionFault(state.session, toUtf8(filter), 0);
  let failed = optionsFault(options, ["qos"]) || (fault ? argument(fault) : undefined);
  if (!failed && typeof listener != "function") failed = failure("argument", "The listener is not a function", 'For example device.subscribe("board-17/commands",function(topic,payload){print(payload)})');
  if (failed) return done(failed);
  const result = { filter: filter, qos: qos, active: !!state.link };
  const line = "subscribe " + filter + (state.link ? ": QoS " : ": with the next connection");
  const answered = borrow<typeof idial, Done<any>>(services.platform, "idial", (module) => module.announcing(services.platform, line, result, done));
  if (typeof answered != "function") return done(answered);
  subscribeTo(state, filter, qos, listener, answered);
  return true;
};

/** device.unsubscribe(filter). */
export const unsubscribeCommand: SeldomCommand = function (services, started, done, filter) {
  const state = services.runner.iot;
  const known = state && state.session.subscriptions.some((one) => one.filter == filter && !!one.listener);
  if (!state || !known) return done(failure("argument", "There is no subscription to " + filter, "The filter is given as it was to device.subscribe."));
  const answered = borrow<typeof idial, Done<any>>(services.platform, "idial", (module) => module.announcing(services.platform, "unsubscribe " + filter + ": done", { qos: 0 }, (failed) => done(failed)));
  if (typeof answered != "function") return done(answered);
  if (state.link) {
    unsubscribe(state.session, state.link, filter, answered);
    return true;
  }
  replace(state.session, { filter: filter, qos: 0, state: LEAVING });
  answered(undefined);
};
