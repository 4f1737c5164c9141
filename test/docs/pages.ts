// The documents, their code blocks and their links, for the tests of this folder.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A file of the repository. */
export const read = (path: string): string => readFileSync(ROOT + path, "utf8");

/** Every document: README and other pages at the top, docs/, firmware/, and the READMEs of folders. */
export function pages(): string[] {
  const found: string[] = [];
  const visit = (folder: string): void => {
    for (const entry of readdirSync(ROOT + folder, { withFileTypes: true })) {
      if (entry.name === "node_modules" || entry.name === "dist" || entry.name.startsWith(".")) continue;
      if (entry.isDirectory()) visit(`${folder}${entry.name}/`);
      else if (entry.name.endsWith(".md")) found.push(folder + entry.name);
    }
  };
  visit("");
  return found.sort();
}

/** What a user of a board reads: the top, docs/ and firmware/. */
export const guides = (): string[] => pages().filter((page) => !page.includes("/") || /^(docs|firmware)\//.test(page)).filter((page) => page !== "CHANGELOG.md");

export interface Block {
  page: string;
  /** Of its first line in the page. */
  line: number;
  language: string;
  text: string;
}

/** The code blocks of a page: between fences, at any indent. */
export function blocks(page: string): Block[] {
  const found: Block[] = [];
  let open: { indent: number; block: Block } | undefined;
  read(page).split("\n").forEach((text, index) => {
    const fence = text.match(/^(\s*)```(\w*)\s*$/);
    if (fence && !open) open = { indent: fence[1]!.length, block: { page, line: index + 2, language: fence[2]!, text: "" } };
    else if (fence && open) {
      found.push(open.block);
      open = undefined;
    } else if (open) open.block.text += text.slice(open.indent) + "\n";
  });
  return found;
}

/** Places that a page links to, with the line they stand in. */
export function links(page: string): { target: string; line: number }[] {
  return read(page).split("\n").flatMap((text, index) => [...text.replace(/`[^`]*`/g, "").matchAll(/\]\(([^)\s]+)\)/g)].map((found) => ({ target: found[1]!, line: index + 1 })));
}
