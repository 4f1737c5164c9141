// S3's lists, read while they come (S3 API reference, ListObjectsV2, response syntax): one entry in memory, fed in any slices.
import type { Bytes } from "../bytes/bytes";
import { find } from "../bytes/find";
import { formDecode } from "../bytes/formDecode";
import { failure } from "../flow/failure";
import type { Failure } from "../flow/failure";
import { createElementReader } from "./elements";
import { xmlText } from "./xml";

/** An object, or with a delimiter what several keys begin with. */
export interface ListEntry {
  key?: string;
  /** Bytes. */
  size?: number;
  /** ISO 8601. */
  modified?: string;
  etag?: string;
  prefix?: string;
}

export interface ListReader {
  /** Takes the next bytes. A failure (http) if they cannot be a list. */
  feed(bytes: Bytes): Failure | undefined;
  /** After the last byte: a failure (http) if that was not a whole list. */
  end(): Failure | undefined;
  /** The token of the next page, "" if this one is the last. */
  next(): string;
}

/** The most that an entry may take, and what stands outside of them: a key has 1,024 bytes, three characters each, in four elements. */
const LIMIT = 16384;

function noList(): Failure {
  return failure("http", "The answer is not a list of S3's", "Is this address an S3? A proxy or captive portal answers like this.");
}

/** The entry in the element `text`, or undefined if it is none. Names come encoded (encoding-type=url). */
function readEntry(text: Bytes, isObject: boolean): ListEntry | undefined {
  if (!isObject) return { prefix: formDecode(xmlText(text, "Prefix")) };
  const size = xmlText(text, "Size");
  const key = formDecode(xmlText(text, "Key"));
  if (key == "" || !/^[0-9]+$/.test(size)) return undefined;
  return { key: key, size: parseInt(size, 10), modified: xmlText(text, "LastModified"), etag: xmlText(text, "ETag") };
}

/** A reader that hands each entry to `found`, in S3's order: keys, then prefixes. */
export function createListReader(found: (entry: ListEntry) => void): ListReader {
  let wrong = false;
  const reader = createElementReader(["Contents", "CommonPrefixes"], LIMIT, function (element, name) {
    const entry = readEntry(element, name == "Contents");
    if (entry) found(entry);
    else wrong = true;
  });

  function next(): string {
    const outside = reader.outside();
    return xmlText(outside, "IsTruncated") == "true" ? xmlText(outside, "NextContinuationToken") : "";
  }

  return {
    feed: (bytes) => (reader.feed(bytes) ? undefined : noList()),
    end: function () {
      const outside = reader.outside();
      const whole = find(outside, "<ListBucketResult") >= 0 && find(outside, "</ListBucketResult>") >= 0;
      return whole && !wrong && (xmlText(outside, "IsTruncated") != "true" || next() != "") ? undefined : noList();
    },
    next: next,
  };
}
