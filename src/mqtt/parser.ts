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

/** Takes what was parsed. */
export interface PacketSink {
  /** Any packet but PUBLISH, which begins at `at`. Answers where it ends; 0: more of it must come; -1: something is wrong, and parsing ends. */
  packetAt(bytes: Bytes, at: number): number;
  /** A whole payload, or its next piece. False: something is wrong. */
  messagePiece(message: Message, piece: Bytes): boolean;
  /** topicFault: answers what is wrong with the topic of a message, "" if nothing is; asked when it is another than the last. violated: the broker broke a rule. */
  turn(what: "topicFault" | "violated", about: Bytes): any;
}

export class Parser {
  /** Bytes of a packet of which more must come. */
  private rest: Bytes = "";
  /** The message whose payload is coming, and what is gathered of it. */
  private now: Message | undefined;
  private held: Bytes = "";
  /** The last topic, which was right. */
  private lastTopic: Bytes | undefined;

  /** @param most payloads up to so many bytes are handed over whole, longer ones in the pieces in which they come */
  constructor(private readonly sink: PacketSink, private readonly most: number) {}

  /** Takes the next bytes. After something wrong nothing more may be fed. */
  feed(bytes: Bytes): void {
    if (this.rest) bytes = this.rest + bytes;
    this.rest = "";
    let at = 0, next = 1;
    while (next > 0 && at < bytes.length) {
      next = this.now ? this.pieceOf(bytes, at) : bytes.charCodeAt(at) >> 4 == 3 ? this.headOf(bytes, at) : this.sink.packetAt(bytes, at);
      if (next > 0) at = next;
    }
    if (!next) this.rest = bytes.substr(at);
  }

  /** The head of a PUBLISH (3.3): topic, and id with QoS 1 and 2. */
  private headOf(bytes: Bytes, at: number): number {
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
    if (!fault && topic !== this.lastTopic) fault = this.sink.turn("topicFault", topic);
    if (!fault && qos && !id) fault = "packet id 0";
    if (fault) {
      this.sink.turn("violated", fault);
      return -1;
    }
    this.lastTopic = topic;
    this.now = { topic: topic, qos: qos, retain: (first & 1) > 0, dup: (first & 8) > 0, id: id, total: length - (end - at), offset: 0 };
    return this.now.total ? end : this.pieceOf(bytes, end);
  }

  /** Takes what came of the payload, from `at` on. */
  private pieceOf(bytes: Bytes, at: number): number {
    const message = this.now!;
    let piece = bytes.substr(at, message.total - message.offset - this.held.length);
    at += piece.length;
    if (message.total <= this.most) {
      piece = this.held += piece;
      if (piece.length < message.total) return at;
      this.held = "";
    }
    if (message.offset + piece.length == message.total) this.now = undefined;
    const right = this.sink.messagePiece(message, piece);
    message.offset += piece.length;
    return right ? at : -1;
  }
}
