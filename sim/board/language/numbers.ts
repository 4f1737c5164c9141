// Numbers as text, and Math and Number built-ins with the interpreter's manners.
import type { Realm } from "../realm";

/**
 * A number as Espruino prints it: at most 11 digits after the point. Trap: `"" + x` in the virtual board still has
 * V8's digits, an operator cannot be replaced.
 */
export function numberText(value: number): string {
  if (Number.isInteger(value) || !Number.isFinite(value)) return value === 0 ? "0" : bigInteger(value);
  const size = Math.abs(value);
  if (size < 1e-5 || size >= 1e15) return String(value);
  return value.toFixed(11).replace(/\.?0+$/, "");
}

function bigInteger(value: number): string {
  // 1e21 is printed as 10e+20
  return String(value).replace(/^(-?)1e\+(\d+)$/, (_, sign: string, exponent: string) => `${sign}10e+${Number(exponent) - 1}`);
}

export function breakNumbers(realm: Realm): void {
  const { Number: BoardNumber, Math: BoardMath, String: BoardString } = realm.intrinsics;
  const { toString } = BoardNumber.prototype;
  realm.define(BoardNumber.prototype, {
    toString(this: number, radix?: number) {
      return radix === undefined || radix === 10 ? numberText(Number(this)) : toString.call(this, radix);
    },
  });
  realm.define(BoardMath, {
    // halves go away from zero
    round(value: number) { return value < 0 ? -Math.floor(-value + 0.5) : Math.floor(value + 0.5); },
  });
  // String(1/3) goes the same way; `new String` and instanceof keep working
  const text = function (value: unknown): string { return typeof value === "number" ? numberText(value) : BoardString(value); };
  realm.define(text, { prototype: BoardString.prototype, fromCharCode: BoardString.fromCharCode });
  realm.define(BoardString.prototype, { constructor: text });
  // Number(" 12 ") is NaN, and so is Number("12 "); Number("") is 0
  const number = function (value?: unknown): number {
    return typeof value === "string" && value !== value.trim() ? NaN : BoardNumber(value ?? 0);
  };
  realm.define(number, {
    prototype: BoardNumber.prototype, NaN, MAX_VALUE: Number.MAX_VALUE, MIN_VALUE: Number.MIN_VALUE,
    NEGATIVE_INFINITY: -Infinity, POSITIVE_INFINITY: Infinity,
  });
  realm.define(BoardNumber.prototype, { constructor: number });
  realm.define(realm.global, { String: text, Number: number });
}
