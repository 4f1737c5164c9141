// Messages that wait in flash for a link: kept over a reset. Their number is bounded; when it is reached a new message is refused, so that
// none that was taken is lost.
import type { Bytes } from "../bytes/bytes";
import type { Flash } from "../platform/ports";

/** A record is "q.", six digits that go up, and the message: QoS, retain flag, id of a packet that was sent with it (0: none), topic, payload. */
const PREFIX = "q.";

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

/** Notes the packet id a message goes out with: after a reset it is sent again with it, and a broker that has it already does not deliver it twice. */
export function noteId(flash: Flash, message: Queued, id: number): void {
  message.id = id;
  flash.write(message.name, record(message));
}
