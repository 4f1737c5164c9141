// What was signed, read back from the head that was sent: the independent half of a comparison with what S3 says it signed. Pure.
import type { Bytes } from "../../bytes/bytes";
import { find } from "../../bytes/find";
import type { Hash } from "../../platform/ports";
import type { Pair } from "../../sigv4/canonicalRequest";
import { canonicalHeaders, canonicalRequest } from "../../sigv4/canonicalRequest";
import type { HmacKey } from "../../sigv4/hmac";
import { hmacHex } from "../../sigv4/hmac";
import { stringToSign } from "../../sigv4/stringToSign";
import type { OwnSigning } from "./signature";

/**
 * Canonical request and string to sign of a request with an Authorization header; undefined if `head` is none. The query is taken as it
 * stands on the request line. The signature is computed with `key`; without one it is the one that was sent.
 */
export function signedBy(hash: Hash, head: Bytes, key?: HmacKey): OwnSigning | undefined {
  const lines = head.split("\n");
  const request = lines[0]!.split(" ");
  const headers: Pair[] = [];
  for (const line of lines.slice(1)) {
    const colon = line.indexOf(":");
    if (colon > 0) headers.push([line.substr(0, colon).toLowerCase(), line.substr(colon + 1).trim()]);
  }

  function header(name: string): Bytes {
    const found = headers.filter((one) => one[0] == name)[0];
    return found ? found[1] : "";
  }

  /** What follows `mark` in Authorization, up to the next comma. */
  function part(mark: string): Bytes {
    const text = header("authorization");
    const at = find(text, mark);
    return at < 0 ? "" : text.substr(at + mark.length).split(",")[0]!.trim();
  }

  const credential = part("Credential="), names = part("SignedHeaders=").split(";"), date = header("x-amz-date");
  const scope = credential.substr(credential.indexOf("/") + 1);
  if (!credential || !request[1] || !names[0]) return undefined;
  const target = request[1];
  const mark = target.indexOf("?");
  const canonical = canonicalHeaders(headers.filter((one) => names.indexOf(one[0]) >= 0));
  const text = canonicalRequest(
    request[0]!, mark < 0 ? target : target.substr(0, mark), mark < 0 ? "" : target.substr(mark + 1),
    canonical.block, canonical.names, header("x-amz-content-sha256"),
  );
  const toSign = stringToSign(hash, date, scope, text);
  return { canonicalRequest: text, stringToSign: toSign, signature: key ? hmacHex(hash, key, toSign) : part("Signature=") };
}
