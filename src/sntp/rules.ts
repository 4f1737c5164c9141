// What a client accepts from a time server and what it makes of it (RFC 4330 sections 5 and 8, RFC 5905 section 7.4).
import type { Bytes } from "../bytes/bytes";
import { parseSntpReply } from "./packet";

/** No clock can be right that stands before this firmware was written: 2026-01-01 UTC, milliseconds. */
export const EARLIEST = 1767225600000;

/** A longer way there and back makes the answer too vague, milliseconds. */
const LONGEST_ROUND_TRIP = 5000;

/** What to do with a reply: take its offset; ignore it and go on waiting; or give the server up, for this call (`drop`) with a reason. */
export type Verdict =
  | { action: "accept"; offset: number; delay: number; stratum: number }
  | { action: "ignore"; reason: string }
  | { action: "drop"; reason: string };

/**
 * Judges a datagram. `nonce` is what was sent, `sent` (T1) and `arrived` (T4) are milliseconds of the own clock, right or not.
 * offset = ((T2 - T1) + (T3 - T4)) / 2 is to be added to the own clock; delay = (T4 - T1) - (T3 - T2).
 */
export function judge(packet: Bytes, nonce: Bytes, sent: number, arrived: number): Verdict {
  const reply = parseSntpReply(packet);
  // A packet that does not answer our request says nothing about the server: somebody else may have sent it.
  if (!reply) return { action: "ignore", reason: "a packet shorter than 48 bytes" };
  if (reply.mode != 4) return { action: "ignore", reason: "not a server's answer (mode " + reply.mode + ")" };
  if (reply.originate != nonce) return { action: "ignore", reason: "an answer to another request" };
  if (reply.stratum == 0) {
    const kiss = reply.reference;
    return { action: "drop", reason: "kiss of death " + (/^[A-Z]+$/.test(kiss) ? kiss : "without a code") };
  }
  if (reply.version < 1 || reply.version > 4) return { action: "drop", reason: "version " + reply.version };
  if (reply.leap == 3) return { action: "drop", reason: "its clock is not synchronised" };
  if (reply.stratum > 15) return { action: "drop", reason: "stratum " + reply.stratum };
  if (reply.rootDistance >= 1) return { action: "drop", reason: "its own error is a second or more" };
  if (reply.transmitted === undefined || reply.received === undefined) return { action: "drop", reason: "an answer without a time" };
  const delay = arrived - sent - (reply.transmitted - reply.received);
  // A clock in whole milliseconds can make a very short way look negative by one.
  if (delay < -2 || arrived - sent > LONGEST_ROUND_TRIP || delay > LONGEST_ROUND_TRIP) {
    return { action: "drop", reason: "a round trip of " + Math.round(delay) + " ms" };
  }
  const offset = (reply.received - sent + (reply.transmitted - arrived)) / 2;
  if (arrived + offset < EARLIEST) return { action: "drop", reason: "a time before 2026" };
  return { action: "accept", offset: offset, delay: delay < 0 ? 0 : delay, stratum: reply.stratum };
}
