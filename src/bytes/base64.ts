// Base64 (RFC 4648 section 4) of short byte strings: checksums, encryption contexts.
import type { Bytes } from "./bytes";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

export function base64(bytes: Bytes): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const three = (bytes.charCodeAt(i) << 16) | (left > 1 ? bytes.charCodeAt(i + 1) << 8 : 0) | (left > 2 ? bytes.charCodeAt(i + 2) : 0);
    text += ALPHABET[three >> 18]! + ALPHABET[(three >> 12) & 63]! + (left > 1 ? ALPHABET[(three >> 6) & 63]! : "=") + (left > 2 ? ALPHABET[three & 63]! : "=");
  }
  return text;
}
