// Global functions of the interpreter that belong to no other topic: base64, time, reset and load.
import { asBytes, collectBytes, fromBuffer, toBuffer } from "./bytes";
import type { Clock } from "./clock";
import { byteSource } from "./language/source";
import { parseUrl } from "./network/url";
import type { Profile } from "./options";
import type { Realm } from "./realm";

export interface Lifecycle {
  /** reset(): RAM is cleared, .bootcde does not run. */
  reset(clearFlash: boolean): void;
  /** load(): RAM is cleared and .bootcde, or the named file of Storage, runs. */
  load(file: string | undefined): void;
  quit(): void;
  echo(on: boolean): void;
}

export function installGlobals(realm: Realm, profile: Profile, clock: Clock, lifecycle: Lifecycle): void {
  const url = realm.object();
  realm.define(url, { parse: (text: unknown) => (typeof text === "string" ? parseUrl(realm, text) : undefined) });
  realm.define(realm.global, {
    global: realm.global,
    // In the global scope, whoever calls it, as on a board.
    eval: (code: unknown) => (typeof code === "string" ? realm.run(byteSource(code), "eval") : code),
    url,
    btoa: (data: unknown) => (typeof data === "string" ? toBuffer(asBytes(data)) : collectBytes(data)).toString("base64"),
    atob: (text: unknown) => fromBuffer(Buffer.from(asBytes(text), "base64")),
    getTime: () => clock.milliseconds() / 1000,
    setTime: (seconds: unknown) => clock.set(Number(seconds) * 1000),
    getSerial: () => "00000000-00000000",
    reset: (clearFlash?: unknown) => lifecycle.reset(Boolean(clearFlash)),
    load: (file?: unknown) => lifecycle.load(file === undefined ? undefined : asBytes(file)),
    save: () => { throw realm.error("Error", "save() is not part of the virtual board"); },
    echo: (on?: unknown) => lifecycle.echo(Boolean(on)),
    edit: () => undefined,
    setBusyIndicator: () => undefined,
    setSleepIndicator: () => undefined,
  });
  if (profile === "linux") realm.define(realm.global, { quit: () => lifecycle.quit() });
}
