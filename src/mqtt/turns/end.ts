// How a connection ends. No function that is made here may be kept: the module is loaded for a moment.
import { failure } from "../../flow/failure";
import type { Failure } from "../../flow/failure";
import type { MqttLink } from "../client";
import type { Loss } from "../reasons";
import type { Outgoing } from "../session";
import { tell } from "../tell";
import { beat, lose } from "./steps";

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
  // It would hold the link, where a transfer is to have its memory.
  link.lineTimer = platform.timers.cancel(link.lineTimer);
  if (link.unsaid) platform.console.print("publish and " + link.unsaid + " more");
  const cut = longMessage && !longMessage.qos ? longMessage : writtenMessage;
  link.wire = link.longMessage = link.writtenMessage = undefined;
  if (cut) ending(link, cut, why && "code" in why ? why : failure("connection-lost", "The connection ended within a message", "Publish it again."));
  link.tellKeeper("linkDown", why);
}
