// MQTT 3.1.1 packets cut out of a stream of bytes, read strictly: what is not exactly as the standard writes it is no packet.
import { generate, parser, type Packet } from "mqtt-packet";

/** A packet with the bytes it came in. */
export interface Framed {
  packet: Packet;
  bytes: Buffer;
}

export class BadPacket extends Error {}

/** The longest packet: the largest payload, its topic, and room for the rest of a CONNECT. */
const LONGEST = 131_072 + 4096;

/** Cuts what it is given into packets. Throws BadPacket. */
export class Framer {
  private rest = Buffer.alloc(0);

  feed(bytes: Buffer): Framed[] {
    this.rest = Buffer.concat([this.rest, bytes]);
    const found: Framed[] = [];
    for (let length = this.wholeLength(); length !== undefined && length <= this.rest.length; length = this.wholeLength()) {
      const one = this.rest.subarray(0, length);
      this.rest = this.rest.subarray(length);
      found.push({ packet: readPacket(one), bytes: one });
    }
    return found;
  }

  /** Header, length and body; `undefined` until the length is there. */
  private wholeLength(): number | undefined {
    let length = 0;
    for (let at = 1; at <= 4; at++) {
      const byte = this.rest[at];
      if (byte === undefined) return undefined;
      length += (byte & 127) * 128 ** (at - 1);
      if (byte > 127) continue;
      if (length > LONGEST) throw new BadPacket("packet over the limit of 128 KB");
      return at + 1 + length;
    }
    throw new BadPacket("remaining length of more than four bytes");
  }
}

/** Reads one packet. What written again is not the same, such as ill-formed UTF-8 or bytes left over, is refused. */
function readPacket(bytes: Buffer): Packet {
  const reader = parser({ protocolVersion: 4 } as Parameters<typeof parser>[0]);
  let packet: Packet | undefined;
  let failed: Error | undefined;
  reader.on("packet", (one) => (packet = one));
  reader.on("error", (error) => (failed = error));
  reader.parse(bytes);
  if (failed !== undefined || packet === undefined) throw new BadPacket(failed?.message ?? "no packet");
  if (!sameAgain(packet, bytes)) throw new BadPacket(`malformed ${packet.cmd}`);
  return packet;
}

function sameAgain(packet: Packet, bytes: Buffer): boolean {
  try {
    return generate(packet).equals(bytes);
  } catch {
    // An empty client id without clean session cannot be written, but is answered with a CONNACK of its own.
    return packet.cmd === "connect" && packet.clientId === "";
  }
}
