// Work that is done by a module in flash: loaded for it, let go after it.
import type { Platform } from "../platform/ports";
import type { Done, Failure } from "./failure";

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
