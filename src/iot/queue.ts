// Messages that wait in flash for a link: kept over a reset. Their number is bounded; when it is reached a new message is refused, so that
// none that was taken is lost.
import type { Bytes } from "../bytes/bytes";
import type { Failure } from "../flow/failure";
import { AGAIN, NEW, takeId } from "../mqtt/session";
import type { Flash, Platform } from "../platform/ports";
import { PREFIX } from "./queued";
import type { IotState } from "./state";

/** Flash is small, and wears out: what a board says while it is alone for long belongs on its card. */
export const MOST_MESSAGES = 16, MOST_BYTES = 1024;

const END = ".";

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

function numberOf(name: string): number {
  return parseInt(name.substr(2), 10);
}

function isNoted(name: string): boolean {
  return name[name.length - 1] == "i";
}

/** The names of the records, the oldest first. A record with "i" at its end is not valid while the one without it is there. */
export function queuedNames(flash: Flash): string[] {
  const names = flash.list(PREFIX).filter((name) => /^[0-9]+$/.test(name.substring(2, name.length - (isNoted(name) ? 1 : 0))));
  return names
    .filter((name) => !isNoted(name) || names.indexOf(name.substr(0, name.length - 1)) < 0)
    .sort((one, other) => numberOf(one) - numberOf(other));
}

/**
 * What stands in a record: QoS, retain flag, the packet id it was sent with (0: none), length of the topic, topic, payload, and an end, which
 * a record that was cut off does not have.
 */
function record(message: Queued): Bytes {
  return message.qos + (message.retain ? "r" : "-") + message.id + " " + message.topic.length + " " + message.topic + message.payload + END;
}

/** Puts a message at the end; false if the queue or the flash is full, or the message too long for it. */
export function enqueue(flash: Flash, topic: Bytes, payload: Bytes, qos: number, retain: boolean): boolean {
  const names = queuedNames(flash);
  const number = "" + ((names.length ? numberOf(names[names.length - 1]!) : 0) + 1);
  const message: Queued = { name: PREFIX + "000000".substr(number.length) + number, topic: topic, payload: payload, qos: qos, retain: retain, id: 0 };
  if (names.length >= MOST_MESSAGES || topic.length + payload.length > MOST_BYTES) return false;
  if (flash.write(message.name, record(message))) return true;
  flash.erase(message.name);
  return false;
}

/** Reads a record; undefined if it is torn, or none of ours: then it is erased. */
export function readQueued(flash: Flash, name: string): Queued | undefined {
  // A copy: what is cut out of flash is gone with the record.
  const text = (" " + (flash.read(name) || "")).substr(1);
  const space = text.indexOf(" ");
  const second = text.indexOf(" ", space + 1);
  const id = parseInt(text.substring(2, space), 10);
  const length = parseInt(text.substring(space + 1, second), 10);
  const start = second + 1;
  if (space > 2 && second > space && (text[0] == "1" || text[0] == "2") && (text[1] == "r" || text[1] == "-") && id >= 0 && length > 0 &&
    start + length < text.length && text[text.length - 1] == END) {
    return {
      name: name, topic: text.substr(start, length), payload: text.substring(start + length, text.length - 1), qos: parseInt(text[0]!, 10), retain: text[1] == "r", id: id,
    };
  }
  flash.erase(name);
  return undefined;
}

/** Takes a message out. */
function eraseQueued(flash: Flash, name: string): void {
  const number = numberOf(name);
  for (const one of flash.list(PREFIX)) if (numberOf(one) == number) flash.erase(one);
}

/** Notes the packet id a message goes out with, in a record beside the old one until it is complete. */
export function noteId(flash: Flash, message: Queued, id: number): void {
  message.id = id;
  if (!flash.write(message.name + "i", record(message))) return;
  flash.erase(message.name);
  message.name += "i";
}

/** The broker does not take it: it lets the others pass, and stays in flash. What was promised to be kept is not thrown away. */
function setAside(platform: Platform, state: IotState, message: Queued, failed: Failure): void {
  state.aside = (state.aside || []).concat([numberOf(message.name)]);
  platform.console.print("MQTT: the message to " + message.topic + " stays in flash: " + failed.message);
  platform.console.print("  " + failed.hint + " It is tried again after device.disconnect() and device.connect(), or a reset; to drop it: require(\"Storage\").erase(\"" + message.name + "\")");
}

/** Sends the oldest message of the queue that is not set aside, one at a time: each leaves flash when the broker has acknowledged it. */
export function sendNext(platform: Platform, state: IotState): void {
  const flash = platform.flash;
  if (state.sending || state.phase != "up") return;
  for (const name of queuedNames(flash)) {
    if (state.aside && state.aside.indexOf(numberOf(name)) >= 0) continue;
    const message = readQueued(flash, name);
    if (!message) continue;
    // It was on its way when the board was reset: DUP, and the same id, so that a broker that has it already does not deliver it twice.
    const known = message.id && !state.session.outgoing.some((one) => one.id == message.id);
    if (!known) noteId(flash, message, takeId(state.session, 0));
    state.sending = true;
    state.session.outgoing.push({
      id: message.id, qos: message.qos, topic: message.topic, payload: message.payload, retain: message.retain, stage: known ? AGAIN : NEW, isKept: true,
      done: function (failed) {
        if (failed) setAside(platform, state, message, failed);
        else eraseQueued(flash, name);
        state.sending = false;
        sendNext(platform, state);
      },
    });
    return state.link!.wake();
  }
}
