// Reads the manifest that was fetched to the card. Loaded for a moment before the download that it is for.
import type { Failure } from "../flow/failure";
import type { Platform } from "../platform/ports";
import { MANIFEST, readAt } from "../verify/blocks";
import { distrust, HEADER, readManifest } from "../verify/manifest";
import type { Manifest } from "../verify/manifest";
import { IMAGE } from "./imageNames";
import { baseName } from "./transfers";
import { acceptedVersion } from "./versions";

/** The record that holds the key: 32 bytes. */
const KEY = "verify.key";
/** Most headers are this short: less to hold. */
const SHORT = 1024;

/**
 * What the manifest on the card says about `key`. `isImage`: it must be of an image, and newer than what the board has accepted. Failure:
 * verify.
 */
export function manifestOf(platform: Platform, key: string, isImage: boolean): Manifest | Failure {
  const secret = platform.flash.read(KEY);
  if (!secret || secret.length != 32) return distrust("The board has no key for manifests", "Write 32 bytes into the record verify.key: espruino-aws manifest --new-key makes them.");
  let text = readAt(platform, MANIFEST, 0, SHORT);
  let manifest = readManifest(platform.hash, secret, text);
  if ("code" in manifest && text.length == SHORT) {
    text = readAt(platform, MANIFEST, 0, HEADER);
    manifest = readManifest(platform.hash, secret, text);
  }
  if ("code" in manifest) return manifest;
  const name = isImage ? IMAGE : baseName(key);
  const newest = acceptedVersion(platform, name);
  const version = manifest.version;
  if (manifest.name != name) return distrust("The manifest is for " + manifest.name + ", not for " + name, "espruino-aws manifest --name " + name);
  if (version < newest || (isImage && version == newest)) {
    return distrust(name + " of version " + version + " is not newer than " + newest + ", which this board has accepted", "espruino-aws manifest --version " + (newest + 1));
  }
  return manifest;
}
