// Failures: values of one shape, with a code from one closed list and a hint that says what to do. The list is explained in docs/failures.md.

export type FailureCode =
  | "argument" | "settings" | "storage" | "busy"
  | "clock-not-set" | "time"
  | "wifi" | "memory" | "dns" | "connect" | "certificate" | "handshake" | "timeout" | "connection-lost"
  | "http" | "s3" | "s3-incomplete" | "verify" | "url-expired" | "kms" | "iot"
  | "mqtt-refused" | "mqtt-closed" | "mqtt-protocol" | "keep-alive" | "queue-full"
  | "card" | "file-missing" | "file-changed" | "card-full";

/** What S3, KMS or AWS IoT said, when it said anything. */
export interface ServerAnswer {
  status: number;
  /** The service's own error code, "" where it sent none. */
  code: string;
  message: string;
  requestId: string;
  /** The server's Date header. */
  date?: string;
  /** The region that the bucket is in, where the server said so. */
  region?: string;
  /** Where the server wants the request to be sent instead. */
  location?: string;
}

export interface Failure {
  code: FailureCode;
  /** What went wrong: one line, no secrets. */
  message: string;
  /** What to do about it: one line. */
  hint: string;
  /** The end of the hint that stays true when the rest of it becomes more precise: how to go on. */
  goOn?: string;
  cause?: ServerAnswer;
  /** Lines that tell more: what exactly is wrong, what to do, what differs. Made by the module explain where it is in flash. */
  story?: string[];
  /** What the explanation of a refusal needs; taken away before anybody sees the failure. */
  evidence?: () => unknown;
}

/** How callbacks tell the outcome: a failure, or undefined and the value. */
export type Done<T> = (failed: Failure | undefined, value?: T) => void;
