// Trouble on demand: what the next requests meet instead of, or besides, their answer. For tests.
import { refusedSignature } from "./authentication-errors";
import { refusal, S3Error } from "./errors";
import type { S3Request } from "./request";

export type Fault =
  /**
   * Answered at once, whatever the request is. Without `body` it is S3's error XML, with `details` as further elements;
   * status and message may then be left out for the codes in USUAL.
   */
  | { kind: "answer"; code: string; status?: number; message?: string; details?: Record<string, string>; headers?: Record<string, string>; body?: string }
  /** 307 to the same path on another host (name and port). */
  | { kind: "redirect"; host: string }
  /** The connection is torn down, or goes silent, once so many bytes of the request's or the answer's body have passed. */
  | { kind: "cut" | "stall"; during: "request" | "response"; afterBytes: number }
  /** Right answer, then the TCP connection is closed without TLS close_notify. */
  | { kind: "closeWithoutNotify" }
  /** Done as asked, but the connection breaks before the answer. */
  | { kind: "loseAnswer" }
  /**
   * Status 200 and white space first, as S3 does when CompleteMultipartUpload takes long, then the answer; with `code`
   * nothing is done, and what follows is an error document.
   */
  | { kind: "late"; code?: string; message?: string }
  /** The Range header is not looked at: the whole object comes, with 200. */
  | { kind: "ignoreRange" }
  /** Some headers of the right answer are other ones: a wrong Content-Range, another total, a changed ETag, a wrong Date. */
  | { kind: "headers"; headers: Record<string, string> };

/** Which requests a fault waits for; all when empty. */
export interface FaultTarget {
  method?: string;
  key?: string;
  /** "UploadPart", as in the S3 API reference. */
  operation?: string;
  /** Parameters that must be there, with this value. */
  query?: Record<string, string>;
  /** So many requests that fit go by unharmed first; default 0. */
  skip?: number;
  /** So many requests meet it; default 1. */
  times?: number;
}

/** Faults still to happen, in the order they were asked for; a request meets one at most. */
export class Faults {
  private waiting: { fault: Fault; target: FaultTarget; skip: number; times: number }[] = [];

  /** The next request that fits `target` meets `fault`. */
  next(fault: Fault, target: FaultTarget = {}): void {
    this.waiting.push({ fault, target, skip: target.skip ?? 0, times: target.times ?? 1 });
  }

  clear(): void {
    this.waiting = [];
  }

  take(request: Pick<S3Request, "method" | "key" | "query">, operation: string): Fault | undefined {
    for (const one of this.waiting) {
      if (!fits(request, operation, one.target)) continue;
      if (one.skip > 0) {
        one.skip--;
        continue;
      }
      one.times--;
      if (one.times <= 0) this.waiting.splice(this.waiting.indexOf(one), 1);
      return one.fault;
    }
    return undefined;
  }
}

function fits(request: Pick<S3Request, "method" | "key" | "query">, operation: string, target: FaultTarget): boolean {
  return (
    (target.method ?? request.method) === request.method &&
    (target.key ?? request.key) === request.key &&
    (target.operation ?? operation) === operation &&
    Object.entries(target.query ?? {}).every(([name, value]) => request.query[name] === value)
  );
}

/** Refusals a test may ask for by their code alone. */
const USUAL = [
  refusal.conditionalConflict(""),
  refusal.internalError(),
  refusal.kms("ThrottlingException", "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls."),
  refusal.noSuchUpload(""),
  refusal.preconditionFailed("If-Match"),
  refusal.requestTimeout(),
  refusedSignature.expiredToken(""),
  refusedSignature.skewed("", ""),
  new S3Error(409, "OperationAborted", "A conflicting conditional operation is currently in progress against this resource. Please try again."),
  new S3Error(503, "ServiceUnavailable", "Please reduce your request rate."),
  new S3Error(503, "SlowDown", "Please reduce your request rate."),
];

/** The refusal a fault asks for. */
export function faultError({ code, status, message, details, headers }: Omit<Extract<Fault, { kind: "answer" }>, "kind">): S3Error {
  const usual = USUAL.find((one) => one.code === code);
  return new S3Error(status ?? usual?.status ?? 400, code, message ?? usual?.message ?? code, details, headers);
}
