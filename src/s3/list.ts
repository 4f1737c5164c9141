// ListObjectsV2, page after page (S3 API reference, ListObjectsV2): entries are handed on while they come, none is kept here.
import { toUtf8 } from "../bytes/utf8";
import { failure } from "../flow/failure";
import type { Done } from "../flow/failure";
import type { Platform } from "../platform/ports";
import { EMPTY_HASH } from "../sigv4/chunkSignature";
import type { Pair } from "../sigv4/canonicalRequest";
import { s3Attempt } from "./attempt";
import type { ListEntry, ListReader } from "./listXml";
import { createListReader } from "./listXml";
import type { S3Access } from "./signedRequest";

/** The most that S3 puts into a page. */
const PAGE = 1000;

export interface ListOptions {
  prefix: string;
  /** Keys that go on after it are one entry, a prefix; "" = none. */
  delimiter: string;
  /** Entries after which to stop; 0 = none. */
  most: number;
}

/** Keys stand before prefixes on a page, each in the order of their bytes (S3 user guide, "Listing object keys programmatically"). */
function notAfter(entry: ListEntry, last: ListEntry): boolean {
  if (last.prefix !== undefined) return entry.prefix === undefined || entry.prefix <= last.prefix;
  return entry.key !== undefined && entry.key <= last.key!;
}

/**
 * Lists the bucket until `found` answers true. `done` gets true if there is more than was handed on. A page that was cut is asked for
 * again, and what was handed on of it is passed over. Failures: s3 (refused), http (no list) and those of `exchange`.
 */
export function listObjects(platform: Platform, access: S3Access, options: ListOptions, found: (entry: ListEntry) => boolean, done: Done<boolean>): void {
  let count = 0;
  let token = "";
  let last: ListEntry | undefined;
  /** `found` wants no more. */
  let enough = false;
  /** An entry was passed over: `found` wanted no more, or a server sent more than it was asked for. */
  let passed = false;

  function page(): void {
    const query: Pair[] = [["list-type", "2"], ["encoding-type", "url"]];
    const size = options.most && options.most - count < PAGE ? options.most - count : PAGE;
    query.push(["max-keys", "" + size]);
    if (options.prefix) query.push(["prefix", toUtf8(options.prefix)]);
    if (options.delimiter) query.push(["delimiter", toUtf8(options.delimiter)]);
    if (token) query.push(["continuation-token", token]);
    /** The last of what an earlier attempt at this page handed on. */
    let before: ListEntry | undefined;
    last = undefined;
    let reader: ListReader;

    function take(entry: ListEntry): void {
      if (before && notAfter(entry, before)) return;
      if (enough || (options.most && count >= options.most)) {
        passed = true;
        return;
      }
      count++;
      last = entry;
      enough = found(entry);
    }

    access.persist<ListReader>(function (ended) {
      before = last;
      reader = createListReader(take);
      s3Attempt(
        platform, access,
        {
          request: { method: "GET", key: "", query: query, headers: [], unsigned: [], payloadHash: EMPTY_HASH },
          success: { body: (bytes) => reader.feed(bytes) },
        },
        function (failed) {
          ended(failed || reader.end(), reader);
        },
      );
    }, function (failed) {
      if (failed) return done(failed);
      const next = reader.next();
      if (next == "" || enough || (options.most && count >= options.most)) return done(undefined, passed || next != "");
      if (next == token) return done(failure("http", "The server sends the same page again and again", "Is this address an S3?"));
      token = next;
      platform.timers.after(1, page);
    });
  }

  page();
}
