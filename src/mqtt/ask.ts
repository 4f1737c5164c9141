// What is asked of a connection, at any time, also before it is up: it is noted in the session. Arguments are right already (connect.ts).
import type { Bytes } from "../bytes/bytes";
import { toUtf8 } from "../bytes/utf8";
import { failure } from "../flow/failure";
import type { Done } from "../flow/failure";
import type { Link, Publication } from "./link";
import { LEAVING, NEW, WANTED } from "./session";
import type { Listener, Session, Subscription } from "./session";
import { replace } from "./subscriptions";

/**
 * Publishes. QoS 0: `done` when the connection has taken the message; 1 and 2: when the broker has acknowledged it, in whichever connection
 * of the session. Failure, for QoS 0: the loss of the connection in the middle of a long payload.
 */
export function publish(session: Session, link: Link, message: Publication, done?: Done<void>): void {
  session.outgoing.push({ id: 0, qos: message.qos || 0, topic: toUtf8(message.topic), payload: message.payload, retain: !!message.retain, stage: NEW, done: done });
  link.wake();
}

/** Notes a subscription in the session, in the place of one with the same filter. */
function note(session: Session, link: Link, wanted: Subscription): void {
  const lost = replace(session, wanted, link.askedFor);
  link.isAsking = true;
  if (lost && lost.done) lost.done(failure("busy", "Something else was asked for " + wanted.filter + " meanwhile", "Wait for the first answer."));
  link.later("mqttlook", "waken", 0);
}

/**
 * Subscribes; every listener whose filter matches gets a message. The same filter again replaces its listener. `done` gets the granted
 * QoS. Failures: mqtt-refused (cause.status 128), busy (the next call for this filter came before it was sent).
 */
export function subscribe(session: Session, link: Link, filter: Bytes, qos: number, listener: Listener, done?: Done<number>): void {
  note(session, link, { filter: toUtf8(filter), qos: qos, state: WANTED, listener: listener, done: done });
}

/** Ends a subscription; its listener is not called any more. Failure: busy. */
export function unsubscribe(session: Session, link: Link, filter: Bytes, done?: Done<number>): void {
  note(session, link, { filter: toUtf8(filter), qos: 0, state: LEAVING, done: done });
}
