// require() and Modules: built-in modules, modules cached by the program, modules that lie in Storage.
import { typeName } from "./print";
import type { Realm } from "./realm";
import type { Storage } from "./storage";

/** Installs require and Modules. `builtIn` gives a native module by its name, or undefined. */
export function installModules(realm: Realm, storage: Storage, builtIn: (name: string) => object | undefined): void {
  const cache = new Map<string, unknown>();

  function evaluateModule(code: unknown): unknown {
    const exports = realm.object();
    const module = realm.object({ exports });
    const body = typeof code === "function" ? `(${String(code)})()` : String(code);
    const run = new realm.intrinsics.Function("exports", "module", body) as (...args: unknown[]) => void;
    Reflect.apply(run, exports, [exports, module]);
    return module["exports"];
  }

  realm.define(realm.global, {
    require(name: unknown) {
      if (typeof name !== "string") throw realm.error("TypeError", `Expecting module name as a string, got ${typeName(name)}`);
      if (name.length >= 128) throw realm.error("TypeError", "Module name too long (max 128 chars)");
      const cached = cache.get(name);
      if (cached !== undefined) return cached;
      const stored = name.length <= 28 ? storage.read(name) : undefined;
      const module = builtIn(name) ?? (stored === undefined ? undefined : evaluateModule(stored));
      if (module === undefined) throw realm.error("Error", `Module "${name}" not found`);
      cache.set(name, module);
      return module;
    },
    Modules: modulesObject(),
  });

  function modulesObject(): object {
    const modules = realm.object();
    realm.define(modules, {
      addCached(name: unknown, code: unknown) {
        if (typeof name !== "string" || (typeof code !== "string" && typeof code !== "function")) {
          throw realm.error("Error", "args must be addCached(string, string|function)");
        }
        cache.set(name, evaluateModule(code));
      },
      removeCached(name: unknown) {
        if (typeof name !== "string") throw realm.error("Error", "First argument must be String");
        if (!cache.delete(name)) throw realm.error("Error", `Module "${name}" not found`);
      },
      removeAllCached: () => cache.clear(),
      getCached: () => realm.array([...cache.keys()]),
    });
    return modules;
  }
}
