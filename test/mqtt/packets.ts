// For the tests of MQTT: our packets from the objects of the library mqtt-packet, what our parser tells, and a way to read what our client says.
import assert from "node:assert/strict";
import mqtt from "mqtt-packet";
import type { Bytes } from "../../src/bytes/bytes";
import { bodyAt } from "../../src/mqtt/headers";
import { connectPacket, DISCONNECT, filtersPacket, idPacket, PINGREQ, PUBACK, PUBCOMP, publishHead, PUBREC, PUBREL } from "../../src/mqtt/packets";
import { feed, type Message, type Reader } from "../../src/mqtt/parser";
import { nameFault } from "../../src/mqtt/topics";

export const bytesOf = (content: Buffer | string | undefined | null): Bytes => (content == null ? "" : Buffer.from(content as string).toString("latin1"));
export const hexOf = (bytes: Bytes): string => Buffer.from(bytes, "latin1").toString("hex");
export const fromHex = (hex: string): Bytes => Buffer.from(hex, "hex").toString("latin1");

/** What the library makes of an object. */
export const theirs = (packet: unknown): Bytes => mqtt.generate(packet as mqtt.Packet).toString("latin1");

/** The objects that the library reads in these bytes. */
export function read(bytes: Bytes): any[] {
  const packets: any[] = [];
  const parser = mqtt.parser({ protocolVersion: 4 });
  parser.on("packet", (packet: unknown) => packets.push(packet));
  parser.on("error", (error: Error) => { throw error; });
  const left = parser.parse(Buffer.from(bytes, "latin1"));
  assert.equal(left, 0, "half a packet is left");
  return packets;
}

/** What our client sends for such an object; undefined for packets that only a broker sends. */
export function ours(packet: any): Bytes | undefined {
  const ids: Record<string, number> = { puback: PUBACK, pubrec: PUBREC, pubrel: PUBREL, pubcomp: PUBCOMP };
  if (packet.cmd in ids) return idPacket(ids[packet.cmd]!, packet.messageId);
  switch (packet.cmd) {
    case "connect": {
      const will = packet.will && { topic: bytesOf(packet.will.topic), payload: bytesOf(packet.will.payload), qos: packet.will.qos, retain: packet.will.retain };
      return connectPacket({
        clientId: bytesOf(packet.clientId), keepAlive: packet.keepalive, clean: packet.clean, will,
        userName: packet.username === undefined ? undefined : bytesOf(packet.username), password: packet.password === undefined ? undefined : bytesOf(packet.password),
      });
    }
    case "publish": {
      const payload = bytesOf(packet.payload);
      return publishHead(bytesOf(packet.topic), packet.qos, packet.retain, packet.dup, packet.messageId, payload.length) + payload;
    }
    case "subscribe":
      return filtersPacket(true, packet.messageId, packet.subscriptions.map((one: any) => ({ filter: bytesOf(one.topic), qos: one.qos })));
    case "unsubscribe":
      return filtersPacket(false, packet.messageId, packet.unsubscriptions.map((topic: string) => ({ filter: bytesOf(topic), qos: 0 })));
    case "pingreq":
      return PINGREQ;
    case "disconnect":
      return DISCONNECT;
  }
  return undefined;
}

export interface Told {
  /** Packets and whole messages, as texts of their own. */
  told: string[];
  fault: string;
  /** Lengths of the pieces of payload. */
  pieces: number[];
}

/** What our parser tells of these slices. Pieces of one payload are joined, and must join. */
export function parse(slices: Bytes[], most = 4096): Told {
  const result: Told = { told: [], fault: "", pieces: [] };
  let payload = "";
  const reader: Reader = {
    longestWhole: most,
    turn: (_module, what, about, at) => {
      if (what === "topicFault") return nameFault(about, false);
      if (what === "violated") return (result.fault = about);
      const { body, fault } = bodyAt(about, at!);
      if (fault) result.fault = fault;
      if (fault || body === undefined) return fault ? -1 : 0;
      result.told.push(about.charCodeAt(at!) + " " + hexOf(body));
      return at! + 2 + body.length;
    },
    messagePiece: (message: Message, piece) => {
      assert.equal(message.offset, payload.length, "a piece out of its place");
      payload += piece;
      result.pieces.push(piece.length);
      if (payload.length < message.total) return true;
      assert.equal(payload.length, message.total);
      result.told.push(`${message.topic} ${message.qos} ${message.retain} ${message.dup} ${message.id} ${payload}`);
      payload = "";
      return true;
    },
  };
  for (const slice of slices) if (!result.fault) feed(reader, slice);
  return result;
}

/** What our parser must tell of an object that a broker may send; undefined for what only a client sends. */
export function expectedOf(packet: any): string | undefined {
  if (packet.cmd === "publish") return `${bytesOf(packet.topic)} ${packet.qos} ${packet.retain} ${packet.dup} ${packet.messageId ?? 0} ${bytesOf(packet.payload)}`;
  const first = { connack: 32, puback: 64, pubrec: 80, pubrel: 98, pubcomp: 112, suback: 144, unsuback: 176, pingresp: 208 }[packet.cmd as string];
  if (first === undefined) return undefined;
  const bytes = theirs(packet);
  assert.equal(bytes.charCodeAt(0), first);
  return first + " " + hexOf(bytes.slice(2));
}
