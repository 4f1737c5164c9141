// A file must stay as it is while it is sent, or S3 would store what never was one. Every upload asks this before its last bytes.
import { failure } from "../flow/failure";
import type { Failure } from "../flow/failure";
import type { FileInfo, Platform } from "../platform/ports";

/**
 * A failure if the file at `path` is not as `before` any more (file-changed), or the card does not show it (card). `more`: there are
 * bytes behind its end; what another program appends shows there sooner than in the directory.
 */
export function changed(platform: Platform, path: string, before: FileInfo, more?: boolean): Failure | undefined {
  const now = platform.files.stat(path);
  if (now && now.size == before.size && now.modified == before.modified && !more) return undefined;
  return now
    ? failure("file-changed", path + " was changed while it was sent: nothing is stored", "Close or rotate the file first.")
    : failure("card", "The card no longer shows " + path, "Is the card in?");
}
