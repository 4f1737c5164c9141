// Links, scripts, folders, records and command lines that the documents name are there.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname, normalize } from "node:path";
import { main } from "../../tools/cli";
import { flashRecords, imageModules, sourceFolders } from "./code";
import { blocks, guides, links, pages, read, ROOT } from "./pages";

/** Guides that are linked to and written elsewhere: an entry is of no use any more when its page is there. */
const PENDING = ["docs/boot.md", "docs/command-line.md", "docs/logs.md", "docs/provisioning.md", "docs/updates.md", "SECURITY.md"];

/** What GitHub makes of a heading. */
const anchor = (heading: string) => heading.toLowerCase().replace(/`/g, "").replace(/[^\p{L}\p{N}\s_-]/gu, "").trim().replace(/\s/g, "-");
const anchors = (page: string) => [...read(page).matchAll(/^#+ (.*)$/gm)].map((found) => anchor(found[1]!));

describe("what the documents point to", () => {
  for (const page of pages()) {
    it(`every link of ${page} leads somewhere`, () => {
      for (const { target, line } of links(page)) {
        if (/^https?:/.test(target)) continue;
        const [path, heading] = target.split("#") as [string, string?];
        const full = path ? normalize(`${dirname(page)}/${path}`) : page;
        if (PENDING.includes(full) && !existsSync(ROOT + full)) continue;
        assert.ok(existsSync(ROOT + full), `${page}:${line} links to ${target}`);
        if (heading) assert.ok(anchors(full).includes(heading), `${page}:${line} links to ${target}, a heading that is not there`);
      }
    });
  }

  it("docs/README.md lists every guide, and README.md leads to it", () => {
    const listed = links("docs/README.md").map(({ target }) => normalize(`docs/${target}`));
    for (const page of guides().filter((page) => page !== "README.md" && page !== "docs/README.md")) assert.ok(listed.includes(page), page);
    assert.ok(links("README.md").some(({ target }) => target === "docs/README.md"));
  });

  it("every npm script that a document names is there", () => {
    const scripts = JSON.parse(read("package.json")).scripts;
    for (const page of pages()) {
      for (const [, name] of read(page).matchAll(/\bnpm run (\w+(?::\w+)*)/g)) assert.ok(scripts[name!], `${page}: npm run ${name}`);
      for (const [, name] of read(page).matchAll(/\bnpm (start|test)\b/g)) assert.ok(scripts[name!], `${page}: npm ${name}`);
    }
  });

  it("README.md and docs/design.md name every folder of src", () => {
    for (const page of ["README.md", "docs/design.md"]) for (const folder of sourceFolders()) assert.match(read(page), new RegExp(`\\b${folder}/`), `${page}: ${folder}/`);
  });

  it("firmware/README.md names every record that the firmware keeps in flash", () => {
    const named = [...read("firmware/README.md").matchAll(/^\| (`.*?) \|/gm)].flatMap((row) => [...row[1]!.matchAll(/`([^`]+)`/g)].map((found) => found[1]!));
    const records = flashRecords();
    for (const known of ["settings.json", "settings.new", "ca.der", "cert.der", "key.der", "s3.copy", "s3.up.", "s3.down.", "q.", "in.", "job", "self.test"]) assert.ok(records.includes(known), `the test no longer sees ${known}`);
    for (const record of records) assert.ok(named.some((name) => name === record || (record.endsWith(".") && name.startsWith(record))) || imageModules().includes(record) || record === "s3.", record);
  });
});

/** How a command can be called: arguments at least and at most, options with a value and without. */
type Use = [least: number, most: number, valued: string[], plain: string[]];

/** Commands of the command line that are not merged yet. Where the command line knows a command, its own help has the word. */
const BOARD = ["-p", "-b"];
const COMMANDS: Record<string, Use> = {
  flash: [0, 0, BOARD, ["--dry-run"]],
  provision: [0, 0, [...BOARD, "--settings", "--ca", "--cert", "--key"], ["--dry-run"]],
  console: [0, 0, BOARD, []], status: [0, 0, BOARD, []], why: [0, 0, BOARD, []], logs: [0, 0, BOARD, []], doctor: [0, 0, BOARD, []],
  put: [1, 2, BOARD, []], get: [1, 2, BOARD, []],
  manifest: [0, 1, ["--key", "--name", "--version", "-o"], ["--image"]],
};

/** What `espruino-aws NAME --help` says of a command: how many arguments, which options. */
async function known(name: string): Promise<Use | undefined> {
  const lines: string[] = [];
  const code = await main([name, "--help"], { line: (text) => void lines.push(text), error: () => undefined });
  const text = lines.join("\n");
  const usage = text.match(new RegExp(`^Usage: espruino-aws ${name}\\b(.*)$`, "m"))?.[1];
  if (code !== 0 || usage === undefined) return COMMANDS[name];
  const words = usage.replace("[options]", "");
  const most = /\.\.\./.test(words) ? 99 : (words.match(/[<[]/g) ?? []).length;
  const options = [...text.matchAll(/^ +((?:-\w, )?--?[\w-]+)( [<[])?/gm)].map(([, names, value]) => ({ names: names!.split(", "), value: value !== undefined }));
  const of = (value: boolean) => options.filter((one) => one.value === value).flatMap(({ names }) => names);
  return [(words.match(/</g) ?? []).length, most, of(true), of(false)];
}

/** The words of each `npx espruino-aws ...` of a page, in code blocks and between backticks, with its line. */
function commandLines(page: string): { words: string[]; text: string }[] {
  const inline = [...read(page).matchAll(/`(npx espruino-aws [^`\n]+)`/g)].map((found) => found[1]!);
  const lines = [...inline, ...blocks(page).flatMap(({ text }) => text.split("\n"))];
  return lines.flatMap((line) => [...line.matchAll(/npx espruino-aws ((?:(?! {3}|&&|\||;).)*)/g)].map((found) => ({ text: line.trim(), words: found[1]!.trim().split(/\s+/) })));
}

describe("the command line in the documents", function () {
  this.timeout(30_000);
  it("is called as it can be called", async () => {
    let seen = 0;
    const commands = new Map<string, Awaited<ReturnType<typeof known>>>();
    for (const page of pages()) {
      for (const { text, words } of commandLines(page)) {
        const [name, ...rest] = words as [string, ...string[]];
        if (!commands.has(name)) commands.set(name, await known(name));
        const of = commands.get(name);
        assert.ok(of, `${page}: ${text}: there is no command ${name}`);
        const given: string[] = [];
        for (let i = 0; i < rest.length; i++) {
          if (!/^-\w|^--/.test(rest[i]!)) given.push(rest[i]!);
          else {
            assert.ok(of[2].includes(rest[i]!) || of[3].includes(rest[i]!), `${page}: ${text}: ${name} has no option ${rest[i]}`);
            if (of[2].includes(rest[i]!)) i++;
          }
        }
        // Between backticks a command is also just named.
        if (rest.length || of[0] === 0) assert.ok(given.length >= of[0] && given.length <= of[1], `${page}: ${text}: ${given.length} arguments`);
        seen++;
      }
    }
    assert.ok(seen > 12, `only ${seen} were found`);
  });
});
