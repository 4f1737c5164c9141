// The virtual board: Espruino's API on Node, with the interpreter's traps. See README.md.
import { Board } from "./board";
import type { BoardOptions } from "./options";

export { Board, type End } from "./board";
export type { CardOptions } from "./files/card";
export { BoardCrash } from "./machine";
export type { BoardOptions, Profile, Verification, WifiOptions } from "./options";
export type { Flash } from "./storage";

/**
 * Boots a board.
 *
 * @param options.image     program text; on an ESP32 it is flashed as `.bootcde`, on Linux it is run like `espruino file.js`
 * @param options.profile   "esp32" (default) or "linux"
 * @param options.storage   a Map of file name to byte string that outlives the board, or a directory
 * @param options.card      `{directory, size?}`: the SD card (on Linux: the working directory)
 * @param options.wifi      `{networks?, delay?, ip?}`: which networks work; without it every one does
 * @param options.freeHeap  native heap in bytes; about 35,000 for a plain ESP32, where TLS then fails
 * @param options.verification  "none" (default, as stock), "root" or "name": what is checked of a server's certificate
 * @param options.clock     milliseconds since 1970 at power on (default 0: the board does not know the time)
 * @param options.onLine    called with every printed line; `board.output` has them all
 * @param options.onOutput  called with every piece of output
 * @returns the board once its boot code has run. `evaluate(line)` types at its REPL, `run(code)` gives values to a test,
 *          `reset()`, `powerCycle()` and `stop()` do what they say, `card.remove()` and `wifi.drop()` make trouble,
 *          `crashed` resolves when the interpreter would have crashed, `ended` when the board has ended.
 */
export function bootBoard(options: BoardOptions = {}): Promise<Board> {
  return Promise.resolve(new Board(options));
}
