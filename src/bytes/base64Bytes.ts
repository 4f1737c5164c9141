// Base64 back to bytes (RFC 4648 section 4), for short texts such as checksums.
import type { Bytes } from "./bytes";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The bytes that `text` stands for; "" if it is not base64. */
export function base64Bytes(text: string): Bytes {
  if (text.length % 4) return "";
  let bytes = "";
  for (let at = 0; at < text.length; at += 4) {
    const last = at + 4 == text.length;
    const count = last && text[at + 3] == "=" ? (text[at + 2] == "=" ? 1 : 2) : 3;
    let three = 0;
    for (let i = 0; i < 4; i++) {
      const digit = i > count ? 0 : ALPHABET.indexOf(text[at + i]!);
      if (digit < 0) return "";
      three = (three << 6) | digit;
    }
    bytes += String.fromCharCode(three >> 16, (three >> 8) & 255, three & 255).substr(0, count);
  }
  return bytes;
}
