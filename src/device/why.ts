// device.why(): all that is known of the last failure.
import { find } from "../bytes/find";
import type { Failure } from "../flow/failure";
import type { SeldomCommand } from "./seldom";

/** The failure in lines: code and message, what the server said, cause, next step and what differs. */
export function whyLines(failed: Failure | undefined): string[] {
  if (!failed) return ["Nothing has failed since the start."];
  const lines = ["code " + failed.code + ": " + failed.message];
  const answer = failed.cause;
  if (answer) {
    lines.push("the server said " + answer.status + (answer.code ? " " + answer.code : " without a code") + (find(failed.message, answer.message) < 0 ? ", " + answer.message : ""));
    if (answer.requestId) lines.push("request id " + answer.requestId);
  }
  return lines.concat(failed.story || ["next:  " + failed.hint]);
}

/** device.why(). */
export const whyCommand: SeldomCommand = function (services, started, done) {
  const failed = services.runner.lastFailure();
  for (const line of whyLines(failed)) services.platform.console.print(line);
  done(undefined, failed);
};
