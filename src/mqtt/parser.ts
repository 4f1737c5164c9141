// The packets that a broker sends, from bytes in whatever slices they come (MQTT 3.1.1, chapters 2 and 3). No I/O.
import type { Bytes } from "../bytes/bytes";
import { find } from "../bytes/find";
import { nameFault } from "./topics";

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

/** Takes what was parsed. Both answer what is wrong with it, which ends the parsing, or undefined. */
export interface PacketSink {
  /** Any packet but PUBLISH: its first byte, and what follows the fixed header. The lengths are right. */
  packet(first: number, body: Bytes): string | undefined;
  /** A whole payload, or its next piece. */
  message(message: Message, piece: Bytes): string | undefined;
}

/** What a broker may send, by the first byte: packets of two bytes, and the others. */
const WITH_TWO = "\x20\x40\x50\x62\x70\xb0", SUBACK = 0x90, PINGRESP = 0xd0;

/** A SUBACK for more filters than a SUBSCRIBE of ours holds is none. */
const LONGEST_SUBACK = 10;

/** What is wrong with the beginning of a packet, "" if nothing is; `length` is -1 while it is not known [MQTT-2.2.2-2]. */
function headerFault(first: number, length: number): string {
  // The most usual ones: PUBACK, and any PUBLISH.
  if (first == 0x40 && length == 2) return "";
  if (first >> 4 == 3) return (first & 6) == 6 ? "a PUBLISH of QoS 3" : "";
  const shortest = find(WITH_TWO, String.fromCharCode(first)) >= 0 ? 2 : first == SUBACK ? 3 : first == PINGRESP ? 0 : -1;
  if (shortest < 0) return "a packet that no broker may send (" + first + ")";
  if (length < 0 || length == shortest || (first == SUBACK && length > shortest && length <= LONGEST_SUBACK)) return "";
  return "packet " + first + " of length " + length;
}

export class Parser {
  /** Bytes of a packet of which more must come. */
  private rest: Bytes = "";
  /** The message whose payload is coming, and what is gathered of it. */
  private now: Message | undefined;
  private held: Bytes = "";
  private bad = "";

  /** @param most payloads up to so many bytes are handed over whole, longer ones in the pieces in which they come */
  constructor(private readonly sink: PacketSink, private readonly most: number) {}

  /** Takes the next bytes; answers what is wrong with them, "" if nothing is. After a fault nothing more may be fed. */
  feed(bytes: Bytes): string {
    if (this.rest) bytes = this.rest + bytes;
    this.rest = "";
    let at = 0;
    while (at < bytes.length && !this.bad) {
      const next = this.now ? this.payload(bytes.substr(at, this.now.total - this.now.offset - this.held.length), at) : this.packet(bytes, at);
      if (!next) {
        this.rest = bytes.substr(at);
        break;
      }
      at = next;
    }
    return this.bad;
  }

  /** Reads the packet at `at`, a PUBLISH up to its payload. Answers where it ends, 0 if more must come. */
  private packet(bytes: Bytes, at: number): number {
    const first = bytes.charCodeAt(at);
    let body = at + 1, length = 0, unit = 1, byte = 128;
    for (; byte > 127 && body < bytes.length && !this.bad; unit *= 128) {
      // [2.2.3]
      if (unit > 2097152) this.bad = "a remaining length of more than four bytes";
      byte = bytes.charCodeAt(body++);
      length += (byte & 127) * unit;
    }
    if (!this.bad) this.bad = headerFault(first, byte > 127 ? -1 : length);
    if (byte > 127 || this.bad) return 0;
    if (first >> 4 == 3) return this.publish(first, bytes, body, length);
    if (body + length > bytes.length) return 0;
    this.bad = this.sink.packet(first, bytes.substr(body, length)) || "";
    return body + length;
  }

  /** The head of a PUBLISH (3.3): topic, and id with QoS 1 and 2. */
  private publish(first: number, bytes: Bytes, at: number, length: number): number {
    const qos = (first >> 1) & 3;
    const known = at + 2 <= bytes.length;
    const topicEnd = known ? at + 2 + (bytes.charCodeAt(at) << 8) + bytes.charCodeAt(at + 1) : at + 2;
    const end = topicEnd + (qos ? 2 : 0);
    if (end - at > length) this.bad = "a PUBLISH too short for its topic";
    if (this.bad || !known || end > bytes.length) return 0;
    const topic = bytes.substring(at + 2, topicEnd);
    const id = qos ? (bytes.charCodeAt(topicEnd) << 8) + bytes.charCodeAt(topicEnd + 1) : 0;
    const fault = nameFault(topic, false);
    if (fault) this.bad = "a topic that " + fault;
    else if (qos && !id) this.bad = "packet id 0";
    else {
      this.now = { topic: topic, qos: qos, retain: (first & 1) > 0, dup: (first & 8) > 0, id: id, total: length - (end - at), offset: 0 };
      if (!this.now.total) this.payload("", end);
    }
    return end;
  }

  /** Takes what came of the payload, from `at` on. Answers where it ends. */
  private payload(piece: Bytes, at: number): number {
    const message = this.now!;
    let whole = piece;
    if (message.total <= this.most) {
      whole = this.held += piece;
      if (whole.length < message.total) return at + piece.length;
      this.held = "";
    }
    if (message.offset + whole.length == message.total) this.now = undefined;
    this.bad = this.sink.message(message, whole) || "";
    message.offset += whole.length;
    return at + piece.length;
  }
}
