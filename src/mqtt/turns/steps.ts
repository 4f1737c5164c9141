// Small steps that several turns take.
import type { Bytes } from "../../bytes/bytes";
import type { Failure } from "../../flow/failure";
import type { MqttLink } from "../client";
import type { Loss } from "../reasons";
import type { Subscription } from "../session";
import { drop } from "../subscriptions";
import { tell } from "../tell";

/** Part of the keep alive after which it is looked whether something was said: what was said right after a look waits for two. */
export const KEEP = 0.45;

/** Connections in which something is said in vain before it is given up. */
export const SENDINGS = 3;

/** A subscription, or its end, that no answer is awaited for any more. What nobody waits for is told as the link's own loss. */
export function giveUp(link: MqttLink, one: Subscription, failed: Failure): void {
  const done = one.done;
  one.done = undefined;
  drop(link.boundSession, one);
  if (done) tell(link.platform.timers, done, failed);
  else link.tellKeeper("linkRefused", failed);
}

/** Looks again after `seconds`, if that is not 0. */
export function beat(link: MqttLink, seconds: number): void {
  link.beatSeconds = seconds;
  link.pulse = link.platform.timers.cancel(link.pulse);
  if (seconds) link.pulse = link.later("mqttlook", "look", seconds * 1000);
}

/** Puts a packet before the messages. */
export function say(link: MqttLink, packet: Bytes): void {
  link.dueBytes = (link.dueBytes || "") + packet;
}

/** Ends the connection without a DISCONNECT: the broker sends the will. */
export function lose(link: MqttLink, reason: Failure | Loss): void {
  link.lossReason = link.lossReason || reason;
  link.isUp = false;
  link.knownTopic = undefined;
  if (link.wire) link.wire.end();
}
