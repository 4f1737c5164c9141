// Small steps that several turns take.
import type { Bytes } from "../../bytes/bytes";
import type { Failure } from "../../flow/failure";
import type { MqttLink } from "../client";
import type { Loss } from "../reasons";

/** Part of the keep alive after which it is looked whether something was said: what was said right after a look waits for two. */
export const KEEP = 0.45;

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
