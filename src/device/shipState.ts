// What is known of a run of the log shipper while its modules are not loaded: plain data.
import type { Done, Failure } from "../flow/failure";
import type { FileInfo } from "../platform/ports";
import type { PutResult } from "../s3/put";
import type { Services } from "./seldom";

export interface ShipState {
  /** The module that goes on: shipscan looks at the directory, shipstep does what is between two uploads. "": the run is over. */
  next: string;
  /** Logs that are on S3, confirmed, in this run; that failed and may be tried again; that are ready and wait; bytes shipped. */
  shipped: number;
  failed: number;
  left: number;
  bytes: number;
  /** Logs that are tried in this run at most. */
  most: number;
  /** Entries of the batch (logs/batch), a line each; undefined: in flash, they are many. Where the next one begins. */
  queue: string | undefined;
  at: number;
  /** The entry that was taken last: what comes in this run comes after it. */
  entry: string;
  /** Being uploaded, as it was before; its result or failure, until it was dealt with. */
  path: string;
  key: string;
  info: FileInfo | undefined;
  began: number;
  result?: (PutResult & { seconds: number }) | undefined;
  failure?: Failure | undefined;
  /** Paths in a row that the card does not show any more. */
  vanished: number;
  /** The last failures, "path: why" each. */
  reasons: string[];
  /** Why the run ended before its time. */
  stopped?: Failure | undefined;
}

/** What is to be done next: upload; nothing but go on; undefined: the run is over. */
export interface Order {
  path?: string;
  key?: string;
  options?: { metadata: { modified: string } };
}

/** What the modules shipscan and shipstep do. */
export type ShipTask = (services: Services, state: ShipState, done: Done<Order>) => void;

/** Where a long batch lies in flash. */
export const QUEUE = "ship.q";
