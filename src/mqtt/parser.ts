// What a broker sends, from bytes in whatever slices it comes (MQTT 3.1.1, chapters 2 and 3). PUBLISH is read here; where another packet ends
// its taker knows. No I/O.
import type { Bytes } from "../bytes/bytes";

/** A message that comes in. It is handed to listeners as it is: what they read are its names. */
export interface Message {
  topic: Bytes;
  qos: number;
  retain: boolean;
  /** The broker sends it again; it may be the first time that it arrives. */
  dup: boolean;
  /** Packet id; 0 with QoS 0. */
  id: number;
  /** Bytes of the whole payload. */
  total: number;
  /** Where in it this piece begins: with `piece.length` < `total` the payload comes in pieces. */
  offset: number;
}

/** Takes what is read, and keeps what is between two slices: an object of its own would cost the board more than these fields. */
export interface Reader {
  /** Payloads up to so many bytes, or WHOLE, are handed over whole, longer ones in the pieces in which they come. */
  readonly longestWhole?: number;
  /** Bytes of a packet of which more must come. */
  restBytes?: Bytes;
  /** The message whose payload is coming, and what is gathered of it. */
  nowMessage?: Message | undefined;
  heldBytes?: Bytes;
  /** The last topic, which was right. */
  lastTopic?: Bytes;
  /** A whole payload, or its next piece. False: something is wrong. */
  messagePiece(message: Message, piece: Bytes): boolean;
  /**
   * packet: any packet but PUBLISH, which begins at `at`; answers where it ends; 0: more of it must come; -1: something is wrong, and reading
   * ends. topicFault: answers what is wrong with the topic of a message, "" if nothing is; asked when it is another than the last.
   * violated: the broker broke a rule.
   */
  turn(module: "mqttask" | "mqttname" | "mqttend", what: any, about: Bytes, at?: number): any;
}

const WHOLE = 4096;

/** Takes what came of a payload, from `at` on. Answers as `packet`. */
function pieceAt(reader: Reader, bytes: Bytes, at: number): number {
  const message = reader.nowMessage!;
  const held = reader.heldBytes || "";
  let piece = bytes.substr(at, message.total - message.offset - held.length);
  at += piece.length;
  if (message.total <= (reader.longestWhole === undefined ? WHOLE : reader.longestWhole)) {
    piece = held + piece;
    if (piece.length < message.total) {
      reader.heldBytes = piece;
      return at;
    }
    if (held) reader.heldBytes = "";
  }
  if (message.offset + piece.length == message.total) reader.nowMessage = undefined;
  const right = reader.messagePiece(message, piece);
  message.offset += piece.length;
  return right ? at : -1;
}

/** The head of a PUBLISH (3.3): topic, and id with QoS 1 and 2. Answers as `packet`. */
function headAt(reader: Reader, bytes: Bytes, at: number): number {
  const first = bytes.charCodeAt(at++);
  const qos = (first >> 1) & 3;
  let length = 0, unit = 1, byte = 128, fault = qos == 3 ? "a PUBLISH of QoS 3" : "";
  while (byte > 127 && at < bytes.length && unit < 268435456) {
    byte = bytes.charCodeAt(at++);
    length += (byte & 127) * unit;
    unit *= 128;
  }
  const known = byte < 128 && at + 2 <= bytes.length;
  const topicEnd = known ? at + 2 + (bytes.charCodeAt(at) << 8) + bytes.charCodeAt(at + 1) : at + 2;
  const end = topicEnd + (qos ? 2 : 0);
  // [2.2.3]
  if (byte > 127) fault = fault || (unit < 268435456 ? "" : "a remaining length of more than four bytes");
  else if (end - at > length) fault = fault || "a PUBLISH too short for its topic";
  if (!fault && (!known || end > bytes.length)) return 0;
  const topic = bytes.substring(at + 2, topicEnd);
  const id = qos ? (bytes.charCodeAt(topicEnd) << 8) + bytes.charCodeAt(topicEnd + 1) : 0;
  if (!fault && topic !== reader.lastTopic) fault = reader.turn("mqttname", "topicFault", topic);
  if (!fault && qos && !id) fault = "packet id 0";
  if (fault) {
    reader.turn("mqttend", "violated", fault);
    return -1;
  }
  reader.lastTopic = topic;
  reader.nowMessage = { topic: topic, qos: qos, retain: (first & 1) > 0, dup: (first & 8) > 0, id: id, total: length - (end - at), offset: 0 };
  return length > end - at ? end : pieceAt(reader, bytes, end);
}

/** Takes the next bytes. After something wrong nothing more may be fed. */
export function feed(reader: Reader, bytes: Bytes): void {
  if (reader.restBytes) {
    bytes = reader.restBytes + bytes;
    reader.restBytes = "";
  }
  let at = 0, next = 1;
  while (next > 0 && at < bytes.length) {
    next = reader.nowMessage ? pieceAt(reader, bytes, at) : bytes.charCodeAt(at) >> 4 == 3 ? headAt(reader, bytes, at) : reader.turn("mqttask", "packet", bytes, at);
    if (next > 0) at = next;
  }
  if (!next) reader.restBytes = bytes.substr(at);
}
