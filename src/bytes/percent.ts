// Percent-encoding as AWS signs it (RFC 3986 section 2.3): A-Z a-z 0-9 - . _ ~ stay, everything else is %XX in upper case.
// The interpreter's own encodeURIComponent is wrong for bytes from 0x80 on and keeps !'()*, so it is not used.
import type { Bytes } from "./bytes";
import { hexNumber } from "./hex";

function isUnreserved(code: number): boolean {
  return (
    (code > 96 && code < 123) || (code > 63 && code < 91 && code != 64) || (code > 47 && code < 58) ||
    code == 45 || code == 46 || code == 95 || code == 126
  );
}

/** `bytes` percent-encoded; with `keepSlash` a "/" stays as it is (paths). */
export function percentEncode(bytes: Bytes, keepSlash?: boolean): string {
  let text = "";
  for (let i = 0; i < bytes.length; i++) {
    const code = bytes.charCodeAt(i);
    text += isUnreserved(code) || (keepSlash && code == 47) ? bytes[i] : "%" + hexNumber(code, 2).toUpperCase();
  }
  return text;
}

/** The value of one hex digit, or -1. */
function hexDigit(code: number): number {
  return code > 47 && code < 58 ? code - 48 : code > 64 && code < 71 ? code - 55 : code > 96 && code < 103 ? code - 87 : -1;
}

/** The bytes of a percent-encoded text. A "%" without two hex digits stays as it is, "+" is not a space. */
export function percentDecode(text: string): Bytes {
  let bytes = "";
  for (let i = 0; i < text.length; i++) {
    const high = text[i] == "%" && i + 2 < text.length ? hexDigit(text.charCodeAt(i + 1)) : -1;
    const low = high < 0 ? -1 : hexDigit(text.charCodeAt(i + 2));
    if (low < 0) bytes += text[i];
    else {
      bytes += String.fromCharCode(high * 16 + low);
      i += 2;
    }
  }
  return bytes;
}
