// Runs an attempt with the retry policy, which is in a module: loaded for the transfer, let go after it.
import type { Done } from "../flow/failure";
import type * as recover from "../modules/recover";
import type { Platform } from "../platform/ports";
import type { Mendable } from "../s3/recover";

/** `recovering` of s3/recover.ts; a board that has only the image in flash makes one attempt. */
export function persistently<T>(platform: Platform, access: Mendable, attempt: (done: Done<T>) => void, done: Done<T>): void {
  const loaded = platform.modules.load<typeof recover>("recover");
  if (!loaded.module) return attempt(done);
  loaded.module.recovering(platform, access, attempt, function (failed: Parameters<Done<T>>[0], value?: T) {
    platform.modules.release("recover");
    done(failed, value);
  });
}
