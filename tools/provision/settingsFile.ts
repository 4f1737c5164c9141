// settings.json as a person wrote it, and as the board's record.
import { parseExpressionAt } from "acorn";
import type { Values } from "../../src/device/settings/check";
import type { Findings } from "./finding";
import { toByteStrings } from "./settings";
import { fileText } from "./text";
import type { Given } from "./wrongFile";

/**
 * Where the text stops being JSON. The parser's own words are not told, because they quote the text, and there are secrets in it.
 * Acorn knows the line; what it takes and JSON does not is named.
 */
function where(text: string): string {
  try {
    const { end } = parseExpressionAt(text, 0, { ecmaVersion: 2022 });
    if (text.slice(end).trim()) return `line ${text.slice(0, end).split("\n").length}: the settings end here and more follows`;
    return "JSON has no comments, no comma before } or ], and only double quotes, also around names";
  } catch (error) {
    const { loc } = error as { loc?: { line: number; column: number } };
    return loc ? `line ${loc.line}, column ${loc.column + 1}: a comma, quote or bracket is missing or too many there or just before` : "JSON is expected";
  }
}

/** The settings in a file, as byte strings. */
export function readSettingsFile({ name, bytes }: Given, findings: Findings): Values | undefined {
  const text = fileText(bytes);
  let settings: unknown;
  try {
    settings = JSON.parse(text);
  } catch {
    return findings.error(name, text.trim() ? `is not JSON: ${where(text)}. See firmware/settings.example.json.` : "is empty; expected settings as in firmware/settings.example.json.");
  }
  if (!settings || typeof settings !== "object" || settings instanceof Array) return findings.error(name, "is JSON and no object; expected {...} as in firmware/settings.example.json.");
  return toByteStrings(settings);
}

/** settings.json for Storage: ASCII, every other byte escaped, as the board writes it itself. */
export function settingsRecord(settings: Values): Buffer {
  return Buffer.from(JSON.stringify(settings).replace(/[\x7f-\xff]/g, (one) => "\\u00" + one.charCodeAt(0).toString(16)), "latin1");
}
