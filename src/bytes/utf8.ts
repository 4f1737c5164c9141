// Text to bytes (RFC 3629). On a board text is bytes already: its console and JSON deliver UTF-8, one character a byte.
import type { Bytes } from "./bytes";

/** The length of the well-formed UTF-8 sequence that starts at `at`, or 0. Refuses overlong forms and surrogates (RFC 3629 section 4). */
export function utf8SequenceLength(text: string, at: number): number {
  const first = text.charCodeAt(at);
  if (first < 0x80) return 1;
  const length = first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0;
  if (at + length > text.length) return 0;
  for (let i = 1; i < length; i++) {
    const next = text.charCodeAt(at + i);
    if (next < 0x80 || next > 0xbf) return 0;
  }
  const second = text.charCodeAt(at + 1);
  if (first == 0xe0 && second < 0xa0) return 0;
  if (first == 0xed && second > 0x9f) return 0;
  if (first == 0xf0 && second < 0x90) return 0;
  if (first == 0xf4 && second > 0x8f) return 0;
  return length;
}

/** True if `text` is a byte string of well-formed UTF-8. */
export function isUtf8(text: string): boolean {
  let at = 0;
  // Most texts, and the interpreter's own loop is fifty times faster.
  if (/^[ -~]*$/.test(text)) return true;
  while (at < text.length) {
    const length = utf8SequenceLength(text, at);
    if (!length) return false;
    at += length;
  }
  return true;
}

/**
 * The UTF-8 bytes of `text`. Bytes that are well-formed UTF-8 already stay as they are; any other text is encoded,
 * a surrogate pair as one character, a lone surrogate as U+FFFD.
 */
export function toUtf8(text: string): Bytes {
  if (isUtf8(text)) return text;
  let bytes = "";
  for (let i = 0; i < text.length; i++) {
    let code = text.charCodeAt(i);
    if (code >= 0xd800 && code < 0xe000) {
      const low = code < 0xdc00 && i + 1 < text.length ? text.charCodeAt(i + 1) : 0;
      if (low >= 0xdc00 && low < 0xe000) {
        code = 0x10000 + (code - 0xd800) * 0x400 + low - 0xdc00;
        i++;
      } else code = 0xfffd;
    }
    if (code < 0x80) bytes += String.fromCharCode(code);
    else if (code < 0x800) bytes += String.fromCharCode(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) bytes += String.fromCharCode(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else bytes += String.fromCharCode(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  }
  return bytes;
}
