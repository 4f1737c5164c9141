// Source text as a board reads it: bytes.
import { utf8Bytes } from "../bytes";

/** Turns program text into what an ESP32 build makes of it. Trap: strings are byte strings there, so an é in the text becomes the two bytes of its UTF-8 form. */
export function boardSource(text: string): string {
  return byteSource(utf8Bytes(text));
}

/** The same for text that is bytes already, such as the board's own eval() gets. Trap: of `\u20ac` only the low byte is left. */
export function byteSource(text: string): string {
  return text.replace(/(\\+)u[0-9a-fA-F]{2}([0-9a-fA-F]{2})/g, (all: string, slashes: string, low: string) =>
    slashes.length % 2 === 0 ? all : slashes + "x" + low);
}
