// Topics: of what comes in, of what is to go out.
import type { Bytes } from "../../bytes/bytes";
import { toUtf8 } from "../../bytes/utf8";
import type { MqttLink } from "../client";
import { nameFault, topicFault as publicationFault } from "../topics";

export function topicFault(link: MqttLink, topic: Bytes): string {
  const fault = nameFault(topic, false);
  return fault && "a topic that " + fault;
}

/** True if `topic` can be published to; it is kept beside its bytes. */
export function known(link: MqttLink, topic: unknown): boolean {
  if (!link.isUp || link.isLeaving || typeof topic != "string" || publicationFault(toUtf8(topic), false)) return false;
  link.knownTopic = topic;
  link.topicBytes = toUtf8(topic);
  return true;
}
