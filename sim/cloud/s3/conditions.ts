// If-Match and its kin for reading and writing (RFC 9110, 13.1 and 13.2.2; S3 User Guide, "Conditional requests").
import { refusal } from "./errors";
import type { S3Request } from "./request";
import type { StoredObject } from "./store";

/** Fails with PreconditionFailed. */
export function checkReadConditions({ headers }: S3Request, stored: StoredObject): "not modified" | undefined {
  const match = headers["if-match"];
  const noneMatch = headers["if-none-match"];
  if (match !== undefined) {
    if (!fits(match, stored)) throw refusal.preconditionFailed("If-Match");
  } else if (modifiedSince(headers["if-unmodified-since"], stored) === true) throw refusal.preconditionFailed("If-Unmodified-Since");
  // An entity tag says more than a time, which then does not count.
  const unchanged = noneMatch !== undefined ? fits(noneMatch, stored) : modifiedSince(headers["if-modified-since"], stored) === false;
  return unchanged ? "not modified" : undefined;
}

/**
 * Fails with PreconditionFailed, NoSuchKey (If-Match without an object) or NotImplemented (If-None-Match with an ETag).
 * @param begun the same conditions held when the body began to come in; an object gone since then is ConditionalRequestConflict
 */
export function checkWriteConditions({ headers, key = "" }: S3Request, stored: StoredObject | undefined, begun = false): void {
  const noneMatch = headers["if-none-match"];
  if (noneMatch !== undefined && noneMatch !== "*") throw refusal.notImplemented("If-None-Match");
  if (noneMatch !== undefined && stored !== undefined) throw refusal.preconditionFailed("If-None-Match");
  const match = headers["if-match"];
  if (match === undefined) return;
  if (stored === undefined) throw begun ? refusal.conditionalConflict(key) : refusal.noSuchKey(key);
  if (!fits(match, stored)) throw refusal.preconditionFailed("If-Match");
}

function fits(condition: string, stored: StoredObject): boolean {
  // S3 also takes an ETag without its quotes.
  const bare = (etag: string) => etag.trim().replace(/^W\//, "").replace(/^"(.*)"$/, "$1");
  return condition.split(",").some((one) => one.trim() === "*" || bare(one) === bare(stored.etag));
}

/** Whether an object is newer than an HTTP date, to the second; `undefined` without a date that can be read. */
function modifiedSince(date: string | undefined, { lastModified }: StoredObject): boolean | undefined {
  const time = Date.parse(date ?? "");
  return Number.isNaN(time) ? undefined : Math.floor(lastModified / 1000) > time / 1000;
}
