// What a connection to a broker is asked and tells: shapes only.
import type { Bytes } from "../bytes/bytes";
import type { Done, Failure } from "../flow/failure";
import type { Will } from "./packets";
import type { Loss } from "./reasons";
import type { Listener } from "./session";

export interface MqttOptions {
  host: string;
  port: number;
  /** Seconds; 0 = no pings. AWS IoT: 30 to 1200. */
  keepAlive: number;
  /** Begin a new session that ends with the connection. */
  clean: boolean;
  will?: Will | undefined;
  userName?: string | undefined;
  password?: string | undefined;
  handshakeSeconds: number;
  /** Longest payload that is handed over whole, bytes; 4096 if it is not given. */
  whole?: number;
}

export interface MqttEvents {
  /** The broker accepted the connection; `sessionPresent`: it still had the session. */
  up(sessionPresent: boolean): void;
  /** The connection is over, or never came about; nothing of it is left. undefined after `disconnect()`. */
  down(reason: Failure | Loss | undefined): void;
  /** The broker does not take back a subscription that it once had. */
  refused?(failed: Failure): void;
}

/** A message to be published. `topic` and `payload`: bytes, text is UTF-8. */
export interface Publication {
  topic: Bytes;
  payload: Bytes;
  qos?: number;
  retain?: boolean;
}

/** What can be asked at any time, also before the connection is up: it is noted in the session. Arguments are right already (connect.ts). */
export interface Link {
  /**
   * Publishes. QoS 0: `done` when the connection has taken the message; 1 and 2: when the broker has acknowledged it, in whichever connection
   * of the session. Failure, for QoS 0: the loss of the connection in the middle of a long payload.
   */
  publish(message: Publication, done?: Done<void>): void;
  /**
   * Subscribes; every listener whose filter matches gets a message. The same filter again replaces its listener. `done` gets the granted
   * QoS. Failures: mqtt-refused (cause.status 128), busy (the next call for this filter came before it was sent).
   */
  subscribe(filter: Bytes, qos: number, listener: Listener, done?: Done<number>): void;
  /** Ends a subscription; its listener is not called any more. Failure: busy. */
  unsubscribe(filter: Bytes, done?: Done<number>): void;
  /** Says what was put into the session by others. */
  wake(): void;
  /** Ends the connection cleanly: acknowledgements and DISCONNECT go out, then `down(undefined)`. The session stays. */
  disconnect(): void;
}
