// What time brings: a look at what is awaited, pings, lines about messages. No function that is made here may be kept: the module is loaded for
// a moment.
import { failure } from "../../flow/failure";
import type { MqttLink } from "../client";
import { PINGREQ } from "../packets";
import { ANSWER } from "../reasons";
import { RELEASED, SENT, WANTED } from "../session";
import type { Outgoing } from "../session";
import { tell } from "../tell";
import { beat, giveUp, KEEP, lose, say, SENDINGS } from "./steps";

/** Seconds until a ping must be answered. */
const PONG = 15;
/** Seconds until an acknowledgement must be there. */
const PATIENCE = 30;
/** Milliseconds between two lines about messages. */
const LINES = 250;

/** A ping has gone to the connection, which has not said it yet; it is said. */
const ASKED = 1, SAID = 2;

/** The socket is open and CONNECT on its way. */
export function opened(link: MqttLink): void {
  beat(link, ANSWER);
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
    return link.through(first, failed);
  }
  for (const one of asked) {
    one.sendings = (one.sendings || 0) + 1;
    // What the broker had taken in an earlier connection is asked for again, and so is the end of it, but not for ever.
    if (one.sendings >= SENDINGS || (one.done && one.state == WANTED)) giveUp(link, one, failed);
    else {
      tell(timers, one.done, failed);
      one.done = undefined;
    }
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

function tellLine(link: MqttLink, line: string): void {
  link.platform.console.print("publish " + line);
  link.unsaid = 0;
  link.lineTimer = link.later("mqttlook", "sum", LINES);
}

/** A message is through, and a line for it; after it one line at most four times a second. */
export function count(link: MqttLink, { topic, payload, qos }: Outgoing): void {
  tellLine(link, topic + ": " + payload.length + " bytes, " + (qos ? "acknowledged" : "sent"));
}

export function sum(link: MqttLink): void {
  const more = link.unsaid;
  link.unsaid = link.lineTimer = undefined;
  if (more) tellLine(link, "and " + more + " more");
}
