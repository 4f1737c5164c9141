// HeadObject: all that S3 tells of an object without sending it (S3 API reference, HeadObject).
import type { Done } from "../flow/failure";
import type { Response } from "../http/response";
import type { Platform } from "../platform/ports";
import { EMPTY_HASH } from "../sigv4/chunkSignature";
import type { Pair } from "../sigv4/canonicalRequest";
import { s3Attempt } from "./attempt";
import type { S3Access } from "./signedRequest";

export interface HeadResult {
  key: string;
  /** Bytes. */
  size: number;
  etag: string;
  /** ISO 8601. */
  modified: string;
  contentType?: string;
  versionId?: string;
  /** Absent for STANDARD. */
  storageClass?: string;
  /** "AES256", "aws:kms". */
  encryption?: string;
  /** The KMS key's ARN. */
  encryptionKey?: string;
  /** Names without x-amz-meta-. */
  metadata?: { [name: string]: string };
}

const META = "x-amz-meta-";
const KEEP = "last-modified content-type x-amz-storage-class x-amz-server-side-encryption x-amz-server-side-encryption-aws-kms-key-id x-amz-delete-marker " + META;

/** An HTTP date as ISO 8601; what is none stays as it is. */
function isoDate(text: string): string {
  const time = new Date(text).getTime();
  return time > 0 ? new Date(time).toISOString() : text;
}

function headResult(key: string, headers: Response["headers"]): HeadResult {
  const result: any = { key: key, size: parseInt(headers["content-length"] || "0", 10), etag: headers["etag"] || "", modified: isoDate(headers["last-modified"] || "") };
  const optional = ["contentType content-type", "versionId x-amz-version-id", "storageClass x-amz-storage-class", "encryption x-amz-server-side-encryption", "encryptionKey x-amz-server-side-encryption-aws-kms-key-id"];
  for (const one of optional) {
    const names = one.split(" ");
    const value = headers[names[1]!];
    if (value) result[names[0]!] = value;
  }
  for (const name in headers) {
    if (!name.startsWith(META)) continue;
    if (!result.metadata) result.metadata = {};
    result.metadata[name.substr(META.length)] = headers[name];
  }
  return result;
}

function ask(platform: Platform, access: S3Access, method: string, key: string, headers: Pair[], done: Done<Response>): void {
  s3Attempt(
    platform, access,
    {
      request: { method: method, key: key, query: [], headers: headers, unsigned: [], payloadHash: EMPTY_HASH },
      success: { body: () => undefined },
      keep: KEEP,
    },
    done,
  );
}

/**
 * Asks for the object `key`. S3 refuses a HEAD without a word why (HTTP allows it no body), so the same is then asked once more as a GET
 * of one byte, whose refusal has code and message. Failures: s3 (refused) and those of `exchange`.
 */
export function headObject(platform: Platform, access: S3Access, key: string, done: Done<HeadResult>): void {
  access.persist<HeadResult>(function (ended) {
    ask(platform, access, "HEAD", key, [], function (failed, response) {
      if (!failed) return ended(undefined, headResult(key, response!.headers));
      const answer = failed.cause;
      if (!answer || answer.code != "" || answer.status < 400 || answer.status > 499) return ended(failed);
      if (response!.headers["x-amz-delete-marker"]) {
        failed.message += ": a delete marker hides it";
        failed.hint = "It was removed from a bucket with versions; whoever may delete versions can take the marker away.";
        return ended(failed);
      }
      platform.timers.after(1, function () {
        ask(platform, access, "GET", key, [["range", "bytes=0-0"]], function (why) {
          ended(why && why.cause && why.cause.code != "" ? why : failed);
        });
      });
    });
  }, done);
}
