// Checks settings against their spec. Pure: the command line of a real board uses the same code. On a board it is in the module check.
import { failure } from "../../flow/failure";
import type { Failure } from "../../flow/failure";
import { loadSettingFault } from "./fault";
import { settingsSpec } from "./spec";

/** One mistake: where it is, and one line for a person. Values of secrets are never repeated. */
export interface SettingsMistake {
  path: string;
  message: string;
}

export type Values = { [name: string]: any };

/** All mistakes in `settings`, in the order of the spec; an empty list if there is none. */
export function checkSettings(settings: Values): SettingsMistake[] {
  const settingFault = loadSettingFault();

  function isSection(value: unknown): boolean {
    return !!value && typeof value == "object" && !(value instanceof Array);
  }

  function found(kind: string | undefined, value: unknown): string {
    if (typeof value == "string") return kind == "secret" ? "a text" : value == "" ? "an empty text" : '"' + value.substr(0, 60) + '"';
    if (typeof value == "number" || typeof value == "boolean" || value === null) return kind == "secret" ? "a " + typeof value : "" + value;
    return value instanceof Array ? "a list" : isSection(value) ? "an object" : "a " + typeof value;
  }

  function example(words: string[]): string {
    const kind = words[1];
    const text = words.slice(kind == "number" ? 4 : kind == "choice" ? 3 : 2).join(" ");
    return kind == "number" || kind == "flag" || kind == "any" || kind == "hosts" ? text : '"' + text + '"';
  }

  /** What each source of credentials needs beside what the spec says line by line. */
  function missingCredentials(credentials: unknown): string[] {
    if (!isSection(credentials)) return [];
    const values = credentials as Values;
    const source = values["source"];
    const needed = source == "iot" ? ["endpoint", "roleAlias"] : source == "static" ? ["accessKeyId", "secretAccessKey"] : [];
    const key = values["accessKeyId"];
    if (typeof key == "string" && key.startsWith("ASIA")) needed.push("sessionToken");
    return needed.filter((name) => values[name] === undefined);
  }

  const mistakes: SettingsMistake[] = [];
  const sections: { [path: string]: Values | undefined } = { "": settings };
  /** Names that the spec knows, by section. */
  const known: { [path: string]: string[] } = { "": [] };
  const needed = missingCredentials(settings["credentials"]);

  function mistake(path: string, message: string): void {
    mistakes.push({ path: path, message: path + ": " + message });
  }

  for (const line of settingsSpec()) {
    const words = line.split(" ");
    const optional = words[0]!.endsWith("?");
    const path = optional ? words[0]!.substr(0, words[0]!.length - 1) : words[0]!;
    const dot = path.lastIndexOf(".");
    const parent = dot < 0 ? "" : path.substr(0, dot);
    const name = path.substr(dot + 1);
    const section = sections[parent];
    known[parent]!.push(name);
    if (words.length == 1) known[path] = [];
    if (!section) continue;
    const value = section[name];
    if (words.length == 1) {
      if (isSection(value)) sections[path] = value;
      else if (value !== undefined) mistake(path, "found " + found("", value) + ", should be an object");
    } else if (value === undefined) {
      if (!optional || (parent == "credentials" && needed.indexOf(name) >= 0)) mistake(path, "missing, for example " + example(words));
    } else {
      const wanted = settingFault(words, value);
      if (wanted) mistake(path, "found " + found(words[1], value) + ", should be " + wanted + ", for example " + example(words));
    }
  }
  for (const path in known) {
    const section = sections[path];
    if (!section) continue;
    for (const name in section) {
      if (known[path]!.indexOf(name) < 0) mistake(path ? path + "." + name : name, "not a setting; known here: " + known[path]!.join(", "));
    }
  }
  return mistakes;
}

/** The first mistakes in `settings` as a failure; undefined if there is none. */
export function settingsFailure(settings: Values): Failure | undefined {
  const mistakes = checkSettings(settings);
  if (!mistakes.length) return undefined;
  const shown = mistakes.slice(0, 3).map((mistake) => mistake.message).join("; ");
  const more = mistakes.length > 3 ? " and " + (mistakes.length - 3) + " more" : "";
  return failure("settings", shown + more, "device.configure({...}) changes settings; device.status() lists every mistake.");
}
