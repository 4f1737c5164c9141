// Hexadecimal numbers and text, lower case.
import type { Bytes } from "./bytes";

/** `value` (0..2^32-1) in lower-case hex, padded with zeros to `digits`. */
export function hexNumber(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}

/** The hex text of a byte string, two digits a byte. For short texts: digests have the native `Hash.hex`. */
export function hexText(bytes: Bytes): string {
  let text = "";
  for (let i = 0; i < bytes.length; i++) text += hexNumber(bytes.charCodeAt(i), 2);
  return text;
}
