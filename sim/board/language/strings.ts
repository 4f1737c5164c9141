// String built-ins with the interpreter's manners.
import type { Realm } from "../realm";

/**
 * indexOf of Espruino 2v29. Trap: at the end of the text a part of the search string counts as found
 * ("abc\r".indexOf("\r\n") is 3), because the comparison stops where the text stops.
 */
export function faultyIndexOf(text: string, search: string, from: number): number {
  if (search.length > text.length) return -1;
  const start = Math.min(Math.max(from, 0), text.length - search.length + 1);
  const whole = text.indexOf(search, start);
  const firstCut = Math.max(start, text.length - search.length + 1);
  for (let i = firstCut; i < text.length && (whole < 0 || i < whole); i++) {
    if (search.startsWith(text.slice(i))) return i;
  }
  return whole;
}

function isRegExp(value: unknown): value is RegExp {
  return Object.prototype.toString.call(value) === "[object RegExp]";
}

function fromIndex(value: unknown): number {
  return typeof value === "number" || typeof value === "boolean" ? Math.trunc(Number(value)) || 0 : 0;
}

/** Replaces the string methods whose results differ. */
export function breakStrings(realm: Realm): void {
  const { String: BoardString } = realm.intrinsics;
  const native = BoardString.prototype;
  const { split, replace, match, repeat } = native;

  function replaced(text: string, search: unknown, replacement: unknown, all: boolean): string {
    if (isRegExp(search)) {
      const target = all && !search.flags.includes("g") ? new realm.intrinsics.RegExp(search.source, search.flags + "g") : search;
      return (replace as (this: string, search: RegExp, by: unknown) => string).call(text, target, replacement);
    }
    // a function is not called for a plain string, and $ means nothing there
    const wanted = String(search), by = String(replacement);
    let out = text;
    let at = faultyIndexOf(out, wanted, 0);
    while (at >= 0) {
      out = out.slice(0, at) + by + out.slice(at + wanted.length);
      at = all ? faultyIndexOf(out, wanted, at + by.length) : -1;
    }
    return out;
  }

  realm.define(native, {
    indexOf(this: string, search: unknown, from?: unknown) { return faultyIndexOf(String(this), String(search), fromIndex(from)); },
    includes(this: string, search: unknown, from?: unknown) { return faultyIndexOf(String(this), String(search), fromIndex(from)) >= 0; },
    replace(this: string, search: unknown, by: unknown) { return replaced(String(this), search, by, false); },
    replaceAll(this: string, search: unknown, by: unknown) { return replaced(String(this), search, by, true); },
    // the limit is ignored
    split(this: string, separator?: unknown) {
      return separator === undefined ? realm.array([String(this)]) : (split as (this: string, by: unknown) => string[]).call(String(this), separator);
    },
    match(this: string, search: unknown) {
      if (search === undefined) return undefined;
      if (isRegExp(search)) return match.call(String(this), search);
      const at = faultyIndexOf(String(this), String(search), 0);
      return at < 0 ? null : Object.assign(realm.array([String(search)]), { index: at, input: String(search) });
    },
    repeat(this: string, count: number) {
      if (count < 0) throw realm.error("Error", "Invalid count value");
      return repeat.call(String(this), count);
    },
    // trap: only ASCII letters have a case
    toUpperCase(this: string) { return String(this).replace(/[a-z]+/g, (letters) => letters.toUpperCase()); },
    toLowerCase(this: string) { return String(this).replace(/[A-Z]+/g, (letters) => letters.toLowerCase()); },
  });
  const { fromCharCode } = BoardString;
  // trap: only the low byte counts
  realm.define(BoardString, { fromCharCode(...codes: number[]) { return fromCharCode(...codes.map((code) => code & 255)); } });
}
