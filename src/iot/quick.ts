// device.publish where memory is no matter: no module is loaded and no line printed for each message, and what was found right is not looked
// at again. Every character counts here: the interpreter reads the text of what it runs, and of what it skips.
import { toUtf8 } from "../bytes/utf8";
import type { Failure } from "../flow/failure";
import { publicationFault } from "../mqtt/connect";
import { NEW } from "../mqtt/session";
import type { Platform } from "../platform/ports";
import type { IotState, Quick, Teller } from "./state";

/** Milliseconds between two lines; AWS IoT's longest payload. */
const LINES = 250, LONGEST = 131072;
/** With so many messages under way, and at each multiple, it is looked whether so many variables are left. */
const MANY = 16, LEFT = 1500;

function nothing(): string {
  return "";
}

/** A message failed: told as every command tells it. */
function fail(teller: Teller, promise: Promise<unknown>, reject: (failed: Failure) => void, failed: Failure): void {
  teller.run("publish", (done) => done(failed), nothing);
  promise.then(nothing, nothing);
  reject(failed);
}

/** What takes a message of the usual kind: a text to a topic, no option but QoS, while nothing waits in flash. It answers undefined to any other. */
export function quickPublish(platform: Platform, state: IotState): Quick {
  /** The topic that was looked at last, and its bytes. */
  let known: unknown = state;
  let bytes = "";
  let shown = -LINES;
  let before = 0;

  function look(topic: unknown): boolean {
    if (typeof topic != "string" || publicationFault({ topic: toUtf8(topic), payload: "" })) return false;
    known = topic;
    bytes = toUtf8(topic);
    return true;
  }

  function fits(): boolean {
    const { used, total } = platform.memory.variables();
    return total - used > LEFT;
  }

  function show(topic: string, qos: number, length: number, now: number): void {
    platform.console.print("publish " + topic + ": " + length + " bytes, " + (qos ? "acknowledged" : "sent") + (before ? ", and " + before + " before" : ""));
    shown = now;
    before = 0;
  }

  return function (teller, given) {
    const topic = given[0];
    const payload = given[1];
    const options = given[2];
    const qos = options ? options.qos : 1;
    const under = state.session.outgoing.length;
    if (
      state.phase != "up" || state.closers || state.sending || (topic !== known && !look(topic)) || typeof payload != "string" || payload.length > LONGEST ||
      (options && Object.keys(options).join() != "qos") || !(qos === 0 || qos === 1 || qos === 2) || (under && under % MANY == 0 && !fits())
    ) return undefined;
    const promise = new Promise<unknown>(function (resolve, reject) {
      state.session.outgoing.push({
        id: 0, qos: qos, topic: bytes, payload: payload, retain: false, stage: NEW,
        done: function (failed) {
          if (failed) return fail(teller, promise, reject, failed);
          const now = platform.clock.ticks();
          if (now - shown < LINES) before++;
          else show(topic, qos, payload.length, now);
          resolve({ topic: topic, qos: qos, queued: false });
        },
      });
      state.link!.wake();
    });
    return promise;
  };
}
