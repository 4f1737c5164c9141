// The state of an MQTT session (3.1.1 section 4.1) and its rules. It is plain data: it outlives connections, and the module that works on it.
import type { Bytes } from "../bytes/bytes";
import type { Done, Failure } from "../flow/failure";
import { PUBACK, PUBCOMP, PUBREC } from "./packets";
import type { Teller } from "./link";
import type { Message } from "./parser";

/**
 * Takes a message, or the next piece of a long one: then `info.total` is more than `payload.length`, and a connection that is lost in
 * between makes QoS 1 and 2 begin again at `info.offset` 0. `topic` and `payload` are bytes; text is UTF-8.
 */
export type Listener = (topic: Bytes, payload: Bytes, info: Message) => void;

/** What becomes of a subscription: the broker is to be told, knows of it, or is to forget it. */
export const WANTED = 0, ACTIVE = 1, LEAVING = 2;

export interface Subscription {
  filter: Bytes;
  qos: number;
  state: number;
  /** None while it is leaving. */
  listener?: Listener;
  /** Connections that ended over it, or in which nobody answered it: it is asked alone. */
  sendings?: number;
  /** Until the broker has answered. */
  done?: Done<number> | undefined;
}

/** How far a message is: not sent; to be sent again with DUP; sent; received by the broker and to be released (QoS 2); released. */
export const NEW = 0, AGAIN = 1, SENT = 2, RELEASE = 3, RELEASED = 4;

/** A promise, and whose it is. */
export interface Awaited {
  promise?: Promise<unknown>;
  resolve?: (told: unknown) => void;
  reject?: (failed: Failure) => void;
  told: { topic: unknown; qos: number; queued: boolean };
  /** Tells a failure. */
  commandTeller: Teller;
}

export interface Outgoing {
  /** 0 until it is sent. */
  id: number;
  qos: number;
  topic: Bytes;
  payload: Bytes;
  retain: boolean;
  stage: number;
  /** It lies in flash, too. */
  isKept?: boolean;
  /** Connections in which nobody acknowledged it, or that ended over it: it goes alone. */
  sendings?: number;
  /** QoS 0: it was given to the connection. Otherwise the broker has acknowledged it, or let three connections pass without a word: a failure. */
  done?: Done<void> | undefined;
  /** The promise in the place of `done`, and its value. */
  awaited?: Awaited | undefined;
}

export interface Session {
  clientId: Bytes;
  /** The packet id tried next; 0 before the first connection. */
  nextId: number;
  subscriptions: Subscription[];
  /** In the order in which they were given; what waits for an acknowledgement is in front. */
  outgoing: Outgoing[];
  /** Ids of QoS 2 messages that were delivered here and are not released yet. */
  incoming?: number[] | undefined;
}

/** A session that has never been connected. */
export function createSession(clientId: Bytes): Session {
  return { clientId: clientId, nextId: 0, subscriptions: [], outgoing: [] };
}

/** A packet id that neither a message nor the request `asked` uses [MQTT-2.3.1-1, 2.3.1-2]. */
export function takeId(session: Session, asked?: number): number {
  let id = 0, taken = true;
  while (taken) {
    id = session.nextId || 1;
    session.nextId = id < 65535 ? id + 1 : 1;
    taken = id == asked;
    for (const message of session.outgoing) if (message.id == id) taken = true;
  }
  return id;
}

/**
 * The broker took the connection; `present` says whether it still has this session. What was not acknowledged becomes ready to be sent again:
 * with its old id and DUP [MQTT-4.4.0-1], as new in a clean session [MQTT-3.1.2-6]. Answers messages that are done with a session that is
 * gone: the broker had received them.
 */
export function resume(session: Session, clean: boolean, present: boolean): Outgoing[] {
  const over: Outgoing[] = [];
  if (!present) {
    // Another session's ids say nothing: a new message may carry any of them.
    session.incoming = undefined;
    for (const one of session.subscriptions) if (one.state == ACTIVE) one.state = WANTED;
  }
  for (const message of session.outgoing) {
    if (message.stage == SENT) message.stage = AGAIN;
    if (message.stage == RELEASED) message.stage = RELEASE;
    if (!clean) continue;
    if (message.stage == RELEASE) over.push(message);
    message.stage = NEW;
    message.id = 0;
  }
  if (over.length) session.outgoing = session.outgoing.filter((message) => over.indexOf(message) < 0);
  return over;
}

/** An acknowledgement came. Answers the message that is done with it, undefined if it goes on or is not known, or what is wrong. */
export function acknowledge(session: Session, first: number, id: number): Outgoing | string | undefined {
  const list = session.outgoing;
  let at = 0;
  while (at < list.length && list[at]!.id != id) at++;
  const message = list[at];
  if (!message) return undefined;
  if ((message.qos == 1) != (first == PUBACK) || (first == PUBCOMP && message.stage < RELEASE)) return "an acknowledgement of the wrong kind (" + first + ")";
  const released = message.stage >= RELEASE;
  if (first == PUBREC) message.stage = RELEASE;
  if (first == PUBREC && released) return undefined;
  list.splice(at, 1);
  if (first != PUBREC) return message;
  // PUBRELs go in the order of the PUBRECs, whatever order the broker chose [MQTT-4.6.0-4].
  let to = list.length;
  while (to > 0 && list[to - 1]!.stage < RELEASE) to--;
  list.splice(to, 0, message);
  return undefined;
}
