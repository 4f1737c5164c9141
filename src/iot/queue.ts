// Messages that wait in flash for a link: kept over a reset. Their number is bounded; when it is reached a new message is refused, so that
// none that was taken is lost.
import type { Bytes } from "../bytes/bytes";
import { AGAIN, NEW, takeId } from "../mqtt/session";
import type { Flash, Platform } from "../platform/ports";
import { PREFIX } from "./queued";
import type { IotState } from "./state";

/** Flash is small, and wears out: what a board says while it is alone for long belongs on its card. */
export const MOST_MESSAGES = 16, MOST_BYTES = 1024;

export interface Queued {
  /** Of the record. */
  name: string;
  topic: Bytes;
  payload: Bytes;
  qos: number;
  retain: boolean;
  /** The packet id it was sent with; 0 if it never was. */
  id: number;
}

/** The names of the records, the oldest first. */
export function queuedNames(flash: Flash): string[] {
  return flash.list(PREFIX).sort();
}

/** What stands in a record: QoS, retain flag, the packet id it was sent with (0: none), topic, payload. */
function record(message: Queued): Bytes {
  return message.qos + (message.retain ? "r" : "-") + message.id + " " + message.topic + "\n" + message.payload;
}

/** Puts a message at the end; false if the queue or the flash is full, or the message too long for it. */
export function enqueue(flash: Flash, topic: Bytes, payload: Bytes, qos: number, retain: boolean): boolean {
  const names = queuedNames(flash);
  const last = names.length ? parseInt(names[names.length - 1]!.substr(2), 10) : 0;
  const message: Queued = { name: PREFIX + ("00000" + (last + 1)).substr(-6), topic: topic, payload: payload, qos: qos, retain: retain, id: 0 };
  if (names.length >= MOST_MESSAGES || topic.length + payload.length > MOST_BYTES) return false;
  if (flash.write(message.name, record(message))) return true;
  flash.erase(message.name);
  return false;
}

/** Reads a record; undefined if it is torn, or none of ours: then it is erased. */
export function readQueued(flash: Flash, name: string): Queued | undefined {
  const text = flash.read(name) || "";
  const space = text.indexOf(" ");
  const end = text.indexOf("\n");
  const head = text.substr(0, space);
  const id = parseInt(head.substr(2), 10);
  if (space > 0 && end > space && (head[0] == "1" || head[0] == "2") && (head[1] == "r" || head[1] == "-") && id >= 0) {
    return { name: name, topic: text.substring(space + 1, end), payload: text.substr(end + 1), qos: parseInt(head[0]!, 10), retain: head[1] == "r", id: id };
  }
  flash.erase(name);
  return undefined;
}

/** Notes the packet id a message goes out with. */
export function noteId(flash: Flash, message: Queued, id: number): void {
  message.id = id;
  flash.write(message.name, record(message));
}

/** Sends the oldest message of the queue, one at a time: each leaves flash when the broker has acknowledged it. */
export function sendNext(platform: Platform, state: IotState): void {
  const flash = platform.flash;
  if (state.sending || state.phase != "up") return;
  for (const name of queuedNames(flash)) {
    const message = readQueued(flash, name);
    if (!message) continue;
    // It was on its way when the board was reset: DUP, and the same id, so that a broker that has it already does not deliver it twice.
    const stage = message.id ? AGAIN : NEW;
    if (!message.id) noteId(flash, message, takeId(state.session, 0));
    state.sending = true;
    state.session.outgoing.push({
      id: message.id, qos: message.qos, topic: message.topic, payload: message.payload, retain: message.retain, stage: stage,
      done: function () {
        flash.erase(name);
        state.sending = false;
        sendNext(platform, state);
      },
    });
    return state.link!.wake();
  }
}
