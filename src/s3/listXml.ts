// S3's lists, read while they come (S3 API reference, ListObjectsV2, response syntax): one entry in memory, fed in any slices.
import type { Bytes } from "../bytes/bytes";
import { find } from "../bytes/find";
import { formDecode } from "../bytes/formDecode";
import { failure } from "../flow/failure";
import type { Failure } from "../flow/failure";
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

/** The most that an entry may take, and what stands outside of them: a key has 1,024 bytes, three characters each, in four elements at most. */
const LIMIT = 16384;
/** As long as the longest tag that is looked for: so much of it may have come. */
const PARTIAL = 17;

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
  let text = "";
  /** All that is not in an entry. */
  let outside = "";
  let wrong = false;

  /** Takes one whole entry off the text; false if there is none. */
  function takeEntry(): boolean {
    let from = find(text, "<Contents>");
    const prefixes = find(text, "<CommonPrefixes>");
    const isObject = from >= 0 && (prefixes < 0 || from < prefixes);
    if (!isObject) from = prefixes;
    const kept = from < 0 ? text.length - PARTIAL : from;
    if (kept > 0) {
      outside += text.substr(0, kept);
      text = text.substr(kept);
    }
    if (from < 0) return false;
    const tag = isObject ? "</Contents>" : "</CommonPrefixes>";
    const end = find(text, tag);
    if (end < 0) return false;
    const entry = readEntry(text.substr(0, end), isObject);
    text = text.substr(end + tag.length);
    if (entry) found(entry);
    else wrong = true;
    return true;
  }

  return {
    feed: function (bytes) {
      text += bytes;
      while (takeEntry());
      return text.length > LIMIT || outside.length > LIMIT ? noList() : undefined;
    },
    end: function () {
      outside += text;
      text = "";
      const whole = find(outside, "<ListBucketResult") >= 0 && find(outside, "</ListBucketResult>") >= 0;
      return whole && !wrong && (xmlText(outside, "IsTruncated") != "true" || xmlText(outside, "NextContinuationToken") != "") ? undefined : noList();
    },
    next: function () {
      return xmlText(outside, "IsTruncated") == "true" ? xmlText(outside, "NextContinuationToken") : "";
    },
  };
}
