// Date on the board's own clock: UTC, fractional milliseconds, bad dates are 1970.
import type { Clock } from "../clock";
import type { Realm } from "../realm";

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/** Milliseconds of a date text. Trap: what cannot be read is 0 (1970), not NaN. A text without a zone is UTC. */
export function parseDate(text: string): number {
  const iso = /^\d{4}-\d\d?-\d\d?(T[\d:.]+)?(Z|[+-]\d\d:?\d\d)?$/.exec(text);
  if (iso) return Date.parse(iso[1] && !iso[2] ? text + "Z" : text) || 0;
  if (!/^(\w{3},? )?(\w{3} \d|\d{1,2} \w{3})/.test(text)) return 0;
  return Date.parse(/(GMT|UTC|Z|[+-]\d{4})$/.test(text) ? text : text + " GMT") || 0;
}

export function breakDates(realm: Realm, clock: Clock): void {
  const NativeDate = realm.intrinsics.Date;
  const native = NativeDate.prototype as unknown as Record<string, (...args: unknown[]) => number>;
  const fractions = new WeakMap<object, number>();

  function make(args: unknown[]): Date {
    if (args.length > 1) return new NativeDate(Date.UTC(...args.map(Number) as [number, number]));
    const [value] = args;
    if (args.length === 1 && value === undefined) {
      throw realm.error("TypeError", "Variables of type undefined are not supported in date constructor");
    }
    const milliseconds = args.length === 0 ? clock.milliseconds() : typeof value === "string" ? parseDate(value) : Number(value);
    const date = new NativeDate(milliseconds);
    fractions.set(date, milliseconds);
    return date;
  }
  const BoardDate = function (...args: unknown[]): Date { return make(args); };
  realm.define(BoardDate, {
    prototype: native,
    // trap: fractions of a millisecond
    now: () => clock.milliseconds(),
    parse: (text: unknown) => parseDate(String(text)),
  });
  realm.define(native, { constructor: BoardDate });

  const getTime = native["getTime"]!;
  const milliseconds = function (this: Date): number {
    const whole = getTime.call(this), exact = fractions.get(this);
    return exact !== undefined && Math.trunc(exact) === whole ? exact : whole;
  };
  realm.define(native, {
    getTime: milliseconds,
    valueOf: milliseconds,
    getTimezoneOffset: () => 0,
    toString(this: Date) { return written(this, false); },
    toLocaleString(this: Date) { return written(this, false); },
    // the day is not padded to two digits
    toUTCString(this: Date) { return written(this, true); },
    toJSON(this: Date) { return this.toISOString(); },
  });
  // the board's zone is UTC, whatever this machine's is
  for (const part of ["Date", "Day", "FullYear", "Hours", "Milliseconds", "Minutes", "Month", "Seconds"]) {
    realm.define(native, { ["get" + part]: native["getUTC" + part] });
    const set = native["setUTC" + part];
    if (set) realm.define(native, { ["set" + part]: set });
  }
  // ""+date is the number, since valueOf comes first
  Object.defineProperty(native, Symbol.toPrimitive, { value: undefined, configurable: true });
  realm.define(realm.global, { Date: BoardDate });
}

function written(date: Date, rfc: boolean): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  const day = days[date.getUTCDay()], month = months[date.getUTCMonth()];
  return rfc
    ? `${day}, ${date.getUTCDate()} ${month} ${date.getUTCFullYear()} ${time} GMT`
    : `${day} ${month} ${date.getUTCDate()} ${date.getUTCFullYear()} ${time} GMT+0000`;
}
