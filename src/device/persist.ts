// Runs an attempt until it succeeds or nothing helps. What helps is decided by a module, which is loaded only after a failure.
import { giveBack } from "../flow/retryBucket";
import type { Done, Failure } from "../flow/failure";
import { withModule } from "../flow/withModule";
import type * as recover from "../modules/recover";
import type { Platform } from "../platform/ports";
import type { Mendable, Trials } from "../s3/recover";

/** Each attempt is signed anew, when it is sent, with credentials that are renewed before they end. A board that has only the image in flash makes one. */
export function persistently<T>(platform: Platform, access: Mendable, attempt: (done: Done<T>) => void, done: Done<T>): void {
  const trials: Trials = { tries: 0, cost: 0, mended: [] };

  const end: Done<T> = function (failed, value) {
    if (trials.home) access.address = trials.home;
    done(failed, value);
  };

  function start(helpless?: Failure): void {
    if (helpless) return end(helpless);
    if (access.refresh && access.due! <= platform.clock.now()) return access.refresh(start);
    attempt(function (failed, value) {
      if (!failed) {
        if (access.bucket) giveBack(access.bucket, trials.cost);
        return end(undefined, value);
      }
      if (withModule<typeof recover, number>(platform, "recover", (module, decided) => module.recover(platform, access, trials, failed, decided), function (helpless, wait) {
        if (helpless) end(helpless);
        else platform.timers.after(wait!, start);
      })) end(failed);
    });
  }

  start();
}
