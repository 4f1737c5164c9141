// Decoding of names and values in a query or in S3's lists (application/x-www-form-urlencoded: "+" is a space).
import type { Bytes } from "./bytes";

/** The bytes of a form-encoded text. A "%" without two hex digits stays as it is. */
export function formDecode(text: string): Bytes {
  const parts = text.split("+").join(" ").split("%");
  let plain = parts[0]!;
  for (let i = 1; i < parts.length; i++) {
    const part = parts[i]!;
    plain += /^[0-9a-fA-F][0-9a-fA-F]/.test(part) ? String.fromCharCode(parseInt(part.substr(0, 2), 16)) + part.substr(2) : "%" + part;
  }
  return plain;
}
