// The lines for the board's console in the documents: each is run as it stands, on a virtual board against the local cloud.
import assert from "node:assert/strict";
import { parseExpressionAt, type BinaryExpression, type CallExpression, type Node } from "acorn";
import { helpLines } from "../../src/device/help";
import type { Desk } from "../../sim/desk";
import { deviceFunctions } from "../../tools/docs/commands";
import { closeDesks, desk, file } from "../scenarios/desks";
import { blocks, pages, read } from "./pages";

/** Commands that guides speak of and that are not there yet: an entry is of no use any more when its command is. */
const PENDING = ["ship", "log", "update"];

/** Lines that are not run, or fail as they should, with the reason: page, the line's beginning. */
const MARKED: [page: string, begins: string, why: "not run" | "fails", reason: string][] = [
  ["docs/commands.md", "device.", "not run", "signatures, made from the code and compared with it"],
];

interface Line {
  page: string;
  line: number;
  text: string;
  call: CallExpression;
}

/** What begins like one and is none that can be pasted. */
const broken: string[] = [];

/** Every `device. ...(...)` at the beginning of a line of a code block, or after another one and a semicolon. */
function consoleLines(page: string): Line[] {
  const found: Line[] = [];
  for (const { text, line } of blocks(page)) {
    for (let at = 0; ; ) {
      const next = /(^>?|; ?|\) {3,})device\./m.exec(text.slice(at));
      if (!next) break;
      at += next.index + next[0].length - "device.".length;
      const number = line + text.slice(0, at).split("\n").length - 1;
      if (MARKED.some(([where, begins, why]) => where === page && why === "not run" && text.startsWith(begins, at))) {
        at += 7;
        continue;
      }
      let node: Node;
      try {
        node = parseExpressionAt(text, at, { ecmaVersion: 2015 });
        // The prompt of the next line looks like "greater than".
        while (node.type === "BinaryExpression") node = (node as BinaryExpression).left;
      } catch (error) {
        broken.push(`${page}:${number}: ${(error as Error).message} in ${text.slice(at, at + 60)}`);
        at += 7;
        continue;
      }
      if (node.type !== "CallExpression") broken.push(`${page}:${number}: no call: ${text.slice(at, node.end)}`);
      else found.push({ page, line: number, text: text.slice(at, node.end), call: node as CallExpression });
      at = node.end;
    }
  }
  return found;
}

/** Calls between backticks whose arguments are all written out. */
function inlineCalls(page: string): Line[] {
  return read(page).split("\n").flatMap((row, index) => [...row.matchAll(/`(device\.[^`]*\))`/g)].flatMap((found) => {
    const text = found[1]!;
    try {
      const call = parseExpressionAt(text, 0, { ecmaVersion: 2015 });
      const open = call.type === "CallExpression" && (call as CallExpression).arguments.some((one) => one.type === "Identifier");
      return call.type === "CallExpression" && !open && call.end === text.length ? [{ page, line: index + 1, text, call: call as CallExpression }] : [];
    } catch {
      return []; // a signature, or what is to be filled in
    }
  }));
}

/** "put" or "shadow.get" of a call of device's; "" for another call. */
function calledPath(text: string): string {
  return text.match(/^device\.(\w+(?:\.\w+)?)\(/)?.[1] ?? "";
}

/** The most arguments that help knows for a function. */
function mostArguments(path: string): number {
  const [name, inner] = path.split(".") as [string, string?];
  const help = (helpLines(name) as string[])[0]!;
  const signature = inner ? help.match(new RegExp(`\\.${inner}\\(([^)]*)\\)`))?.[1] : help.match(/^device\.\w+\(([^)]*)\)/)?.[1];
  assert.notEqual(signature, undefined, path);
  return signature === "" ? 0 : signature!.replace(/[[\]]/g, "").split(",").length;
}

const lines = pages().filter((page) => page !== "CHANGELOG.md").flatMap((page) => [...consoleLines(page), ...inlineCalls(page)]);
const functions = deviceFunctions();

describe("lines for the console in the documents", () => {
  it("there are many, in README.md and most guides", () => {
    assert.ok(lines.length > 35, `only ${lines.length}`);
    for (const page of ["README.md", "docs/mqtt.md", "docs/shadow.md", "docs/jobs.md", "docs/getting-started.md", "docs/troubleshooting.md", "docs/credentials.md"]) assert.ok(lines.some((line) => line.page === page), page);
  });

  it("can be pasted", () => assert.deepEqual(broken, []));

  it("call functions that device has, with no more arguments than help knows", () => {
    for (const { page, line, text, call } of lines) {
      const path = calledPath(text);
      assert.ok(functions.includes(path), `${page}:${line}: there is no device.${path}: ${text}`);
      assert.ok(call.arguments.length <= mostArguments(path), `${page}:${line}: ${text}`);
    }
  });

  it("functions that are named within the text are there as well", () => {
    const groups = functions.map((path) => path.split(".")[0]!);
    for (const page of pages().filter((page) => page !== "CHANGELOG.md" && !page.startsWith("tools/"))) {
      for (const [, name, inner] of read(page).matchAll(/`device\.(\w+)(?:\.(\w+))?/g)) {
        if (PENDING.includes(name!) || /^(ts|js)$/.test(name!)) continue;
        assert.ok(inner ? functions.includes(`${name}.${inner}`) : groups.includes(name!), `${page}: device.${name}${inner ? "." + inner : ""}`);
      }
    }
  });
});

describe("lines for the console in the documents, run", function () {
  this.timeout(60_000);
  afterEach(() => closeDesks());

  /** A board that has what the documents speak of. */
  async function board(): Promise<Desk> {
    const one = await desk();
    file(one, "log.txt", 20_000);
    for (const key of ["firmware.bin", "a.bin", "app.bin", "logs/log.txt", "board-17/log.txt"]) one.cloud.s3.put(key, Buffer.from(key.repeat(400)));
    one.cloud.iot.shadows.set("board-17", { reported: {} }, "network");
    one.board.run("url='x';light=function(){};hear=function(){}");
    const { host, port } = one.cloud.kms;
    await one.command(`device.configure({kms:{endpoint:"${host}",port:${port}}})`);
    return one;
  }

  for (const page of new Set(lines.map((line) => line.page))) {
    it(`${page}: ${lines.filter((line) => line.page === page).length} lines`, async () => {
      const one = await board();
      // What a line configures is tried on a board of its own: the hosts of the documents are not those of the local cloud.
      const other = await board();
      for (const { line, text } of lines.filter((line) => line.page === page)) {
        const on = calledPath(text) === "configure" ? other : one;
        const failed = await on.command(text).then(() => undefined, (failed) => failed);
        const fails = MARKED.some(([where, begins, why]) => where === page && why === "fails" && text.startsWith(begins));
        assert.equal(failed?.message, fails ? failed?.message ?? "no failure" : undefined, `${page}:${line}: ${text}`);
      }
    });
  }
});
