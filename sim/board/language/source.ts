// Source text as a board reads it: bytes.
import { utf8Bytes } from "../bytes";

/**
 * Turns program text into what an ESP32 build makes of it. Traps: strings are byte strings there, so an é in the text
 * becomes the two bytes of its UTF-8 form, and of `\\u20ac` only the low byte is left.
 */
export function boardSource(text: string): string {
  return utf8Bytes(text).replace(/(\\+)u[0-9a-fA-F]{2}([0-9a-fA-F]{2})/g, (all: string, slashes: string, low: string) =>
    slashes.length % 2 === 0 ? all : slashes + "x" + low);
}
