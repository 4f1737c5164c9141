// The queue's records in flash: what tells whether there are any.
import type { Flash } from "../platform/ports";

/** A record is "q." and six digits that go up. */
export const PREFIX = "q.";

export function queuedSome(flash: Flash): boolean {
  return flash.list(PREFIX).length > 0;
}
