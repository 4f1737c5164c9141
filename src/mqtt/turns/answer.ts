// What the broker answers, and what it is asked beside messages; QoS 2, which AWS IoT does not know. No function that is made here may be kept:
// the module is loaded for a moment.
import type { Bytes } from "../../bytes/bytes";
import type { MqttLink } from "../client";
import { bodyAt } from "../headers";
import { DISCONNECT, filtersPacket, idPacket, PUBCOMP, PUBREC, PUBREL } from "../packets";
import { subscriptionRefused } from "../reasons";
import { acknowledge, ACTIVE, RELEASED, resume, takeId, WANTED } from "../session";
import type { Outgoing } from "../session";
import { drop, dueSubscriptions } from "../subscriptions";
import { tell } from "../tell";
import { beat, KEEP, lose, say } from "./steps";

const CONNACK = 0x20, SUBACK = 0x90, UNSUBACK = 0xb0, PINGRESP = 0xd0;

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
  if (wrong) lose(link, { loss: "protocol", about: wrong });
  return link.lossReason ? -1 : at + 2 + body!.length;
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
  link.turn("mqttlook", "watch");
  return filtersPacket(asked[0]!.state == WANTED, link.askId, asked);
}

/** PUBREL. */
export function pubrel(link: MqttLink, message: Outgoing): Bytes {
  message.stage = RELEASED;
  link.turn("mqttlook", "watch");
  return idPacket(PUBREL, message.id);
}
