// Bytes as a person can read them: hidden characters shown, long texts cut around what matters, session tokens cut.
import type { Bytes } from "../../bytes/bytes";
import { find } from "../../bytes/find";
import { hexNumber } from "../../bytes/hex";

/**
 * `text` on one line of at most some 80 characters: \r, \n, \t, \0, \\ and \xNN for what would not be seen. What is cut off is "...".
 * The values of x-amz-security-token, in a header line or a query, keep their first 8 characters.
 * @param other a text to compare with: what is shown lies around the first difference
 */
export function readable(text: Bytes, other?: Bytes): string {
  function masked(line: Bytes): Bytes {
    const from = find(line.toLowerCase(), "security-token") + 14;
    if (from < 14) return line;
    const sign = line[from];
    if (sign != ":" && sign != "=") return line.substr(0, from) + masked(line.substr(from));
    const end = sign == ":" ? -1 : line.indexOf("&", from);
    const rest = end < 0 ? "" : line.substr(end);
    const length = line.length - rest.length - from - 1;
    return line.substr(0, from + 1 + (length > 8 ? 8 : length)) + (length > 8 ? "...(" + length + " characters)" : "") + masked(rest);
  }

  const line = masked(text);
  let at = 0;
  if (other !== undefined) {
    const against = masked(other);
    while (at < line.length && line[at] == against[at]) at++;
  }
  const from = at > 60 ? at - 20 : 0;
  let shown = from ? "..." : "";
  for (let i = from; i < line.length && i < from + 80; i++) {
    const code = line.charCodeAt(i);
    const hidden = [0, 9, 10, 13, 92].indexOf(code);
    shown += hidden >= 0 ? "\\" + "0tnr\\"[hidden] : code < 32 || code > 126 ? "\\x" + hexNumber(code, 2) : line[i];
  }
  return shown + (from + 80 < line.length ? "..." : "");
}
