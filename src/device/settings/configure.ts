// device.configure: settings merged, checked and written without ever losing the old ones.
import { failure } from "../../flow/failure";
import type { Failure } from "../../flow/failure";
import type { Flash } from "../../platform/ports";
import type { Values } from "./check";
import { NAME, SPARE } from "./store";

/**
 * `settings` with `patch` laid over it: objects are merged, null takes a setting away, anything else replaces it.
 */
export function mergeSettings(settings: Values, patch: Values): Values {
  const merged: Values = Object.assign({}, settings);
  for (const name in patch) {
    const value = patch[name];
    const old = merged[name];
    if (value === null) delete merged[name];
    else if (typeof value == "object" && !(value instanceof Array)) {
      merged[name] = mergeSettings(old && typeof old == "object" && !(old instanceof Array) ? old : {}, value);
    } else merged[name] = value;
  }
  return merged;
}

/** Writes `settings`; false if flash did not take them (the old ones then stand, or the new ones are in the spare record). */
export function writeSettings(flash: Flash, settings: Values): boolean {
  const text = JSON.stringify(settings);
  if (!flash.write(SPARE, text)) return false;
  const written = flash.write(NAME, text);
  if (written) flash.erase(SPARE);
  return written;
}

/** Merges `patch` into `settings` and writes them; with a failure nothing is written. `wrong` says what is wrong with settings. */
export function configure(flash: Flash, settings: Values, patch: Values, wrong: (settings: Values) => Failure | undefined): Failure | undefined {
  if (!patch || typeof patch != "object") return failure("argument", "configure needs an object", 'For example device.configure({s3:{bucket:"my-device-logs",region:"eu-central-1"}})');
  const merged = mergeSettings(settings, patch);
  const failed = wrong(merged);
  if (failed || writeSettings(flash, merged)) return failed;
  return failure("storage", "The flash did not take the settings: the old ones stand", "Erase files from Storage that are not needed.");
}
