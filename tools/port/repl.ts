// Questions to a board's REPL: one line without echo, one framed answer.
import { randomBytes } from "node:crypto";
import { crc32 } from "../build/crc32.js";
import { isTrouble, REFUSED, Trouble } from "../trouble";
import type { BoardPort } from "./port";
import { type Frame, Lines, Reader } from "./reader";

export interface ReplOptions {
  /** Gets every line that the board prints beside the answers. */
  onLine?: (line: string) => void;
  /** Gets the same as it comes, with prompt and control characters. */
  onText?: (bytes: string) => void;
  /** How long one piece of a long expression may take to be confirmed, milliseconds. */
  pieceMs?: number;
}

/** What a small heap takes as one console line, and what stays of it for the expression. */
const LINE = 960, MOST_TRIES = 3, FIRST_ANSWER_MS = 2500;

/** Clears what is half typed at the console (ESC [ 2 H); unlike Ctrl-C it interrupts nothing. */
const CLEAR_LINE = "\x1b[2H", NO_ECHO = "\x10", CTRL_C = "\x03";

/** Bytes as a JavaScript text of plain characters. */
export function quoted(bytes: string): string {
  let text = '"';
  for (const one of bytes) {
    const code = one.charCodeAt(0);
    text += one === '"' || one === "\\" ? "\\" + one : one === "\n" ? "\\n" : code >= 32 && code < 127 ? one : "\\x" + (code & 255).toString(16).padStart(2, "0");
  }
  return text + '"';
}

/** Cuts bytes into pieces of which none is longer than `most` when it is quoted. */
export function quotedPieces(bytes: string, most: number): string[] {
  const pieces: string[] = [];
  let piece = "", length = 2;
  for (const one of bytes) {
    const size = quoted(one).length - 2;
    if (length + size > most) {
      pieces.push(piece);
      piece = "";
      length = 2;
    }
    piece += one;
    length += size;
  }
  return [...pieces, piece];
}

interface Waiting {
  begun: boolean;
  answer(frame: Frame): void;
  fail(trouble: Trouble): void;
}

export class Repl {
  private readonly session = randomBytes(4).toString("hex").slice(0, 6);
  private readonly reader: Reader;
  private readonly lines: Lines;
  private readonly waiting = new Map<number, Waiting>();
  private readonly listeners: (() => void)[];
  private lastId = 0;
  private ended = "";

  constructor(readonly port: BoardPort, private readonly options: ReplOptions = {}) {
    this.lines = new Lines((line) => this.options.onLine?.(line));
    this.reader = new Reader(this.session, {
      frame: (frame) => {
        this.lines.frame();
        this.waiting.get(frame.id)?.answer(frame);
      },
      text: (bytes) => {
        this.options.onText?.(bytes);
        this.lines.feed(bytes);
      },
    });
    this.listeners = [
      port.onData((bytes) => this.reader.feed(bytes)),
      port.onEnd((why) => {
        this.ended = why;
        for (const one of [...this.waiting.values()]) one.fail(this.gone());
      }),
    ];
  }

  /** Replaces who gets the printed lines. */
  set onLine(listener: (line: string) => void) {
    this.options.onLine = listener;
  }

  /**
   * Makes sure that an interpreter answers: clears the line, asks, tries again (the board may be starting); the last time with Ctrl-C, which
   * ends what runs. @returns true if Ctrl-C was needed
   */
  async greet(milliseconds = 12_000): Promise<boolean> {
    const until = Date.now() + milliseconds;
    for (let tries = 0; ; tries++) {
      const left = until - Date.now(), last = left <= FIRST_ANSWER_MS;
      if (last) this.port.write(CTRL_C);
      this.port.write(CLEAR_LINE);
      try {
        if ((await this.evaluate("6*7", last ? FIRST_ANSWER_MS : Math.min(FIRST_ANSWER_MS, left))) === 42) return last;
      } catch (error) {
        if (!isTrouble(error) || this.ended) throw error;
        if (last) break;
      }
    }
    throw new Trouble(
      `${this.port.address}: no answer`,
      "Is it this port and this baud rate (115200)? Does the board run Espruino? Is another program using the port? Press the board's reset button and try again.",
    );
  }

  /**
   * Evaluates an expression on the board and gives its value, as JSON carries it; a promise's value is awaited.
   * Failures: a Trouble with the device's code and hint (exit 3), one with what was thrown (exit 3), or no answer (exit 1).
   */
  async evaluate<T = any>(expression: string, milliseconds = 20_000): Promise<T> {
    const bytes = Buffer.from(expression, "utf8").toString("latin1");
    const id = ++this.lastId;
    const whole = this.line(id, quoted(bytes), crc32(bytes));
    if (whole.length <= LINE) return this.ask<T>(id, whole, milliseconds);
    const pieces = quotedPieces(bytes, LINE - 200);
    for (const [index, piece] of pieces.entries()) await this.send(index, piece);
    return this.ask<T>(id, this.line(id, 'global.__a.join("")', crc32(bytes)), milliseconds);
  }

  /** Stops listening; the port stays open. */
  stop(): void {
    for (const remove of this.listeners) remove();
    for (const one of [...this.waiting.values()]) one.fail(new Trouble("The command ended before the board answered"));
  }

  private gone(): Trouble {
    return new Trouble(`${this.port.address}: the connection ended (${this.ended})`, "Is the board still plugged in? A board that restarts drops a USB console for a moment: try again.");
  }

  /** Text that prints a frame around the JSON `x`; the marks are cut in two, so that an echo of the line is no frame. */
  private frame(id: number, kind: string): string {
    const half = this.session.slice(0, 3), rest = this.session.slice(3);
    return `print("~${half}"+"${rest}:${id}"+${kind}+E.CRC32(x)+":"+x+"~${half}"+"${rest}>")`;
  }

  /** One console line that evaluates the text `source` if it came whole, and prints the answer. */
  private line(id: number, source: string, crc: number): string {
    return (
      "(function(__s){" +
      `function __p(k,x){x=x===undefined?"undefined":""+JSON.stringify(x);${this.frame(id, "k")}}` +
      'function __f(e){if(e&&e.code&&e.hint!==undefined)__p("!",{code:e.code,message:e.message,hint:e.hint});else __p("?",""+e)}' +
      "delete global.__a;" +
      `if(E.CRC32(__s)!=${crc})return __p("#");__p("+");` +
      'try{__s=eval(__s)}catch(e){return __f(e)}if(__s&&__s.then)__s.then(function(v){__p("=",v)},__f);else __p("=",__s)' +
      `})(${source})`
    );
  }

  /** Puts one piece of a long expression into the board's memory. Can be said again, so it is, when it got lost. */
  private async send(index: number, piece: string): Promise<void> {
    const id = ++this.lastId;
    const text = `${index ? "" : "global.__a=[];"}global.__a[${index}]=${quoted(piece)};(function(x){${this.frame(id, '","')}})(""+E.CRC32(global.__a[${index}]))`;
    for (let tries = 1; ; tries++) {
      // A console that lost a character may wait for the end of a text or a bracket.
      if (tries > 1) this.port.write("\n");
      const answer = await this.exchange(id, text, (this.options.pieceMs ?? 3000) * tries, (frame) => frame.kind === ",").catch((error: Trouble) => error);
      if (!(answer instanceof Error) && answer.text === String(crc32(piece))) return;
      if (this.ended) throw this.gone();
      if (tries === MOST_TRIES) throw answer instanceof Error ? answer : lost();
    }
  }

  private async ask<T>(id: number, line: string, milliseconds: number): Promise<T> {
    for (let tries = 1; ; tries++) {
      const { kind, text, whole } = await this.exchange(id, line, milliseconds, ({ kind: one }) => "=!?#".includes(one));
      // Nothing was evaluated: it can be said again.
      if (kind === "#" && tries < MOST_TRIES && !line.includes("__a.join")) continue;
      if (kind === "#" || !whole) throw lost();
      if (kind === "=" && text === "undefined") return undefined as T;
      const value = parsed(text);
      if (kind === "=") return value as T;
      if (kind === "!") throw new Trouble(value.message, value.hint, REFUSED, value.code);
      throw new Trouble(`The board threw ${value}`, "", REFUSED, "thrown");
    }
  }

  private exchange(id: number, line: string, milliseconds: number, wanted: (frame: Frame) => boolean): Promise<Frame> {
    return new Promise((resolve, reject) => {
      if (this.ended) return reject(this.gone());
      const finish = (action: () => void) => {
        clearTimeout(timer);
        this.waiting.delete(id);
        action();
      };
      const one: Waiting = {
        begun: false,
        answer: (frame) => {
          if (frame.kind === "+") one.begun = true;
          else if (wanted(frame)) finish(() => resolve(frame));
        },
        fail: (trouble) => finish(() => reject(trouble)),
      };
      const timer = setTimeout(() => {
        this.reader.flush();
        const seconds = `${Math.round(milliseconds / 100) / 10} s`;
        one.fail(one.begun
          ? new Trouble(`No end after ${seconds}: the board has begun with it`, "It may still be at work: espruino-aws status", REFUSED, "timeout")
          : new Trouble(`${this.port.address}: no answer in ${seconds}`, "The board is busy or its console hears nothing: press its reset button and try again."));
      }, milliseconds);
      this.waiting.set(id, one);
      this.port.write(CLEAR_LINE + NO_ECHO + line + "\n");
    });
  }
}

function lost(): Trouble {
  return new Trouble("Characters were lost between board and desktop", "A shorter cable, a lower baud rate (-b), nothing else on the port; then try again.");
}

function parsed(text: string): any {
  try {
    return JSON.parse(text);
  } catch {
    throw new Trouble("The board's answer is no JSON: " + text.slice(0, 80), "Is it Espruino 2v27 or later?");
  }
}

/** Opens a REPL on a port and makes sure that somebody answers. */
export async function openRepl(port: BoardPort, options: ReplOptions = {}): Promise<Repl> {
  const repl = new Repl(port, options);
  try {
    await repl.greet();
    return repl;
  } catch (error) {
    repl.stop();
    await port.close();
    throw error;
  }
}
