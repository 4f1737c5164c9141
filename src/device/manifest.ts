// Fetches the manifest of a file to the card and reads it. Loaded before the download that it is for.
import type { Done } from "../flow/failure";
import type { Platform } from "../platform/ports";
import { getObject } from "../s3/get";
import type { S3Access } from "../s3/signedRequest";
import { MANIFEST, readAt } from "../verify/blocks";
import { distrust, HEADER, readManifest } from "../verify/manifest";
import type { Manifest } from "../verify/manifest";
import { baseName } from "./transfers";
import { acceptedVersion } from "./versions";

/** The record that holds the key: 32 bytes. */
const KEY = "verify.key";
/** What the image is called in its manifest. */
export const IMAGE = "espruino-aws";
/** Most headers are this short: less to hold. */
const SHORT = 1024;

function silent(): void {}

/**
 * Fetches the manifest for `key` from `manifestKey`. `asImage`: it must be of an image, and newer than what the board has accepted. Failures:
 * verify and those of a download.
 */
export function fetchManifest(platform: Platform, access: S3Access, key: string, manifestKey: string, asImage: boolean, done: Done<Manifest>): void {
  const secret = platform.flash.read(KEY);
  if (!secret || secret.length != 32) return done(distrust("The board has no key for manifests", "Write 32 bytes into the record verify.key: espruino-aws manifest --new-key makes them."));

  function read(): void {
    let text = readAt(platform, MANIFEST, 0, SHORT);
    let manifest = readManifest(platform.hash, secret!, text);
    if ("code" in manifest && text.length == SHORT) {
      text = readAt(platform, MANIFEST, 0, HEADER);
      manifest = readManifest(platform.hash, secret!, text);
    }
    if ("code" in manifest) return done(manifest);
    const name = asImage ? IMAGE : baseName(key);
    const newest = acceptedVersion(platform, name);
    const version = manifest.version;
    if (manifest.name != name) return done(distrust("The manifest is for " + manifest.name + ", not for " + name, "espruino-aws manifest --name " + name));
    if (version < newest || (asImage && version == newest)) {
      return done(distrust(name + " of version " + version + " is not newer than " + newest + ", which this board has accepted", "espruino-aws manifest --version " + (newest + 1)));
    }
    done(undefined, manifest);
  }

  // Or the download would wait beside it, where another one may wait.
  platform.files.remove(MANIFEST);
  getObject(platform, access, manifestKey, MANIFEST, silent, function (failed) {
    if (failed) {
      failed.hint = "This file needs a manifest: " + manifestKey + ". " + failed.hint;
      return done(failed);
    }
    // From a timer: until the event that told it is over, all of the connection is held.
    platform.timers.after(0, read);
  });
}
