// The console of a board: print(), console.log() and what the interpreter itself says.
import { asBytes, readable } from "./bytes";
import { Printer } from "./print";
import type { Realm } from "./realm";

/** Where output goes: kept by the board, since it outlives resets. */
export class Output {
  /** Complete lines, oldest first. */
  readonly lines: string[] = [];
  private rest = "";

  constructor(private readonly onText?: (text: string) => void, private readonly onLine?: (line: string) => void) {}

  /** @param bytes text as a byte string */
  write(bytes: string): void {
    const text = readable(bytes);
    this.onText?.(text);
    const parts = (this.rest + text).split(/\r?\n/);
    this.rest = parts.pop() ?? "";
    for (const line of parts) {
      this.lines.push(line);
      this.onLine?.(line);
    }
  }
}

/** Installs print, console, dump and trace. Returns the printer, for the REPL. */
export function installConsole(realm: Realm, output: Output): Printer {
  const printer = new Printer(realm);
  const print = (...values: unknown[]): void => output.write(values.map((value) => asBytes(printer.argument(value))).join(" ") + "\n");
  const console = realm.object();
  realm.define(console, { log: print, debug: print, info: print, warn: print, error: print, trace: print });
  realm.define(realm.global, { print, console, dump: () => undefined, trace: () => undefined });
  return printer;
}
