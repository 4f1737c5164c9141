// Step 2: the string to sign (AWS General Reference, "Create a signed AWS API request").
import type { Bytes } from "../bytes/bytes";
import type { Hash } from "../platform/ports";
import { sha256Hex } from "./hmac";

/** "YYYYMMDD/region/service/aws4_request". */
export function credentialScope(amzDate: string, region: string, service: string): string {
  return amzDate.substr(0, 8) + "/" + region + "/" + service + "/aws4_request";
}

/** Four lines joined by LF (never CRLF): algorithm, date, scope, hash of the canonical request. */
export function stringToSign(hash: Hash, amzDate: string, scope: string, canonicalRequest: Bytes): string {
  return "AWS4-HMAC-SHA256\n" + amzDate + "\n" + scope + "\n" + sha256Hex(hash, canonicalRequest);
}
