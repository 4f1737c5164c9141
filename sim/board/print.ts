// Values as print(), console.log() and the REPL show them.
import { isArrayBuffer } from "./bytes";
import { numberText } from "./language/numbers";
import type { Realm } from "./realm";

/** Items of a long list that are left out at the REPL, and how many are shown at each end. */
const limit = { items: 15, shown: 5, text: 200, textShown: 90 };

const names: Record<string, string> = { "\b": "\\b", "\t": "\\t", "\n": "\\n", "\v": "\\v", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\" };

function quoted(text: string): string {
  return `"${text.replace(/[^\x20-\x7e]|["\\]/g, (character: string, at: number) => {
    const code = character.charCodeAt(0);
    if (code < 8 && !/\d/.test(text[at + 1] ?? "")) return `\\${code}`;
    return names[character] ?? "\\x" + (code & 255).toString(16).toUpperCase().padStart(2, "0");
  })}"`;
}

export class Printer {
  private readonly open = new Set<object>();

  constructor(private readonly realm: Realm) {}

  /** One argument of print(): strings as they are, numbers shortly, objects laid out over several lines. */
  argument(value: unknown): string {
    return typeof value === "string" ? value : this.layout(value, 0, false);
  }

  /** A value after the `=` of the REPL: strings quoted, long lists shortened. */
  result(value: unknown): string {
    return this.layout(value, 0, true);
  }

  /** What "Uncaught" is followed by. */
  thrown(value: unknown): string {
    if (typeof value === "object" && value !== null) {
      try {
        return String(value);
      } catch {
        return "[object Object]";
      }
    }
    return typeof value === "number" ? numberText(value) : String(value);
  }

  private layout(value: unknown, depth: number, shorten: boolean): string {
    if (typeof value === "string") return this.text(value, shorten);
    if (typeof value === "number") return numberText(value);
    if (typeof value === "function") return shorten ? functionHead(value) + " { ... }" : functionText(value);
    if (typeof value !== "object" || value === null) return String(value);
    if (this.open.has(value)) return " ... ";
    this.open.add(value);
    try {
      if (Array.isArray(value)) return this.array(value as unknown[], depth, shorten);
      if (isArrayBuffer(value)) return this.typed("Uint8Array", new Uint8Array(value), shorten) + ".buffer";
      if (ArrayBuffer.isView(value)) return this.typed((value.constructor as { name?: string }).name ?? "Uint8Array", value as Uint8Array, shorten);
      return this.object(value as Record<string, unknown>, depth, shorten);
    } finally {
      this.open.delete(value);
    }
  }

  private text(value: string, shorten: boolean): string {
    if (!shorten || value.length <= limit.text) return quoted(value);
    return `${quoted(value.slice(0, limit.textShown))} ... ${quoted(value.slice(-limit.textShown))}`;
  }

  private array(items: readonly unknown[], depth: number, shorten: boolean): string {
    const long = shorten && items.length > limit.items;
    let out = "[ ", newLine = false;
    for (let i = 0; i < items.length; i++) {
      if (long && i >= limit.shown && i < items.length - limit.shown) continue;
      if (i > 0) out += ", ";
      if (long && i === items.length - limit.shown) out += " ... ";
      const breaks = ownLine(items[i]);
      if (newLine || breaks) out += "\n" + "  ".repeat(depth + 1);
      out += this.layout(items[i], depth + 1, shorten);
      newLine = breaks;
    }
    return out + (newLine ? "\n" + "  ".repeat(depth) : "") + " ]";
  }

  private object(object: Record<string, unknown>, depth: number, shorten: boolean): string {
    const name = this.className(object);
    if (name !== "") {
      const text = object["toString"];
      if (typeof text === "function" && text !== this.realm.intrinsics.Object.prototype.toString) return name + String(object);
    }
    let out = `${name}{ `, newLine = false, sinceNewLine = 0, first = true;
    for (const key of Object.keys(object)) {
      if (Object.getOwnPropertyDescriptor(object, key)?.get) continue;
      sinceNewLine++;
      if (!first) out += ", ";
      first = false;
      const breaks = ownLine(object[key]);
      if (newLine || breaks || sinceNewLine > 4) {
        out += "\n" + "  ".repeat(depth + 1);
        newLine = false;
        sinceNewLine = 0;
      }
      out += `${quoted(key)}: ${this.layout(object[key], depth + 1, shorten)}`;
      newLine = breaks;
    }
    return out + (newLine ? "\n" + "  ".repeat(depth) : "") + " }";
  }

  private className(object: object): string {
    const prototype = Object.getPrototypeOf(object) as { constructor?: unknown } | null;
    if (!prototype || prototype === this.realm.intrinsics.Object.prototype || !Object.hasOwn(prototype, "constructor")) return "";
    for (const name of Object.getOwnPropertyNames(this.realm.global)) {
      const descriptor = Object.getOwnPropertyDescriptor(this.realm.global, name);
      if (descriptor?.value === prototype.constructor && prototype.constructor !== undefined) return `${name}: `;
    }
    return "";
  }

  private typed(name: string, items: ArrayLike<number>, shorten: boolean): string {
    const values = Array.from(items);
    if (values.every((value) => value === 0)) return `new ${name}(${values.length})`;
    const all = values.map(numberText);
    const text = shorten && all.length > limit.items
      ? [...all.slice(0, limit.shown), ""].join(", ") + " ... " + all.slice(-limit.shown).join(", ")
      : all.join(", ");
    return `new ${name}([${text}])`;
  }
}

function ownLine(value: unknown): boolean {
  return !(value === undefined || value === null || typeof value === "number" || typeof value === "boolean");
}

/** The name of a value's type in the interpreter's messages. */
export function typeName(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  const name = typeof value;
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function functionText(value: unknown): string {
  const text = Function.prototype.toString.call(value);
  const body = /\{([\s\S]*)\}\s*$/.exec(text);
  return body ? `${functionHead(value)} {${(body[1] ?? "").trim()}}` : text;
}

function functionHead(value: unknown): string {
  const text = Function.prototype.toString.call(value);
  const parameters = /^[^(]*\(([^)]*)\)/.exec(text)?.[1] ?? /^\s*(\w+)\s*=>/.exec(text)?.[1] ?? "";
  return `function (${parameters.split(",").map((name) => name.trim()).join(",")})`;
}
