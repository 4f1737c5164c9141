// If-Match and If-None-Match for reading and writing (RFC 9110, 13.1; S3 User Guide, "Conditional requests").
import { refusal } from "./errors";
import type { S3Request } from "./request";
import type { StoredObject } from "./store";

/** Fails with PreconditionFailed. */
export function checkReadConditions({ headers }: S3Request, stored: StoredObject): "not modified" | undefined {
  const match = headers["if-match"];
  if (match !== undefined && !fits(match, stored)) throw refusal.preconditionFailed("If-Match");
  const noneMatch = headers["if-none-match"];
  return noneMatch !== undefined && fits(noneMatch, stored) ? "not modified" : undefined;
}

/** Fails with PreconditionFailed, NoSuchKey (If-Match without an object) or NotImplemented (If-None-Match with an ETag). */
export function checkWriteConditions({ headers, key }: S3Request, stored: StoredObject | undefined): void {
  const noneMatch = headers["if-none-match"];
  if (noneMatch !== undefined && noneMatch !== "*") throw refusal.notImplemented("If-None-Match");
  if (noneMatch !== undefined && stored !== undefined) throw refusal.preconditionFailed("If-None-Match");
  const match = headers["if-match"];
  if (match === undefined) return;
  if (stored === undefined) throw refusal.noSuchKey(key ?? "");
  if (!fits(match, stored)) throw refusal.preconditionFailed("If-Match");
}

function fits(condition: string, stored: StoredObject): boolean {
  // S3 also takes an ETag without its quotes.
  const bare = (etag: string) => etag.trim().replace(/^W\//, "").replace(/^"(.*)"$/, "$1");
  return condition.split(",").some((one) => one.trim() === "*" || bare(one) === bare(stored.etag));
}
