// What S3 holds is compared with what was sent (S3 API reference, HeadObject; server-side encryption in the answers of PutObject and
// CreateMultipartUpload).
import { find } from "../bytes/find";
import { failure } from "../flow/failure";
import type { Done, Failure } from "../flow/failure";
import type { Response } from "../http/response";
import type { Platform } from "../platform/ports";
import { ask, step } from "./ask";
import { ENCRYPTION, ENCRYPTION_KEY } from "./encryption";
import type { PutOptions, PutResult } from "./put";
import type { S3Access } from "./signedRequest";

type Headers = { [name: string]: string };

function headerOf(headers: Headers | undefined, name: string): string {
  return (headers && headers[name]) || "";
}

/**
 * What is wrong with the encryption that an answer tells, given the `wanted` headers of the request. S3 names the key by its ARN: an
 * alias cannot be compared.
 */
export function encryptionFault(key: string, wanted: [string, string][], answered: Headers | undefined): Failure | undefined {
  const asked: Headers = {};
  for (const header of wanted) asked[header[0]] = header[1];
  const mode = headerOf(asked, ENCRYPTION);
  const keyId = headerOf(asked, ENCRYPTION_KEY);
  const told = headerOf(answered, ENCRYPTION);
  const toldKey = headerOf(answered, ENCRYPTION_KEY);
  const hint = "Nobody but S3 or a proxy can be the cause: look at the object, and at the bucket's default encryption.";
  if (mode != "" && told != mode) return failure("s3", "S3 encrypts " + key + " with " + (told || "nothing") + ", " + mode + " was asked for", hint);
  const isKey = keyId != "" && !(keyId.startsWith("alias/") || find(keyId, ":alias/") >= 0);
  if (isKey && toldKey != keyId && !toldKey.endsWith("/" + keyId)) return failure("s3", "S3 encrypts " + key + " with the key " + (toldKey || "of its own") + ", " + keyId + " was asked for", hint);
  return undefined;
}

/**
 * Looks at the encryption that the answer to a put told, then asks S3 for the size of the object that was just stored, and for its
 * ETag. A key that may not read cannot ask (403): the put is right all the same, its result says verified: false, and this run does not
 * ask again. Failure: s3 (another encryption, another size, another ETag, no object).
 */
export function confirm(platform: Platform, access: S3Access, result: PutResult, sent: PutOptions | undefined, done: Done<PutResult>): void {
  function unknown(why: string): void {
    result.verified = false;
    platform.console.print("  not verified: " + why);
    done(undefined, result);
  }

  const fault = sent && encryptionFault(result.key, sent.headers, sent.answered);
  if (fault) return done(fault);
  if (access.mayNotRead) {
    result.verified = false;
    return done(undefined, result);
  }
  step<Response>(platform, access, function (ended) {
    ask(platform, access, { method: "HEAD", key: result.key, query: [], headers: [], text: "", keep: "" }, function () {}, ended);
  }, function (failed, response) {
    const status = failed && failed.cause ? failed.cause.status : 0;
    if (status == 403) {
      access.mayNotRead = true;
      return unknown("this key may not read objects (HEAD 403)");
    }
    if (failed && status != 404) return unknown(failed.message);
    const size = failed ? "" : headerOf(response!.headers, "content-length");
    const etag = failed ? "" : headerOf(response!.headers, "etag");
    if (size == "" + result.size && etag == result.etag) return done(undefined, result);
    done(failure(
      "s3", "S3 took " + result.key + " and now " + (failed ? "has no such object" : size != "" + result.size ? "says it has " + size + " of " + result.size + " bytes" : "shows another object (" + etag + ")"),
      "Does something else write or remove this key? Otherwise send it again.",
    ));
  });
}
