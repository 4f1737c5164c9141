// Making failures. Their shape and the list of codes stand in platform/failure.ts, because the ports answer with them, too.
import type { Failure, FailureCode } from "../platform/failure";

export type { Done, Failure, FailureCode, ServerAnswer } from "../platform/failure";

/** A failure value. */
export function failure(code: FailureCode, message: string, hint: string): Failure {
  return { code: code, message: message, hint: hint };
}
