// The packets that a client sends (MQTT 3.1.1, chapters 2 and 3).
import type { Bytes } from "../bytes/bytes";

/** First byte of the packets that hold nothing but an id, flags and all (2.2.2). */
export const PUBACK = 0x40, PUBREC = 0x50, PUBREL = 0x62, PUBCOMP = 0x70;

/** Whole packets. */
export const PINGREQ = "\xc0\0", DISCONNECT = "\xe0\0";

/** What the broker says for us when the link dies without a DISCONNECT. */
export interface Will {
  topic: Bytes;
  payload: Bytes;
  qos?: number;
  retain?: boolean;
}

/** What a CONNECT says. Texts are bytes of UTF-8. */
export interface ConnectFields {
  clientId: Bytes;
  /** Seconds, 0..65535; 0 = none. */
  keepAlive: number;
  clean: boolean;
  will?: Will | undefined;
  userName?: Bytes | undefined;
  /** Only with a user name [MQTT-3.1.2-22]. */
  password?: Bytes | undefined;
}

/** 0..65535 as two bytes. */
export function uint16(value: number): Bytes {
  return String.fromCharCode(value >> 8, value & 255);
}

/** A string or binary data with its length before it (1.5.3). */
function field(bytes: Bytes): Bytes {
  return uint16(bytes.length) + bytes;
}

/** A first byte and the remaining length `length`, 0..268435455 (2.2.3). */
export function fixedHeader(first: number, length: number): Bytes {
  if (length < 128) return String.fromCharCode(first, length);
  let bytes = String.fromCharCode(first);
  for (; length > 127; length >>= 7) bytes += String.fromCharCode(128 | (length & 127));
  return bytes + String.fromCharCode(length);
}

/** CONNECT (3.1): the first packet of a connection, and the only one of its kind. */
export function connectPacket(fields: ConnectFields): Bytes {
  const { will, userName, password } = fields;
  let flags = fields.clean ? 2 : 0;
  let body = field(fields.clientId);
  if (will) {
    flags |= 4 | ((will.qos || 0) << 3) | (will.retain ? 32 : 0);
    body += field(will.topic) + field(will.payload);
  }
  if (userName !== undefined) {
    flags |= 128;
    body += field(userName);
    if (password !== undefined) {
      flags |= 64;
      body += field(password);
    }
  }
  return fixedHeader(0x10, 10 + body.length) + "\0\x04MQTT\x04" + String.fromCharCode(flags) + uint16(fields.keepAlive) + body;
}

/** A PUBLISH (3.3) up to its payload of `length` bytes. In memory while there is a link, so it calls no others. */
export function publishHead(topic: Bytes, qos: number, retain: boolean, dup: boolean, id: number, length: number): Bytes {
  "ram";
  const size = topic.length;
  let head = String.fromCharCode(0x30 | (dup ? 8 : 0) | (qos << 1) | (retain ? 1 : 0));
  length += size + (qos ? 4 : 2);
  for (; length > 127; length >>= 7) head += String.fromCharCode(128 | (length & 127));
  head += String.fromCharCode(length, size >> 8, size & 255) + topic;
  return qos ? head + String.fromCharCode(id >> 8, id & 255) : head;
}

/** PUBACK, PUBREC, PUBREL or PUBCOMP (3.4 to 3.7). */
export function idPacket(first: number, id: number): Bytes {
  return String.fromCharCode(first, 2) + uint16(id);
}

/** A SUBSCRIBE (3.8) of these filters, at least one; without `subscribe` the UNSUBSCRIBE (3.10). */
export function filtersPacket(subscribe: boolean, id: number, filters: { filter: Bytes; qos: number }[]): Bytes {
  let body = uint16(id);
  for (const one of filters) body += field(one.filter) + (subscribe ? String.fromCharCode(one.qos) : "");
  return fixedHeader(subscribe ? 0x82 : 0xa2, body.length) + body;
}
