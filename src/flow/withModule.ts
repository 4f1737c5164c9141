// Work that is done by a module in flash: loaded for it, let go after it.
import type { Platform } from "../platform/ports";
import type { Done, Failure } from "./failure";

/** In a function of its own: it is held as long as the work goes on, with all that is around it. */
function releasing<T>(platform: Platform, held: string[], done: Done<T>): Done<T> {
  return function (failed, value) {
    release(platform, held);
    done(failed, value);
  };
}

function release(platform: Platform, held: string[]): void {
  const name = held.pop();
  if (name) platform.modules.release(name);
}

/**
 * Runs `work` with the exports of the module `name`, which stays loaded until `work` is done, or answers true: then it needs the module no
 * more. A failure (and no work) if it is not in flash.
 */
export function withModule<M, T>(platform: Platform, name: string, work: (module: M, done: Done<T>) => boolean | void, done: Done<T>): Failure | undefined {
  const loaded = platform.modules.load<M>(name);
  const held = [name];
  if (loaded.module && work(loaded.module, releasing(platform, held, done))) release(platform, held);
  return loaded.failed;
}

/** What `work` makes of the exports of the module `name`, which is let go again at once. The failure `storage` (and no work) if it is not in flash. */
export function borrow<M, T>(platform: Platform, name: string, work: (module: M) => T): T | Failure {
  const loaded = platform.modules.load<M>(name);
  if (loaded.failed) return loaded.failed;
  const made = work(loaded.module);
  platform.modules.release(name);
  return made;
}
