// What happens seldom in a connection (client.ts): it is accepted, asked, looked after, lost; and the packets of QoS 2, which AWS IoT does not
// know. In a module of its own, loaded for the moment. So no function that is made here may be kept.
import type { Bytes } from "../bytes/bytes";
import { toUtf8 } from "../bytes/utf8";
import { failure } from "../flow/failure";
import type { Failure } from "../flow/failure";
import type { MqttLink } from "./client";
import { publicationFault } from "./connect";
import { bodyAt } from "./headers";
import { DISCONNECT, filtersPacket, idPacket, PINGREQ, PUBCOMP, PUBREC, PUBREL } from "./packets";
import { ANSWER, subscriptionRefused } from "./reasons";
import type { Loss } from "./reasons";
import { acknowledge, ACTIVE, RELEASED, resume, SENT, takeId, WANTED } from "./session";
import type { Outgoing } from "./session";
import { drop, dueSubscriptions } from "./subscriptions";
import { tell } from "./tell";
import { nameFault } from "./topics";

/** Seconds until a ping must be answered, a DISCONNECT be sent. */
const PONG = 15, FAREWELL = 5;
/** Seconds until an acknowledgement must be there; connections in which a message is sent in vain before it is given up. */
const PATIENCE = 30, SENDINGS = 3;
/** Part of the keep alive after which it is looked whether something was said: what was said right after a look waits for two. */
const KEEP = 0.45;
/** Milliseconds between two lines about messages. */
const LINES = 250;

/** A ping has gone to the connection, which has not said it yet; it is said. */
const ASKED = 1, SAID = 2;

const CONNACK = 0x20, SUBACK = 0x90, UNSUBACK = 0xb0, PINGRESP = 0xd0;

/** Looks again after `seconds`, if that is not 0. */
function beat(link: MqttLink, seconds: number): void {
  link.beatSeconds = seconds;
  link.pulse = link.platform.timers.cancel(link.pulse);
  if (seconds) link.pulse = link.later("look", seconds * 1000);
}

/** Puts a packet before the messages. */
function say(link: MqttLink, packet: Bytes): void {
  link.dueBytes = (link.dueBytes || "") + packet;
}

/** Ends the connection without a DISCONNECT: the broker sends the will. */
function lose(link: MqttLink, reason: Failure | Loss): void {
  link.lossReason = link.lossReason || reason;
  link.isUp = false;
  link.knownTopic = undefined;
  if (link.wire) link.wire.end();
}

/** The broker broke a rule. Answers -1. */
export function violated(link: MqttLink, what: string): number {
  lose(link, { loss: "protocol", about: what });
  return -1;
}

export function interrupted(link: MqttLink): void {
  lose(link, failure("memory", "Memory ran out over a message from the broker", "Subscribe to less, or read long payloads in pieces."));
}

/** The socket is open and CONNECT on its way. */
export function opened(link: MqttLink): void {
  beat(link, ANSWER);
}

/** The connection is to end: acknowledgements and DISCONNECT go out first. */
export function leave(link: MqttLink): void {
  if (link.isLeaving || link.isOver) return;
  link.isLeaving = link.isAsking = true;
  link.knownTopic = undefined;
  if (!link.isUp) return link.wire && link.wire.end();
  beat(link, FAREWELL);
  link.wake();
}

/** A message is through, or `failed`. A promise's failure is told as every command tells it. */
export function ending(link: MqttLink, message: Outgoing, failed?: Failure): void {
  const awaited = message.awaited;
  if (!awaited) return tell(link.platform.timers, message.done, failed);
  const nothing = () => "";
  awaited.commandTeller.run("publish", (done) => done(failed), nothing);
  awaited.promise!.then(nothing, nothing);
  awaited.reject!(failed!);
}

/** The socket is closed; `reason` is missing if it ended cleanly. */
export function ended(link: MqttLink, reason?: Failure): void {
  if (link.isOver) return;
  const { longMessage, platform, writtenMessage } = link;
  // What breaks after CONNECT and before CONNACK was refused: AWS IoT does so when it does not like the certificate or the client id.
  const closed = !reason || (reason.code == "connection-lost" && !link.isUp);
  const why: Failure | Loss | undefined = link.lossReason || (link.isLeaving ? undefined : closed ? { loss: "closed", about: link.isUp } : reason);
  link.isOver = true;
  link.isUp = false;
  link.knownTopic = undefined;
  link.pulse = platform.timers.cancel(link.pulse);
  const cut = longMessage && !longMessage.qos ? longMessage : writtenMessage;
  link.wire = link.longMessage = link.writtenMessage = undefined;
  if (cut) ending(link, cut, why && "code" in why ? why : failure("connection-lost", "The connection ended within a message", "Publish it again."));
  link.tellKeeper("linkDown", why);
}

/** CONNACK (3.2). */
function accepted(link: MqttLink, flags: number, code: number): string {
  if (link.isUp) return "a second CONNACK";
  // [MQTT-3.2.2-1, 3.2.2-4]
  if (flags > 1 || (flags && (code || link.isClean))) return "a CONNACK with wrong flags";
  if (code) {
    lose(link, { loss: "refused", about: code });
    return "";
  }
  for (const message of resume(link.boundSession, !!link.isClean, flags > 0)) link.through(message);
  link.isUp = link.isAsking = link.isMissed = true;
  beat(link, link.keepSeconds * KEEP);
  link.tellKeeper("linkUp", flags > 0);
  return "";
}

/** SUBACK (3.9) or UNSUBACK (3.11). */
function answered(link: MqttLink, first: number, id: number, body: Bytes): string {
  const timers = link.platform.timers;
  const asked = link.askedFor;
  if (!asked || id != link.askId) return "";
  const codes = first == SUBACK ? body.length - 2 : 0;
  if (codes != (asked[0]!.state == WANTED ? asked.length : 0)) return "an answer to something else";
  for (let i = 0; i < codes; i++) if (body.charCodeAt(i + 2) > 2 && body.charCodeAt(i + 2) != 128) return "a SUBACK with a wrong code";
  link.askedFor = undefined;
  link.isAsking = link.isMissed = true;
  for (let i = 0; i < asked.length; i++) {
    const one = asked[i]!;
    const done = one.done;
    const code = codes ? body.charCodeAt(i + 2) : 128;
    one.done = undefined;
    if (code < 128) one.state = ACTIVE;
    else drop(link.boundSession, one);
    if (!codes) tell(timers, done);
    else if (code < 128) tell(timers, done, undefined, code);
    else if (done) tell(timers, done, subscriptionRefused(one.filter));
    else link.tellKeeper("linkRefused", subscriptionRefused(one.filter));
  }
  return "";
}

/** Takes a packet; answers what is wrong with it, "" if nothing is. */
function take(link: MqttLink, first: number, body: Bytes): string {
  const id = (body.charCodeAt(0) << 8) + body.charCodeAt(1);
  const session = link.boundSession;
  if (first == CONNACK) return accepted(link, body.charCodeAt(0), body.charCodeAt(1));
  // [MQTT-3.2.0-1]
  if (!link.isUp) return "something before CONNACK";
  if (first == PINGRESP) {
    link.isPinged = 0;
    return "";
  }
  if (!id) return "packet id 0";
  if (first == SUBACK || first == UNSUBACK) return answered(link, first, id, body);
  if (first == PUBREL) {
    session.incoming = session.incoming && session.incoming.filter((one) => one != id);
    say(link, idPacket(PUBCOMP, id));
    return "";
  }
  const message = acknowledge(session, first, id);
  if (typeof message == "string") return message;
  link.isMissed = true;
  if (message) link.through(message);
  // Of a message nobody here remembers: the broker is let off too.
  else if (first == PUBREC && !session.outgoing.some((one) => one.id == id)) say(link, idPacket(PUBREL, id));
  return "";
}

/** Any packet but PUBLISH and the usual PUBACK: Reader. */
export function packet(link: MqttLink, bytes: Bytes, at: number): number {
  const { body, fault } = bodyAt(bytes, at);
  if (!fault && body === undefined) return 0;
  const wrong = fault || take(link, bytes.charCodeAt(at), body!);
  if (wrong) return violated(link, wrong);
  return link.lossReason ? -1 : at + 2 + body!.length;
}

export function topicFault(link: MqttLink, topic: Bytes): string {
  const fault = nameFault(topic, false);
  return fault && "a topic that " + fault;
}

/** SUBSCRIBE or UNSUBSCRIBE for what waits for one, DISCONNECT if it is time for it. */
export function request(link: MqttLink): Bytes {
  link.isAsking = false;
  if (link.isLeaving) {
    link.farewellSaid = true;
    return DISCONNECT;
  }
  const asked = link.askedFor ? [] : dueSubscriptions(link.boundSession);
  if (!asked.length) return "";
  link.askedFor = asked;
  link.askId = takeId(link.boundSession, 0);
  watch(link);
  return filtersPacket(asked[0]!.state == WANTED, link.askId, asked);
}

/** PUBREL. */
export function release(link: MqttLink, message: Outgoing): Bytes {
  message.stage = RELEASED;
  watch(link);
  return idPacket(PUBREL, message.id);
}

/** wake(), from a timer. */
export function waken(link: MqttLink): void {
  link.wake();
}

/** What an acknowledgement is awaited for: the SUBSCRIBE or UNSUBSCRIBE, or the oldest message and how far it is. 0 if nothing is. */
function awaited(link: MqttLink): number {
  const first = link.boundSession.outgoing[0];
  if (link.askedFor) return -link.askId!;
  return first && !link.longMessage && (first.stage == SENT || first.stage == RELEASED) ? first.id * 8 + first.stage : 0;
}

/** Seconds until it must be looked again, 0 for never. */
function patienceOf(link: MqttLink): number {
  const keep = link.keepSeconds * KEEP;
  const left = PATIENCE - (link.awaitedFor || 0);
  return link.awaitedCode && !(keep && keep < left) ? left : keep;
}

/** Something is said that must be acknowledged: it is looked after, if nothing is yet. */
export function watch(link: MqttLink): void {
  if (link.awaitedCode || link.isPinged) return;
  link.awaitedFor = 0;
  link.awaitedCode = awaited(link);
  beat(link, patienceOf(link));
}

/** The broker lives, and does not acknowledge: only another connection may say it again (4.4). Who is answered by none is told. */
function unanswered(link: MqttLink): void {
  const session = link.boundSession;
  const timers = link.platform.timers;
  const asked = link.askedFor;
  const first = session.outgoing[0]!;
  const failed = failure("timeout", "The broker did not acknowledge " + (asked ? asked[0]!.filter : first.topic) + " within " + PATIENCE + " s", "AWS IoT is busy or, for QoS 2, does not know it: try again.");
  lose(link, failed);
  if (!asked) {
    first.sendings = (first.sendings || 0) + 1;
    if (first.sendings < SENDINGS) return;
    session.outgoing.shift();
    return ending(link, first, failed);
  }
  for (const one of asked) {
    const done = one.done;
    one.done = undefined;
    // What the broker had taken in an earlier connection is asked for again.
    if (done && one.state == WANTED) drop(session, one);
    tell(timers, done, failed);
  }
}

/** Keep alive (3.1.2.10), and the ends of all patience. */
export function look(link: MqttLink): void {
  const keep = link.keepSeconds * KEEP;
  const patience = Math.min(PONG, keep);
  link.pulse = undefined;
  if (link.isOver) return;
  if (link.isLeaving) return link.wire && link.wire.end();
  if (!link.isUp) return lose(link, { loss: "silent", about: 0 });
  const code = awaited(link);
  link.awaitedFor = code && code == link.awaitedCode ? link.awaitedFor! + link.beatSeconds! : 0;
  link.awaitedCode = code;
  if (link.awaitedFor > PATIENCE - 1) return unanswered(link);
  // An answer may stand behind a long message: as long as something comes, the broker is there.
  // Nor can a ping be said while a long message goes out.
  if (link.isPinged && !link.hasHeard && (link.isPinged == SAID || !link.hasSent)) return lose(link, { loss: "silent", about: Math.ceil(patience) });
  const isDue = keep > 0 && !link.isPinged && !(link.hasSent && link.hasHeard);
  link.hasSent = link.hasHeard = false;
  if (isDue) {
    link.isPinged = ASKED;
    say(link, PINGREQ);
    link.wake();
  }
  if (link.isPinged && !link.dueBytes) link.isPinged = SAID;
  beat(link, link.isPinged ? patience : patienceOf(link));
}

/** True if `topic` can be published to; it is kept beside its bytes. */
export function known(link: MqttLink, topic: unknown): boolean {
  if (!link.isUp || link.isLeaving || typeof topic != "string" || publicationFault({ topic: toUtf8(topic), payload: "" })) return false;
  link.knownTopic = topic;
  link.topicBytes = toUtf8(topic);
  return true;
}

/** A message is through, and a line for it; after it one line at most four times a second. */
export function count(link: MqttLink, { topic, payload, qos }: Outgoing): void {
  tellLine(link, topic + ": " + payload.length + " bytes, " + (qos ? "acknowledged" : "sent"));
}

function tellLine(link: MqttLink, line: string): void {
  link.platform.console.print("publish " + line);
  link.unsaid = 0;
  link.later("sum", LINES);
}

export function sum(link: MqttLink): void {
  const more = link.unsaid;
  link.unsaid = undefined;
  if (more) tellLine(link, "and " + more + " more");
}
