// gate: raw indexOf is allowed in this file only.
// Search in byte strings, right in spite of String.indexOf of Espruino 2v29 (a needle cut off by the end of the text counts as found there).
import type { Bytes } from "./bytes";

/**
 * The position of the first `needle` in `text` at or after `from`, or -1.
 * The interpreter's false hits lie past the last possible position and come after all true ones, so one comparison is exact.
 */
export function find(text: Bytes, needle: Bytes, from?: number): number {
  const at = text.indexOf(needle, from || 0);
  return at > text.length - needle.length ? -1 : at;
}
