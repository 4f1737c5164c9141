// XML that is read while it comes: one element in memory at a time, and what stands outside of them. Pure.
import type { Bytes } from "../bytes/bytes";
import { find } from "../bytes/find";

export interface ElementReader {
  /** Takes the next bytes; false if an element, or all that stands outside of them, is longer than the limit: then no more should come. */
  feed(bytes: Bytes): boolean;
  /** What stood outside of whole elements so far, without a tag that has only begun. After the last byte: all of it. */
  outside(): Bytes;
}

/**
 * A reader that hands over each whole element of one of these `names`, in the order in which they come and with its first tag but not its
 * last. They do not contain each other and have no attributes. `limit`: the most bytes that an element may have, or what stands outside.
 */
export function createElementReader(names: string[], limit: number, each: (element: Bytes, name: string) => void): ElementReader {
  let text = "";
  let outside = "";
  /** So much of the longest tag may have come. */
  let partial = 0;
  for (const name of names) if (name.length >= partial) partial = name.length + 1;

  /** Takes one whole element off the text; false if there is none. */
  function takeElement(): boolean {
    let from = -1;
    let name = "";
    for (const one of names) {
      const at = find(text, "<" + one + ">");
      if (at < 0 || (from >= 0 && from < at)) continue;
      from = at;
      name = one;
    }
    const before = from < 0 ? text.length - partial : from;
    if (before > 0) {
      outside += text.substr(0, before);
      text = text.substr(before);
    }
    if (from < 0) return false;
    const close = "</" + name + ">";
    const end = find(text, close);
    if (end < 0) return false;
    each(text.substr(0, end), name);
    text = text.substr(end + close.length);
    return true;
  }

  return {
    feed: function (bytes) {
      text += bytes;
      while (takeElement());
      return text.length <= limit && outside.length <= limit;
    },
    outside: () => outside + text,
  };
}
