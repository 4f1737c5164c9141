// process: version, memory and the place where uncaught errors go.
import type { Profile } from "./options";
import type { Realm } from "./realm";

const version = "2v29.277";

/** Figures of memory() are made up: only the real interpreter knows what a program costs. */
export function installProcess(realm: Realm, profile: Profile, modules: readonly string[]): object {
  const process = realm.object();
  const total = profile === "esp32" ? 16_383 : 6500;
  realm.define(process, {
    version,
    env: realm.object({
      VERSION: version, GIT_COMMIT: "c5ff787b1", BOARD: profile === "esp32" ? "ESP32" : "LINUX", RAM: 0, FLASH: 0, STORAGE: 917_504,
      SERIAL: "00000000-00000000", CONSOLE: "Serial1", MODULES: modules.join(","),
    }),
    memory: () => realm.object({
      free: total - 1500, usage: 1500, total, history: 0, gc: 0, gctime: 1.5, blocksize: 14,
    }),
  });
  realm.define(realm.global, { process });
  return process;
}
