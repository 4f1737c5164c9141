// How a cause and a next step are told: rows of packed text, because a table of objects would cost a board hundreds of variables.
import { find } from "../../bytes/find";
import { readable } from "./readable";

/** Why something failed, and what to do about it: one or two lines each. */
export interface Explanation {
  cause: string;
  next: string;
}

/** Gives the value of a name, "" if it is not known. */
export type Value = (name: string) => string;

/**
 * The row of `table` called `name`, filled in; undefined if there is none.
 * A row is ",name,name,|cause|next|", or ",name,|phrase|"; a next step may be the name of a phrase. $name:otherwise$ becomes the value
 * of that name, made readable, or else what follows ":".
 */
export function explanation(table: string, name: string, value: Value): Explanation | undefined {
  function field(name: string, second?: boolean): string {
    const at = find(table, "," + name + ",");
    if (at < 0) return "";
    let from = table.indexOf("|", at) + 1;
    if (second) from = table.indexOf("|", from) + 1;
    return table.substr(from, table.indexOf("|", from) - from);
  }

  function filled(text: string): string {
    const parts = text.split("$");
    for (let i = 1; i < parts.length; i += 2) {
      const words = parts[i]!.split(":");
      parts[i] = readable(value(words[0]!)) || words[1] || "";
    }
    return parts.join("");
  }

  const cause = field(name);
  if (!cause) return undefined;
  const next = field(name, true);
  return { cause: filled(cause), next: filled(field(next) || next) };
}
