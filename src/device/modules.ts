// Commands whose code is in flash: loaded for them, let go when they are done.
import type { Done } from "../flow/failure";
import type * as info from "../modules/info";
import type { Platform } from "../platform/ports";

/** Every module of src/modules, by name. */
export interface ModuleTypes {
  info: typeof info;
}

/** Runs `action` with the functions of module `name`, which are there until `action` calls its `finish`; or tells `done` why they cannot be had. */
export function withModule<N extends keyof ModuleTypes, T>(
  platform: Platform, name: N, done: Done<T>, action: (module: ModuleTypes[N], finish: Done<T>) => void,
): void {
  const modules = platform.modules;
  const loaded = modules.load<ModuleTypes[N]>(name);
  if (!loaded.module) return done(loaded.failed);
  action(loaded.module, function (failed, value) {
    modules.release(name);
    done(failed, value);
  });
}
