// How a connection ends. No function that is made here may be kept: the module is loaded for a moment.
import { failure } from "../../flow/failure";
import type { Failure } from "../../flow/failure";
import type { MqttLink } from "../client";
import type { Loss } from "../reasons";
import { RELEASED, SENT } from "../session";
import type { Outgoing } from "../session";
import { tellOutgoing } from "../tell";
import { beat, giveUp, lose, SENDINGS } from "./steps";

/** Seconds until a DISCONNECT must be sent. */
const FAREWELL = 5;

/** The broker broke a rule. */
export function violated(link: MqttLink, what: string): void {
  lose(link, { loss: "protocol", about: what });
}

export function interrupted(link: MqttLink): void {
  lose(link, failure("memory", "Memory ran out over a message from the broker", "Subscribe to less, or read long payloads in pieces."));
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

/** A message is through, or `failed`. */
export function ending(link: MqttLink, message: Outgoing, failed?: Failure): void {
  tellOutgoing(link.platform.timers, message, failed);
}

/**
 * The connection ended over something that was on its way: AWS IoT does so for a topic that the policy forbids. What was suspected twice is said
 * alone after that, and given up when the broker has `closed` three connections over it, or twice as many broke. Answers its topic
 * or filter, "" if nothing was on its way.
 */
function suspected(link: MqttLink, closed: boolean): string {
  const session = link.boundSession;
  const asked = link.askedFor;
  const sent = session.outgoing.filter((one) => one.stage == SENT || one.stage == RELEASED);
  const those: { sendings?: number }[] = asked || sent;
  for (const one of those) one.sendings = (one.sendings || 0) + (closed ? 1 : 0.5);
  if (!those.length) return "";
  const name = asked ? asked[0]!.filter : sent[0]!.topic;
  if (those.length > 1 || those[0]!.sendings! < SENDINGS) return name;
  const failed = failure("mqtt-closed", "Connection after connection ended over " + name, "Does the policy allow iot:" + (asked ? "Subscribe on topicfilter/" : "Publish on topic/") + name + "? AWS IoT closes the connection for what it forbids.");
  if (asked) giveUp(link, asked[0]!, failed);
  else {
    session.outgoing = session.outgoing.filter((one) => one != sent[0]);
    ending(link, sent[0]!, failed);
  }
  return name;
}

/** The socket is closed; `reason` is missing if it ended cleanly. */
export function ended(link: MqttLink, reason?: Failure): void {
  if (link.isOver) return;
  const { longMessage, platform, writtenMessage } = link;
  // What breaks after CONNECT and before CONNACK was refused: AWS IoT does so when it does not like the certificate or the client id.
  const closed = !reason || (reason.code == "connection-lost" && !link.isUp);
  const suspect = link.isUp && !link.lossReason && !link.isLeaving && suspected(link, closed);
  const why: Failure | Loss | undefined = link.lossReason || (link.isLeaving ? undefined : closed ? { loss: "closed", about: suspect || link.isUp } : reason);
  link.isOver = true;
  link.isUp = false;
  link.knownTopic = undefined;
  link.pulse = platform.timers.cancel(link.pulse);
  // It would hold the link, where a transfer is to have its memory.
  link.lineTimer = platform.timers.cancel(link.lineTimer);
  if (link.unsaid) platform.console.print("publish and " + link.unsaid + " more");
  const cut = longMessage && !longMessage.qos ? longMessage : writtenMessage;
  link.wire = link.longMessage = link.writtenMessage = undefined;
  if (cut) ending(link, cut, why && "code" in why ? why : failure("connection-lost", "The connection ended within a message", "Publish it again."));
  link.tellKeeper("linkDown", why);
}
