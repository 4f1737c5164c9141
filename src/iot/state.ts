// What is known of the connection to AWS IoT while its module is not loaded: plain data, so that nothing of the module is held.
import type { Done } from "../flow/failure";
import type { Link } from "../mqtt/link";
import type { Session } from "../mqtt/session";

/** off: nobody wants a link. waiting: for the next try. paused: a transfer has the TLS slot. */
export type Phase = "off" | "connecting" | "up" | "waiting" | "paused";

/** What a connection tells whoever asked for it. */
export interface ConnectResult {
  clientId: string;
  /** The broker still had the session: subscriptions and messages. */
  sessionPresent: boolean;
  seconds: number;
}

export interface IotState {
  session: Session;
  phase: Phase;
  /** From the first word of a connection to its last. */
  link?: Link | undefined;
  /** Of the wait for the next try, or of a watch over the link. */
  timer?: number | undefined;
  /** The board has a second TLS slot: transfers need not wait for the first. */
  twoSlots?: boolean;
  /** Tries since a connection lived long enough. */
  tries: number;
  /** Connections that the broker took so far. */
  connects: number;
  /** Ticks at which the phase began. */
  since: number;
  /** Why the last connection was lost or did not come about. */
  lost?: string;
  /** Ticks of that. */
  lostAt?: number;
  /** The broker still had the session when it took the last connection. */
  sessionPresent?: boolean;
  /** A message of the queue is on its way. */
  sending?: boolean;
  /** Ticks at which the last transfer asked for the TLS slot or gave it back; milliseconds until it had it, and until the link was up again. */
  handedAt?: number;
  yielded?: number;
  returned?: number;
  /** Who waits for the first connection. */
  waiters?: Done<ConnectResult>[] | undefined;
  /** Called when the link is closed: it is being closed while there are any. */
  closers?: (() => void)[] | undefined;
  /** Ticks before which no connection is to be tried; the last one ended with a failure. */
  due?: number;
  failing?: boolean;
  /** Numbers of messages in flash that the broker does not take. */
  aside?: number[] | undefined;
  /** Absent where the settings ask for neither jobs nor messages with work. */
  jobs?: JobsState | undefined;
}

export interface JobsState {
  /** Beginning of the service's topics, with a slash at the end; "" without jobs. */
  root: string;
  /** The topic for messages; "" for none. */
  inbox: string;
  /** Of the request that waits for an answer, "" if none does; requests in a row that got none. */
  token: string;
  patience: number;
  /** Number of the connection in which it was asked. */
  connection: number;
  /** A transfer goes on. */
  isRunning: boolean;
  /** The service told of a job while a request waited for its answer. */
  isNews?: boolean;
  /** A message was kept: it is begun when no more come. */
  isKept?: boolean;
  /** Bytes of the answer that did not fit into memory. */
  tooLong?: number;
  /** The job whose result the service does not take. */
  stuck?: string;
  /** To be called after every connection. */
  up(): void;
  timer?: number | undefined;
}
