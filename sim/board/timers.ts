// setTimeout and its relatives, with the interpreter's manners.
import type { Loop } from "./loop";
import type { Realm } from "./realm";

/** @param stray called when a timer is stopped that is over, or was stopped before: the interpreter says nothing, and its id may be another's by now */
export function installTimers(realm: Realm, loop: Loop, stray: () => void): void {
  const start = (repeats: boolean) => (callback: unknown, milliseconds: unknown, ...args: unknown[]): number => {
    if (typeof callback !== "function" && typeof callback !== "string") throw realm.error("Error", "Function or String not supplied!");
    const interval = Number(milliseconds);
    if (interval > 3_153_600_000_000) throw realm.error("Error", "Interval is too long (>100 years)");
    return loop.timers.add(callback, interval, repeats, args);
  };
  const stop = (name: string) => (...ids: unknown[]): void => {
    // traps: no argument stops every timer there is, and undefined throws
    if (ids.length === 0) loop.timers.removeAll();
    else if (ids[0] === undefined) throw realm.error("Error", `clear${name}(undefined) not allowed. Use clear${name}() instead`);
    else if (!loop.timers.remove(ids[0])) stray();
  };
  realm.define(realm.global, {
    setTimeout: start(false),
    setInterval: start(true),
    clearTimeout: stop("Timeout"),
    clearInterval: stop("Interval"),
    changeInterval(id: unknown, milliseconds: number) {
      if (!loop.timers.change(id, milliseconds)) throw realm.error("Error", "Unknown Interval");
    },
  });
}
