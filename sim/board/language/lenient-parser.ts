// Reads JSON as leniently as the interpreter: single quotes, a trailing comma, leading zeros, anything after the value.
import type { Dictionary, Realm } from "../realm";

const escapes: Record<string, string> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

export class LenientParser {
  private at = 0;

  /** @param bareNames takes {a:1}, as Storage.readJSON does */
  constructor(private readonly text: string, private readonly realm: Realm, private readonly bareNames = false) {}

  /** The first value in the text. What follows it is not looked at. Throws SyntaxError. */
  parse(): unknown {
    return this.value();
  }

  private value(): unknown {
    const start = this.peek();
    if (start === "{") return this.object();
    if (start === "[") return this.array();
    if (start === '"' || start === "'") return this.string();
    const number = /^-?(0x[0-9a-f]+|(\d+\.?\d*|\.\d+)(e[-+]?\d+)?)/i.exec(this.text.slice(this.at, this.at + 40));
    if (number) {
      this.at += number[0].length;
      return Number(number[0].replace(/^(-?)0+(?=\d)/, "$1"));
    }
    for (const [word, value] of [["true", true], ["false", false], ["null", null]] as const) {
      if (this.text.startsWith(word, this.at) && !/\w/.test(this.text[this.at + word.length] ?? "")) {
        this.at += word.length;
        return value;
      }
    }
    throw this.error(`Expecting valid value, got ${start === "" ? "EOF" : /\w/.test(start) ? "ID" : `'${start}'`}`);
  }

  private object(): Dictionary {
    const result = this.realm.object();
    this.at++;
    while (this.peek() !== "}") {
      const name = this.name();
      if (this.peek() !== ":") throw this.error(`Got ${this.token()} expected ':'`);
      this.at++;
      result[name] = this.value();
      this.comma("}");
    }
    this.at++;
    return result;
  }

  private name(): string {
    if (/['"]/.test(this.peek())) return this.string();
    const bare = this.bareNames ? /^[a-zA-Z_$][\w$]*/.exec(this.text.slice(this.at, this.at + 64)) : null;
    if (!bare) throw this.error(`Got ${this.token()} expected STRING`);
    this.at += bare[0].length;
    return bare[0];
  }

  private array(): unknown[] {
    const result = this.realm.array();
    this.at++;
    while (this.peek() !== "]") {
      result.push(this.value());
      this.comma("]");
    }
    this.at++;
    return result;
  }

  private comma(end: string): void {
    if (this.peek() === ",") this.at++;
    else if (this.peek() !== end) throw this.error(`Got ${this.token()} expected ','`);
  }

  private string(): string {
    const quote = this.text[this.at++];
    let out = "";
    for (;;) {
      const character = this.text[this.at++];
      if (character === undefined || character === "\n") throw this.error("Expecting valid value, got UNFINISHED STRING");
      if (character === quote) return out;
      out += character === "\\" ? this.escape() : character;
    }
  }

  private escape(): string {
    const character = this.text[this.at++] ?? "";
    if (character === "x" || character === "u") {
      const digits = character === "x" ? 2 : 4;
      const code = parseInt(this.text.slice(this.at, this.at + digits), 16);
      this.at += digits;
      // trap: of \u20ac only the low byte is left
      return String.fromCharCode(code & 255);
    }
    return escapes[character] ?? character;
  }

  private peek(): string {
    while (/\s/.test(this.text[this.at] ?? "")) this.at++;
    return this.text[this.at] ?? "";
  }

  private token(): string {
    const character = this.peek();
    if (character === "") return "EOF";
    if (/\d/.test(character)) return "INT";
    return /\w/.test(character) ? `ID:${/^\w+/.exec(this.text.slice(this.at))![0]}` : `'${character}'`;
  }

  private error(message: string): Error {
    return this.realm.error("SyntaxError", message);
  }
}
