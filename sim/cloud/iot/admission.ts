// What AWS IoT takes of a client's packets, and why it closes on the rest (AWS IoT developer guide, "AWS IoT differences from MQTT
// specifications"; quotas). Pure.
import type { IConnectPacket, IPublishPacket, ISubscription } from "mqtt-packet";
import type { IotAction } from "./policy";
import { isPublishable, isSubscribable, LIMITS, topicFault } from "./topics";

/** Whether the policy lets the client do it. */
export type Allows = (action: IotAction, resource: string) => boolean;

/** CONNACK's return code: AWS has 7 in place of 5. */
export function connectCode({ clientId, protocolId, protocolVersion }: IConnectPacket, allows: Allows): number {
  if (protocolId !== "MQTT" || protocolVersion !== 4) return 1;
  if (clientId === "" || clientId.startsWith("$") || Buffer.byteLength(clientId) > LIMITS.clientIdBytes) return 2;
  return allows("iot:Connect", `client/${clientId}`) ? 0 : 7;
}

export function willFault(will: IConnectPacket["will"], allows: Allows): string | undefined {
  if (will === undefined) return undefined;
  if (will.qos === 2) return "will with QoS 2";
  if (will.payload.length > LIMITS.payloadBytes) return "will over 128 KB";
  const fault = topicFault(will.topic, false) ?? (isPublishable(will.topic) ? undefined : "will to a reserved topic");
  return fault ?? publishDenied(will.topic, will.retain === true, allows);
}

export function publishFault({ topic, qos, retain, payload }: IPublishPacket, allows: Allows): string | undefined {
  if (qos === 2) return "PUBLISH with QoS 2";
  const fault = topicFault(topic, false);
  if (fault !== undefined) return fault;
  if (payload.length > LIMITS.payloadBytes) return "payload over 128 KB";
  if (retain && topic.startsWith("$")) return "retained PUBLISH to a reserved topic";
  if (!isPublishable(topic)) return "PUBLISH to a reserved topic";
  return publishDenied(topic, retain, allows);
}

function publishDenied(topic: string, retain: boolean, allows: Allows): string | undefined {
  if (!allows("iot:Publish", `topic/${topic}`)) return "PUBLISH denied by the policy";
  return retain && !allows("iot:RetainPublish", `topic/${topic}`) ? "retained PUBLISH denied by the policy" : undefined;
}

/** What is wrong with a SUBSCRIBE, whatever the policy says. */
export function subscribeFault(subscriptions: ISubscription[]): string | undefined {
  if (subscriptions.length > LIMITS.filtersPerSubscribe) return "too many filters in SUBSCRIBE";
  for (const { topic, qos } of subscriptions) {
    if (qos === 2) return "SUBSCRIBE with QoS 2";
    const fault = topicFault(topic, true);
    if (fault !== undefined) return fault;
    if (!isSubscribable(topic)) return "SUBSCRIBE to a reserved topic";
  }
  return undefined;
}

/** Seconds of silence after which a client that asked for this keep alive is cut off. */
export function longestSilence(asked: number): number {
  const { least, most } = LIMITS.keepAlive;
  return 1.5 * (asked === 0 || asked > most ? most : Math.max(asked, least));
}
