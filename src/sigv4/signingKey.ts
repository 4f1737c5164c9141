// Step 3: the signing key (AWS General Reference, "Derive a signing key"): a chain of HMACs whose keys are the 32 raw bytes, not their hex text.
import type { Hash } from "../platform/ports";
import type { HmacKey } from "./hmac";
import { hmac, hmacKey } from "./hmac";

/** The key for one secret, day, region and service, ready for use. It may be kept for the day. */
export function signingKey(hash: Hash, secretAccessKey: string, scope: string): HmacKey {
  let key = hmacKey(hash, "AWS4" + secretAccessKey);
  for (const part of scope.split("/")) key = hmacKey(hash, hmac(hash, key, part));
  return key;
}
