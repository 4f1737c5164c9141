// One question to a shadow by MQTT: both answer topics are subscribed to, the question goes out with a token, the answer that carries it
// counts, and nothing is left in the session (AWS IoT developer guide, "Device Shadow MQTT topics").
import type { Bytes } from "../bytes/bytes";
import { find } from "../bytes/find";
import { failure } from "../flow/failure";
import type { Done, Failure } from "../flow/failure";
import { publish } from "../mqtt/ask";
import { LEAVING, WANTED } from "../mqtt/session";
import type { Subscription } from "../mqtt/session";
import type { Platform } from "../platform/ports";
import { shadowTopic } from "./shadow";
import type { ShadowAnswer, ShadowRequest } from "./shadow";
import type { IotState } from "./state";

/** Milliseconds until the answer must be there; between two looks at the link. */
const DEADLINE = 15000, LOOK = 500;

/** Puts `those` in the place of what the session has for their filters. */
function replace(state: IotState, those: Subscription[]): void {
  const session = state.session;
  session.subscriptions = session.subscriptions.filter((one) => one.filter != those[0]!.filter && one.filter != those[1]!.filter).concat(those);
  if (!state.link) return;
  state.link.isAsking = true;
  state.link.later("mqttlook", "waken", 0);
}

/** False where a text of so many bytes, read as JSON, would take the memory that is left: running out of it cannot be caught. */
function fits(platform: Platform, bytes: number): boolean {
  const { used, total } = platform.memory.variables();
  return total - used > 60 + bytes / 3;
}

/**
 * Asks over a link that is up. Failures: connection-lost (before the answer), timeout, memory, busy (the same is being asked, or somebody
 * has subscribed to the answer's topic) and mqtt-refused.
 */
export function askByMqtt(platform: Platform, state: IotState, request: ShadowRequest, done: Done<ShadowAnswer>): void {
  const { timers, clock } = platform;
  const topic = shadowTopic(request.thing, request.name) + request.verb;
  const filters = [topic + "/accepted", topic + "/rejected"];
  const token = "t" + Math.floor(platform.random.fraction() * 1e9) + "-" + Math.floor(clock.ticks());
  const begun = clock.ticks();
  let timer: number | undefined;
  let granted = 0;
  let got: Bytes = "";

  function end(failed: Failure | undefined, answer?: ShadowAnswer): void {
    if (!timer) return;
    timers.cancel(timer);
    timer = undefined;
    replace(state, filters.map((filter) => ({ filter: filter, qos: 0, state: LEAVING })));
    // From a timer: the answer came in the middle of the client's work.
    timers.after(0, () => done(failed, answer));
  }

  function look(): void {
    const waited = clock.ticks() - begun;
    timer = timers.after(LOOK, look);
    if (state.phase != "up") end(failure("connection-lost", "The connection closed before " + request.what + " was answered", "Try again. If it stays so: does the policy allow iot:Publish, iot:Subscribe and iot:Receive on " + topic + "*?"));
    else if (waited > DEADLINE) end(failure("timeout", "No answer to " + request.what + " within " + DEADLINE / 1000 + " s", "Does the policy allow iot:Receive on " + topic + "/*?"));
  }

  function heard(from: Bytes, payload: Bytes, info: { offset: number; total: number }): void {
    if (!fits(platform, info.total)) return end(failure("memory", "The answer to " + request.what + " has " + info.total + " bytes: too many for the memory that is left" + (request.verb == "get" ? "" : ". What was asked is done"), "Keep the shadow small, or use several named ones."));
    got = info.offset ? got + payload : payload;
    if (got.length == info.total && find(got, token) >= 0) end(undefined, { status: from == filters[0] ? 200 : 0, body: got });
  }

  function ready(failed: Failure | undefined): void {
    if (failed) return end(failed);
    if (++granted < 2 || !timer || !state.link) return;
    const body = request.body;
    publish(state.session, state.link, { topic: topic, payload: (body ? body.substr(0, body.length - 1) + "," : "{") + '"clientToken":"' + token + '"}', qos: 0 }, (fault) => fault && end(fault));
  }

  if (state.session.subscriptions.some((one) => !!one.listener && filters.indexOf(one.filter) >= 0)) {
    return done(failure("busy", topic + " is being asked already", "Wait for its promise, or end the subscription to its answers."));
  }
  if (!fits(platform, request.body.length)) return done(failure("memory", "The state is too long for the memory that is left", "Report less at once."));
  timer = timers.after(LOOK, look);
  replace(state, filters.map((filter) => ({ filter: filter, qos: 1, state: WANTED, listener: heard, done: ready })));
}
