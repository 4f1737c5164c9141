// Regular expressions as the interpreter's own matcher reads them (src/jswrap_regexp.c), in the place of V8's.
import type { Realm } from "../realm";

const mostGroups = 9;

/** What is known on the way; every branch has its own, as there. */
interface Info {
  readonly text: string;
  readonly start: number;
  readonly ignoreCase: boolean;
  readonly groups: readonly (readonly [from: number, to: number])[];
}

export interface Match { readonly index: number; readonly end: number; readonly groups: readonly string[] }

function found(at: number, info: Info): Match {
  return { index: info.start, end: at, groups: info.groups.map(([from, to]) => info.text.slice(from, to)) };
}

/** Trap: after | the match begins anew where this one began, also within a group. */
function otherwise(pattern: string, info: Info): Match | undefined {
  for (let i = 0; i < pattern.length; i++) {
    if (pattern[i] === "\\") i++;
    else if (pattern[i] === "|") return here(pattern.slice(i + 1), info.start, info);
  }
  return undefined;
}

const codes: Record<string, string> = { f: "\f", b: "\b", n: "\n", r: "\r", t: "\t", v: "\v", "0": "\0" };
const kinds: Record<string, RegExp> = { d: /\d/, s: /[\t\n\v\f\r ]/, w: /\w/ };

/** One character of the text, which past its end is 0, against what the pattern begins with; and how long that is. */
function character(pattern: string, ch: string, ignoreCase: boolean): { matched: boolean; length: number } {
  if (pattern[0] === ".") return { matched: true, length: 1 };
  if (pattern[0] === "[") return characterSet(pattern, ch, ignoreCase);
  const [wanted, length] = literal(pattern);
  return { matched: typeof wanted === "string" ? folded(wanted, ignoreCase) === folded(ch, ignoreCase) : wanted(ch), length };
}

function folded(ch: string, ignoreCase: boolean): string {
  return ignoreCase ? ch.toLowerCase() : ch;
}

function literal(pattern: string): [wanted: string | ((ch: string) => boolean), length: number] {
  if (pattern[0] !== "\\") return [pattern[0]!, 1];
  const letter = pattern[1] ?? "\0";
  const kind = kinds[letter.toLowerCase()];
  if (kind) return [(ch) => kind.test(ch) === (letter === letter.toLowerCase()), 2];
  if (letter === "x" && pattern.length > 3) return [String.fromCharCode(parseInt(pattern.slice(2, 4), 16) & 255), 4];
  return [codes[letter] ?? letter, 2];
}

function characterSet(pattern: string, ch: string, ignoreCase: boolean): { matched: boolean; length: number } {
  const inverted = pattern[1] === "^";
  let length = inverted ? 2 : 1;
  let any = false;
  while (length < pattern.length && pattern[length] !== "]") {
    const [first, taken] = literal(pattern.slice(length));
    length += taken;
    if (typeof first === "string" && pattern[length] === "-" && pattern[length + 1] !== "]" && pattern[length + 1] !== undefined) {
      const [last, more] = literal(pattern.slice(length + 1));
      length += 1 + more;
      const [c, low, high] = [ch, first, String(last)].map((one) => folded(one, ignoreCase)) as [string, string, string];
      // trap: a range of one character holds none
      if (c >= low && c <= high && low < high) any = true;
    } else if (typeof first === "string" ? folded(first, ignoreCase) === folded(ch, ignoreCase) : first(ch)) any = true;
  }
  return { matched: any !== inverted, length: length + 1 };
}

/**
 * Matches at one place. Traps: there is no ?, {} or lazy repetition, they are characters like any other; * and + repeat one character,
 * never a group; + may match nothing where the character would match, past the end of the text too ("." and [^a] match there).
 */
function here(pattern: string, at: number, info: Info): Match | undefined {
  const { text } = info;
  if (pattern === "" || pattern[0] === "|") return found(at, info);
  const rest = pattern.slice(1);
  if (pattern[0] === "^") return at === 0 ? here(rest, at, info) : undefined;
  if (pattern[0] === "$") return at >= text.length ? here(rest, at, info) : otherwise(rest, info);
  if (pattern[0] === "(") return here(rest, at, info.groups.length < mostGroups ? { ...info, groups: [...info.groups, [at, at]] } : info);
  if (pattern[0] === ")") {
    const last = info.groups.at(-1);
    return here(rest, at, last ? { ...info, groups: [...info.groups.slice(0, -1), [last[0], at]] } : info);
  }
  let { matched, length } = character(pattern, text[at] ?? "\0", info.ignoreCase);
  const operator = pattern[length];
  if (operator !== "*" && operator !== "+") {
    return at < text.length && matched ? here(pattern.slice(length), at + 1, info) : otherwise(pattern.slice(length), info);
  }
  const after = pattern.slice(length + 1);
  if (!matched && operator === "+") return otherwise(after, info);
  let longest = here(after, at, info);
  while (at < text.length && matched) {
    at++;
    matched = character(pattern, text[at] ?? "\0", info.ignoreCase).matched;
    longest = here(after, at, info) ?? longest;
  }
  return longest;
}

/** The first match from `from` on; with `only` at `from` or not at all. */
export function boardMatch(pattern: string, text: string, from: number, ignoreCase: boolean, only = false): Match | undefined {
  for (let start = from; start === from || start < text.length; start++) {
    const match = here(pattern, start, { text, start, ignoreCase, groups: [] });
    if (match || only) return match;
  }
  return undefined;
}

/** test, match, replace and split of V8 call exec: replacing it is enough. */
export function breakRegExps(realm: Realm): void {
  realm.define(realm.intrinsics.RegExp.prototype, {
    exec(this: RegExp, given: unknown) {
      const text = String(given), sticky = this.sticky, moves = this.global || sticky;
      const from = moves ? this.lastIndex : 0;
      const match = from > text.length ? undefined : boardMatch(this.source === "(?:)" ? "" : this.source, text, from, this.ignoreCase, sticky);
      if (moves) this.lastIndex = match ? match.end : 0;
      if (!match) return null;
      return Object.assign(realm.array([text.slice(match.index, match.end), ...match.groups]), { index: match.index, input: text });
    },
  });
}
