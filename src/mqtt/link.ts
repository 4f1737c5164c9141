// What a connection to a broker is asked and tells: shapes only.
import type { Bytes } from "../bytes/bytes";
import type { Done, Failure } from "../flow/failure";
import type { Will } from "./packets";
import type { Loss } from "./reasons";
import type { Subscription } from "./session";

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

/** What a link tells its keeper, and about what. */
export interface LinkNews {
  /** The broker accepted the connection; true: it still had the session. */
  linkUp: boolean;
  /** The connection is over, or never came about; nothing of it is left. undefined after `disconnect()`. */
  linkDown: Failure | Loss | undefined;
  /** The broker does not take back a subscription that it once had. */
  linkRefused: Failure;
}

export type TellKeeper = <What extends keyof LinkNews>(what: What, about: LinkNews[What]) => void;

/** A message to be published. `topic` and `payload`: bytes, text is UTF-8. */
export interface Publication {
  topic: Bytes;
  payload: Bytes;
  qos?: number;
  retain?: boolean;
}

/** What a command says of itself where it has no promise of its own. */
export interface Teller {
  run<T>(name: string, action: (done: Done<T>) => void, describe: (value: T) => string): Promise<T>;
}

/** A connection. What it is to say stands in its session (ask.ts). */
export interface Link {
  /** The broker accepted it, and it is not lost. */
  readonly isUp?: boolean;
  /** The SUBSCRIBE or UNSUBSCRIBE under way. */
  askedFor: Subscription[] | undefined;
  /** Something beside messages waits to be said. */
  isAsking?: boolean;
  /** Says what was put into the session. */
  wake(): void;
  /** leave: ends the connection cleanly: acknowledgements and DISCONNECT go out, then `linkDown` is told. The session stays. */
  turn(module: "mqttend", what: "leave"): void;
  /** `wake`, when whoever asks for something beside messages has let go of what it needed for that. */
  later(module: "mqttlook", what: "waken", milliseconds: number): void;
  /** A message of the usual kind, at once: a text to a topic, no option but QoS. undefined: it is another, and the command is to look at it. */
  quick(teller: Teller, topic: unknown, payload: unknown, options: any): Promise<unknown> | undefined;
}
