// A refusal is explained by a module: loaded when something was refused, after the transfer, and let go again.
import type { Failure } from "../flow/failure";
import { borrow } from "../flow/withModule";
import type * as explain from "../modules/explain";
import type { Platform } from "../platform/ports";

/** Makes hint and story of a refusal as precise as they can be, then calls `done`; the short hint stays where the module is not in flash. */
export function explained(platform: Platform, failed: Failure | undefined, done: () => void): void {
  if (!failed || !failed.evidence) return done();
  // From a timer: the stack is small, and what the transfer held is free by then.
  platform.timers.after(1, function () {
    borrow<typeof explain, void>(platform, "explain", function (module) {
      try {
        module.explainFailure(platform, failed);
      } catch (error) {}
    });
    delete failed.evidence;
    done();
  });
}
