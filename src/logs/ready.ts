// Which files of the directory are logs that may go: not the one that is written now, and old or long enough.
import type { FileInfo } from "../platform/ports";

export interface LogRules {
  /** Names that are logs; * stands for any characters, ? for one. All, if not given. */
  pattern?: string | undefined;
  /** The log that is being written, a name or a pattern. */
  active?: string | undefined;
  /** The name of device.log's own. */
  own: string;
  /** Seconds without a change after which a log is ready; bytes from which on it is. */
  seconds?: number | undefined;
  bytes?: number | undefined;
}

/** True if `name` is as `pattern` says. Letters of either case are the same, as on a card. */
export function matches(pattern: string, name: string): boolean {
  const wanted = pattern.toLowerCase();
  const text = name.toLowerCase();
  let at = 0;
  let p = 0;
  let star = -1;
  let from = 0;
  while (at < text.length) {
    if (p < wanted.length && wanted[p] == "*") {
      star = p++;
      from = at;
    } else if (p < wanted.length && (wanted[p] == "?" || wanted[p] == text[at])) {
      p++;
      at++;
    } else if (star >= 0) {
      // The star takes one character more.
      p = star + 1;
      at = ++from;
    } else return false;
  }
  while (p < wanted.length && wanted[p] == "*") p++;
  return p == wanted.length;
}

/** A log, and not one that the settings name as active. */
export function isLog(rules: LogRules, name: string): boolean {
  if (name == "." || name == "..") return false;
  if (rules.pattern && !matches(rules.pattern, name)) return false;
  return name.toLowerCase() != rules.own && !(rules.active && matches(rules.active, name));
}

/** With nothing to tell the active log by, the newest one is taken for it. */
export function sparesNewest(rules: LogRules): boolean {
  return !rules.active && rules.seconds === undefined && rules.bytes === undefined;
}

/**
 * Old or long enough at `now`, milliseconds. A time in the future, of a clock that was wrong, is no younger than one as far in the past.
 */
export function isReady(rules: LogRules, info: FileInfo, now: number): boolean {
  if (rules.seconds === undefined && rules.bytes === undefined) return true;
  return (rules.bytes !== undefined && info.size >= rules.bytes) || (rules.seconds !== undefined && Math.abs(now - info.modified) >= rules.seconds * 1000);
}
