// encodeURIComponent and decodeURIComponent as the interpreter has them: right for ASCII, wrong above.
import type { Realm } from "../realm";

const unescaped = /[A-Za-z0-9\-_.~!'()*]/;

export function breakUri(realm: Realm): void {
  realm.define(realm.global, {
    // trap: wrong for a byte above 127
    encodeURIComponent(value: unknown) {
      return [...String(value)].map((character) => {
        if (unescaped.test(character)) return character;
        const byte = character.charCodeAt(0) & 255;
        return "%" + firstDigit(byte >> 4) + (byte & 15).toString(16).toUpperCase();
      }).join("");
    },
    decodeURIComponent(value: unknown) {
      const text = String(value);
      // trap: bytes above 127 are refused
      for (const [, hex] of text.matchAll(/%(..?)?/g)) {
        if (!hex || !/^[0-7][0-9a-fA-F]$/.test(hex)) throw realm.error("Error", "Invalid URI");
      }
      return text.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
    },
  });
}

/** The upper digit is made from a signed number, so 8 to 15 come out as "/" and 0 to 6. */
function firstDigit(value: number): string {
  return String.fromCharCode(value < 8 ? 48 + value : 39 + value);
}
