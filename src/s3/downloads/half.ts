// A file that an interrupted download left half: only its record tells it from a whole one, so it must not be sent as one.
import { failure } from "../../flow/failure";
import type { Failure } from "../../flow/failure";
import type { Platform } from "../../platform/ports";
import { unfinishedDownloads } from "./record";

/** A failure if the file at `path` is half of a download. One that has the length of the whole is the user's, or complete. */
export function halfDownload(platform: Platform, path: string): Failure | undefined {
  for (const record of unfinishedDownloads(platform)) {
    const info = platform.files.stat(path);
    // The card knows no letter case.
    if (record.complete || record.at.toLowerCase() != path.toLowerCase() || !info || (record.size >= 0 && info.size >= record.size)) continue;
    return failure("s3-incomplete", path + " is half of " + record.key + ", whose download was interrupted", "device.get of the same key and path goes on with it; a file of your own needs another name.");
  }
  return undefined;
}
