// What the parts of jobs tell each other: shapes only.
import type { Details, Order } from "../iot/jobs";

/**
 * up: the broker took a connection. message: one with work came. quiet: no more of them come. heard: the service told something. late: no
 * answer came. ended: the transfer is over.
 */
export type JobEvent = "up" | "message" | "quiet" | "heard" | "late" | "ended";

/** How a transfer ended. */
export interface Outcome {
  status: string;
  details: Details;
}

/** A transfer that is to begin. */
export interface Task {
  name: string;
  order: Order;
}
