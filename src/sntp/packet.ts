// SNTP packets: 48 bytes, encode and parse (RFC 4330 section 4, RFC 5905 section 7.3). No clock, no I/O.
import type { Bytes } from "../bytes/bytes";
import { readUint32 } from "../bytes/bigEndian";

/** The fields of a reply that a client decides by. */
export interface SntpReply {
  /** 3 = the server's clock is not synchronised. */
  leap: number;
  version: number;
  /** 4 = server. */
  mode: number;
  /** 0 = kiss of death, 1..15 = distance from a reference clock. */
  stratum: number;
  /** Half the way to the reference clock and back plus its error, seconds. */
  rootDistance: number;
  /** The four characters of a kiss code when stratum is 0. */
  reference: Bytes;
  /** What the client sent as its transmit time, 8 bytes. */
  originate: Bytes;
  /** When the request came (T2) and the answer left (T3): milliseconds since 1970; undefined where the packet holds zero. */
  received: number | undefined;
  transmitted: number | undefined;
}

/**
 * A request (version 4, mode 3). `nonce` is eight random bytes in the place of the transmit time: the server gives them
 * back as originate, so that a reply can be told from a forged one, and our own clock is not disclosed.
 */
export function sntpRequest(nonce: Bytes): Bytes {
  let packet = "\x23";
  while (packet.length < 40) packet += "\0";
  return packet + nonce;
}

/**
 * An NTP time (32.32 bits since 1900) as milliseconds since 1970. Era 0 ended on 2036-02-07: a first bit of 0 means era 1,
 * as no clock this firmware can meet stands before 1968 (RFC 4330 section 3).
 */
function ntpTime(packet: Bytes, at: number): number | undefined {
  const seconds = readUint32(packet, at);
  const fraction = readUint32(packet, at + 4);
  if (!seconds && !fraction) return undefined;
  return (seconds - 2208988800 + (seconds < 2147483648 ? 4294967296 : 0)) * 1000 + (fraction / 4294967296) * 1000;
}

/** The fields of a reply; undefined if the packet is shorter than 48 bytes. */
export function parseSntpReply(packet: Bytes): SntpReply | undefined {
  if (packet.length < 48) return undefined;
  const first = packet.charCodeAt(0);
  return {
    leap: first >> 6,
    version: (first >> 3) & 7,
    mode: first & 7,
    stratum: packet.charCodeAt(1),
    rootDistance: readUint32(packet, 4) / 131072 + readUint32(packet, 8) / 65536,
    reference: packet.substr(12, 4),
    originate: packet.substr(24, 8),
    received: ntpTime(packet, 32),
    transmitted: ntpTime(packet, 40),
  };
}
