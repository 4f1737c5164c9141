// After a verified download.
import type { Failure } from "../flow/failure";
import { failure } from "../flow/failure";
import type { Platform } from "../platform/ports";
import { MANIFEST } from "../verify/blocks";
import type { Manifest } from "../verify/manifest";
import { acceptVersion } from "./versions";

/** The file is in its place: older versions are refused from now on. An image is accepted when it has proved itself; its manifest is needed until then. */
export function arrived(platform: Platform, manifest: Manifest, path: string, isImage: boolean | undefined): Failure | undefined {
  if (isImage) return undefined;
  platform.files.remove(MANIFEST);
  if (acceptVersion(platform, manifest.name, manifest.version)) return undefined;
  return failure("storage", "The flash is full: " + path + " is there and right, its version could not be noted", "Erase files from Storage that are not needed.");
}
