// settings.json in flash: read, merge, write without ever losing the old ones.
import { failure } from "../../flow/failure";
import type { Failure } from "../../flow/failure";
import type { Flash } from "../../platform/ports";
import type { Values } from "./check";

const NAME = "settings.json";
/** Holds the new settings while the old record is replaced: a reset in between loses neither. */
const SPARE = "settings.new";

function parse(text: string | undefined): Values | undefined {
  if (text === undefined) return undefined;
  try {
    const values = JSON.parse(text);
    return values && typeof values == "object" ? values : undefined;
  } catch (error) {
    return undefined;
  }
}

/** The settings in flash; {} if there are none; a failure if what is there is not JSON. */
export function readSettings(flash: Flash): { settings: Values; failed?: Failure } {
  const text = flash.read(NAME);
  const settings = parse(text) || parse(flash.read(SPARE));
  if (settings) return { settings: settings };
  if (text === undefined) return { settings: {} };
  return { settings: {}, failed: failure("settings", "settings.json in flash is not JSON", "device.configure({...}) writes it anew.") };
}

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
