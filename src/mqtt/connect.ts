// What may be asked of the client, and CONNECT: needed before there is a link, not while it lives.
import type { Bytes } from "../bytes/bytes";
import { toUtf8 } from "../bytes/utf8";
import { failure } from "../flow/failure";
import type { Failure } from "../flow/failure";
import type { Platform } from "../platform/ports";
import type { MqttOptions, Publication } from "./link";
import { connectPacket } from "./packets";
import type { ConnectFields } from "./packets";
import type { Session } from "./session";
import { textFault, topicFault } from "./topics";

/** AWS IoT: bytes of a payload, of a client id; subscriptions of a connection. */
const LONGEST_PAYLOAD = 131072, LONGEST_CLIENT_ID = 128, SUBSCRIPTIONS = 50;

/** What is wrong with an argument, "" if nothing is. */
export function publicationFault(message: Publication): string {
  const fault = topicFault(message.topic, false);
  if (fault) return "the topic " + fault;
  if (message.payload.length > LONGEST_PAYLOAD) return "the payload is longer than 128 KB";
  return qosFault(message.qos || 0);
}

export function qosFault(qos: number): string {
  return qos === 0 || qos === 1 || qos === 2 ? "" : "QoS is 0, 1 or 2";
}

/** The same of a subscription; of its end without a session. AWS IoT: 50 of a connection. */
export function subscriptionFault(session: Session | undefined, filter: Bytes, qos: number): string {
  const fault = topicFault(filter, true);
  if (fault) return "the filter " + fault;
  const others = session ? session.subscriptions.filter((one) => one.listener && one.filter != filter).length : 0;
  return others >= SUBSCRIPTIONS ? "there are 50 subscriptions" : qosFault(qos);
}

export function argument(what: string): Failure {
  return failure("argument", "MQTT: " + what, "AWS IoT takes topics of up to 256 bytes with 7 slashes, payloads of up to 128 KB and 50 filters.");
}

/** What is wrong with what CONNECT is to say, "" if nothing is. */
function connectFault(fields: ConnectFields): string {
  const { clientId, keepAlive, will, userName, password } = fields;
  // [MQTT-3.1.3-7]
  if (!clientId && !fields.clean) return "a session that is kept needs a client id";
  if (clientId.length > LONGEST_CLIENT_ID || textFault(clientId)) return "the client id is longer than 128 bytes or holds U+0000";
  if (!(keepAlive >= 0 && keepAlive <= 65535)) return "keepAlive is 0 to 65535 seconds";
  // [MQTT-3.1.2-22]
  if (password !== undefined && userName === undefined) return "a password needs a user name";
  if (textFault(userName || "")) return "the user name holds U+0000";
  if ((userName || "").length > 65535 || (password || "").length > 65535) return "user name or password is too long";
  if (!will) return "";
  if (will.payload.length > 65535) return "the will is longer than 65535 bytes";
  const fault = publicationFault(will);
  return fault && "the will: " + fault;
}

/** The CONNECT of a session, or what is wrong with it. */
export function greeting(platform: Pick<Platform, "random">, session: Session, options: MqttOptions): Bytes | Failure {
  const will = options.will;
  if (will && typeof will.topic != "string") return argument("the will has no topic");
  const fields: ConnectFields = {
    clientId: toUtf8(session.clientId),
    keepAlive: options.keepAlive,
    clean: options.clean,
    will: will && { topic: toUtf8(will.topic), payload: will.payload, qos: will.qos || 0, retain: !!will.retain },
    userName: options.userName === undefined ? undefined : toUtf8(options.userName),
    password: options.password,
  };
  const fault = connectFault(fields);
  if (fault) return argument(fault);
  // The broker may remember ids that a board without memory has used: chance keeps away from them.
  if (!session.nextId) session.nextId = 1 + Math.floor(platform.random.fraction() * 65535);
  return connectPacket(fields);
}
