// settings.json in flash, read.
import { failure } from "../../flow/failure";
import type { Failure } from "../../flow/failure";
import type { Flash } from "../../platform/ports";
import type { Values } from "./check";

export const NAME = "settings.json";
/** Holds the new settings while the old record is replaced: a reset in between loses neither. */
export const SPARE = "settings.new";

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
