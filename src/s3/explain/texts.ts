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
 * of that name, made readable, else what follows ":", else the phrase of that name.
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
    let whole = "";
    text.split("$").forEach(function (part, i) {
      const words = part.split(":");
      const given = i % 2 ? value(words[0]!) : part;
      whole += given ? (i % 2 ? readable(given) : given) : words.length > 1 ? words[1] : filled(field(part));
    });
    return whole;
  }

  const cause = field(name);
  if (!cause) return undefined;
  const next = field(name, true);
  return { cause: filled(cause), next: filled(field(next) || next) };
}
