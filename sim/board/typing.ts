// A board's console as the other end of a cable meets it: characters one by one, echo, prompt (Espruino's jsiHandleConsoleChar).
import type { Board } from "./board";
import { readable, utf8Bytes } from "./bytes";

/** How many brackets are open at the end of this text; what is in quotes and comments does not count. An open comment or template counts as many. */
export function openBrackets(text: string): number {
  let open = 0;
  for (let at = 0; at < text.length; at++) {
    const one = text[at]!;
    if (one === '"' || one === "'" || one === "`") {
      while (++at < text.length && text[at] !== one && (one === "`" || text[at] !== "\n")) if (text[at] === "\\") at++;
      if (text[at] !== one) return one === "`" ? 1000 : 0; // a text that does not end runs at once, so that it can fail
    } else if (one === "/" && text[at + 1] === "/") {
      while (at < text.length && text[at] !== "\n") at++;
    } else if (one === "/" && text[at + 1] === "*") {
      at = text.indexOf("*/", at + 2) + 1;
      if (at === 0) return 1000;
    } else if ("{[(".includes(one)) open++;
    else if ("}])".includes(one) && --open < 0) return open;
  }
  return open;
}

const CLEAR_LINE = "\r\x1b[J";

export class Typing {
  private line = "";
  /** What came after ESC; undefined outside of a sequence. */
  private sequence: string | undefined;
  private quietLine = false;
  private prompted = false;
  private running = false;

  /** @param show gets what the console sends, one character a byte */
  constructor(private readonly board: () => Board, private readonly show: (bytes: string) => void) {}

  /** What the board prints, on its way out: give it to the board as onOutput. */
  print(text: string): void {
    if (this.prompted) this.show(CLEAR_LINE);
    this.prompted = false;
    this.show(utf8Bytes(text).replace(/\r?\n/g, "\r\n"));
    if (!this.running) setImmediate(() => this.prompt());
  }

  /** Shows the prompt with what was typed so far, where it is not there. */
  prompt(): void {
    if (this.prompted || this.running || !this.board().alive || !this.board().echoes || this.quietLine) return;
    this.prompted = true;
    this.show(">" + this.line.replace(/\n/g, "\r\n:"));
  }

  /** @param bytes one character a byte */
  type(bytes: string): void {
    for (const one of bytes) if (this.board().alive) this.character(one);
  }

  private character(one: string): void {
    if (one === "\x03") return this.clear();
    if (one === "\x10") {
      if (this.line === "") this.quietLine = true;
      return;
    }
    if (one === "\x1b") {
      this.sequence = "";
      return;
    }
    if (this.sequence !== undefined) {
      this.sequence += one;
      if (this.sequence === "[" || this.sequence === "O" || /^\[\d+$/.test(this.sequence)) return;
      if (this.sequence === "[2H") this.clear();
      this.sequence = undefined;
      return;
    }
    if (one === "\x05" && this.line === "") this.show("Espruino 2v29.277 ESP32\r\n");
    else if (one === "\b" || one === "\x7f") this.line = this.line.slice(0, -1);
    else if (one === "\n" || one === "\r") this.enter();
    else if (one >= " " || one === "\t") {
      this.line += one;
      if (this.echoing()) this.show(one);
    }
  }

  private echoing(): boolean {
    return this.board().echoes && !this.quietLine;
  }

  private clear(): void {
    if (this.line === "") return;
    this.line = "";
    if (this.prompted) this.show(CLEAR_LINE);
    this.prompted = false;
    this.prompt();
  }

  private enter(): void {
    if (openBrackets(this.line) > 0) {
      if (this.echoing()) this.show("\r\n:");
      this.line += "\n";
      return;
    }
    const text = this.line.trimEnd(), quiet = this.quietLine;
    this.line = "";
    if (!quiet && this.echoing()) this.show("\r\n");
    if (!quiet) this.prompted = false;
    this.running = true;
    try {
      if (text) this.board().evaluate(readable(text), quiet);
    } finally {
      this.running = this.quietLine = false;
    }
    this.prompt();
  }
}
