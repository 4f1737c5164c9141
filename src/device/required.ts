// The setting verify.required: what no manifest vouches for is not accepted.
import type { Platform } from "../platform/ports";
import { readSettings } from "./settings/store";

export function verifyRequired(platform: Platform): boolean {
  const verify = readSettings(platform.flash).settings["verify"];
  return !!verify && verify.required === true;
}
