// Trouble on demand: what the next requests meet instead of, or besides, their answer. For tests.
import type { S3Request } from "./request";

export type Fault =
  /** Answered at once, whatever the request is. Without `body` it is S3's error XML. */
  | { kind: "answer"; status: number; code: string; message?: string; headers?: Record<string, string>; body?: string }
  /** The connection is torn down, or goes silent, once so many bytes of the request's or the answer's body have passed. */
  | { kind: "cut" | "stall"; during: "request" | "response"; afterBytes: number }
  /** Right answer, then the TCP connection is closed without TLS close_notify. */
  | { kind: "closeWithoutNotify" };

/** Which requests a fault waits for; all when empty. */
export interface FaultTarget {
  method?: string;
  key?: string;
}

/** Faults still to happen, each to one request, in the order they were asked for. */
export class Faults {
  private waiting: { fault: Fault; target: FaultTarget }[] = [];

  /** The next request that fits `target` meets `fault`. */
  next(fault: Fault, target: FaultTarget = {}): void {
    this.waiting.push({ fault, target });
  }

  clear(): void {
    this.waiting = [];
  }

  take({ method, key }: Pick<S3Request, "method" | "key">): Fault | undefined {
    const index = this.waiting.findIndex(({ target }) => (target.method ?? method) === method && (target.key ?? key) === key);
    return index < 0 ? undefined : this.waiting.splice(index, 1)[0]!.fault;
  }
}
