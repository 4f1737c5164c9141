// Work that is done by a module: loaded for it, let go after it. The retry policy is one.
import type { Done, Failure } from "../flow/failure";
import type * as recover from "../modules/recover";
import type { Platform } from "../platform/ports";
import type { Mendable } from "../s3/recover";

/** Runs `work` with the exports of the module `name`, which stays loaded until `work` is done. A failure (and no work) if it is not in flash. */
export function withModule<M, T>(platform: Platform, name: string, work: (module: M, done: Done<T>) => void, done: Done<T>): Failure | undefined {
  const modules = platform.modules;
  const loaded = modules.load<M>(name);
  if (loaded.module) {
    work(loaded.module, function (failed, value) {
      modules.release(name);
      done(failed, value);
    });
  }
  return loaded.failed;
}

/** `recovering` of s3/recover.ts; a board that has only the image in flash makes one attempt. */
export function persistently<T>(platform: Platform, access: Mendable, attempt: (done: Done<T>) => void, done: Done<T>): void {
  if (withModule<typeof recover, T>(platform, "recover", (module, ended) => module.recovering(platform, access, attempt, ended), done)) attempt(done);
}
