// A presigned URL from elsewhere as an argument: read, judged before anything is sent, and said how long it is good. In a module of its own,
// because a transfer needs the memory.
import type { Failure } from "../flow/failure";
import type { Platform } from "../platform/ports";
import { expired } from "../s3/presigned/expired";
import { headersFault, parsePresignedUrl } from "../s3/presigned/url";
import type { PresignedUrl } from "../s3/presigned/url";

/** How long the URL is still good, for people. */
function validity(platform: Platform, url: PresignedUrl): string {
  const clock = platform.clock;
  if (!url.expires) return "  the URL does not say when it expires";
  const end = new Date(url.expires).toISOString();
  if (!clock.isSet()) return "  the URL expires at " + end + "; the clock was never set, so that is not checked";
  const seconds = Math.ceil((url.expires - clock.now()) / 1000);
  return "  the URL is good for " + (seconds < 120 ? seconds + " s" : Math.floor(seconds / 60) + " min") + " more, until " + end;
}

/**
 * The URL taken apart, or a failure: argument (it is none, or is signed with headers that are not in `known`), url-expired.
 * Prints how long it is good.
 */
export function readUrl(platform: Platform, text: unknown, known: string[]): PresignedUrl | Failure {
  const url = parsePresignedUrl(text);
  if (!("target" in url)) return url;
  const fault = headersFault(url, known) || expired(platform.clock, url.expires);
  if (fault) return fault;
  platform.console.print(validity(platform, url));
  return url;
}
