// When a presigned URL is over (S3 user guide, "Expiration time for presigned URLs").
import { failure } from "../../flow/failure";
import type { Failure } from "../../flow/failure";
import type { Clock } from "../../platform/ports";

/** The failure that a URL is which ended at `expires` (milliseconds since 1970, 0 = unknown), if the clock is set and it is over. */
export function expired(clock: Clock, expires: number): Failure | undefined {
  if (!expires || !clock.isSet() || clock.now() < expires) return undefined;
  return failure("url-expired", "The URL expired at " + new Date(expires).toISOString() + ", it is " + new Date(clock.now()).toISOString(), "Ask for a new one. Is the board's clock right?");
}
