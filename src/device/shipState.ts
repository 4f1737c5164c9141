// What is known of a run of the log shipper while its modules are not loaded: plain data, with names of up to four letters, which take the least
// memory: it is held while logs are uploaded.
import type { Failure } from "../flow/failure";
import type { PutResult } from "../s3/put";
import type { Services } from "./seldom";

export interface ShipState {
  /** The module that goes on: shipscan looks at the directory, shipstep does what is between two uploads. "": the run is over. */
  next: string;
  /** Logs that are tried in this run at most; before the first look what the command was given. */
  most: any;
  /** Logs that are on S3, confirmed, in this run; that failed and may be tried again; that are ready and wait; bytes of the first. */
  sent: number;
  bad: number;
  left: number;
  sum: number;
  /** Entries of the batch (logs/batch), a line each; undefined: in flash, they are many. Where the next one begins. */
  text?: string | undefined;
  at: number;
  /** The entry that was taken last: what comes in this run comes after it. */
  log: string;
  /** Ticks at which its upload began; 0 while none goes on. */
  from: number;
  /** What became of it, until that was dealt with. */
  got?: PutResult | undefined;
  flaw?: Failure | undefined;
  /** Logs in a row that the card does not show any more. */
  gone: number;
  /** The last failures, "path: why" each. */
  why: string[];
  /** Why the run ended before its time. */
  stop?: Failure | undefined;
}

/** What is to be done next: upload; nothing but go on; undefined: the run is over, with what it answers. */
export interface Order {
  path?: string;
  key?: string;
  options?: { metadata: { modified: string } };
  result?: object;
}

/** What the modules shipscan and shipstep do. */
export type ShipTask = (services: Services, state: ShipState, done: (failed: Failure | undefined, order?: Order) => void) => void;

/** Where a long batch lies in flash. */
export const QUEUE = "ship.q";
