// npm run docs: writes what is made from the code. test/docs/made.test.ts compares it with what is committed.
import { readFileSync, writeFileSync } from "node:fs";
import { commandsPage } from "./commands";
import { hintsPart } from "./hints";
import { settingsPage } from "./settings";

const DOCS = new URL("../../docs/", import.meta.url);
/** What stands between the two is made, what stands around it is written by hand. */
export const BEGIN = "<!-- made by npm run docs: do not edit from here -->", END = "<!-- to here -->";

/** The page with its made part anew. */
export function withPart(page: string, part: string): string {
  const [before, after] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (before < 0 || after < before) throw new Error(`${BEGIN} and ${END} are missing`);
  return `${page.slice(0, before)}${BEGIN}\n\n${part}\n${page.slice(after)}`;
}

/** Every made file with what should be in it. */
export async function madeFiles(): Promise<Record<string, string>> {
  const troubleshooting = readFileSync(new URL("troubleshooting.md", DOCS), "utf8");
  return { "commands.md": await commandsPage(), "settings.md": settingsPage(), "troubleshooting.md": withPart(troubleshooting, hintsPart()) };
}

if (process.argv[1]?.endsWith("docs/main.ts")) {
  for (const [name, text] of Object.entries(await madeFiles())) writeFileSync(new URL(name, DOCS), text);
}
