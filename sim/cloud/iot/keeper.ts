// What a door (one MQTT connection) asks of the broker's side, and tells it.
import type { IConnectPacket, Packet } from "mqtt-packet";
import type { Door } from "./door";
import type { MqttFault } from "./faults";
import type { Asker, IotAction } from "./policy";

/** What is remembered of a packet. */
export interface MqttRecord {
  clientId: string;
  /** "in": from the client. */
  way: "in" | "out";
  packet: Packet;
}

/** What a door asks and tells. */
export interface DoorKeeper {
  thingName: string | undefined;
  allows(action: IotAction, resource: string, asker: Asker): boolean;
  /** How a SUBSCRIBE that the policy denies is answered. */
  deniedSubscribe: "close" | "refuse";
  /** Milliseconds that a second of keep alive lasts. */
  second: number;
  /** Whether that is not too many a second. */
  takes(what: "connects" | "publishes", clientId: string): boolean;
  /** A CONNECT that AWS takes; gives what the connection meets. */
  arrived(door: Door, connect: IConnectPacket): MqttFault[];
  /** Whether a session of this client is kept, asked when it is told so. */
  sessionPresent(connect: IConnectPacket): boolean;
  /** Ids of messages that this client was sent and has not acknowledged, over all connections of its session. */
  unacknowledged(clientId: string): Set<number>;
  record(record: MqttRecord): void;
  closed(door: Door, reason: string): void;
}
