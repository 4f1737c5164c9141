// The image in parts: a sample with two modules that share things is built and runs on the virtual board.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, describe, it } from "mocha";
import { bootBoard } from "../../sim/board/index";
import { findings } from "../../tools/build/gate.js";
import { crc32 } from "../../tools/build/crc32.js";
import { Sample } from "./sample";

/** main reaches bytes/hex and flow/count. Both modules use flow/shared, which main does not reach; `one` has names that the firmware has too. */
const sample = {
  "src/main.ts": `import { hex } from "./bytes/hex";
    import { next } from "./flow/count";
    declare const print: (text: unknown) => void;
    declare const global: any;
    const mark = "@build@@";
    global.report = () => print(hex(255) + " " + next() + " " + mark);\n`,
  "src/bytes/hex.ts": "export function hex(n: number) { return label() + n.toString(16); }\nfunction label() { return 'hex '; }\nexport function onlyModules(n: number) { return 'firmware ' + n; }\n",
  "src/flow/count.ts": "let count = 0;\nexport function next() { count += 1; return count; }\nexport { count };\n",
  "src/flow/shared.ts": "import { next } from './count';\nexport const table = ['a', 'b', 'c'];\nlet calls = 0;\nexport function shared(n: number) { calls++; return table[n % 3] + next() + '/' + calls; }\n",
  "src/modules/one.ts": `import { shared } from "../flow/shared";
    import { hex as other, onlyModules } from "../bytes/hex";
    import { count } from "../flow/count";
    function hex() { return "mine"; }
    function label(next: number) { const onlyModules = next + 1; return onlyModules; }
    export function run(n: number) { const o = { other }; return [shared(n), o.other(n), hex(), label(n), onlyModules(n), count].join(" "); }
    export { hex as again } from "../bytes/hex";\n`,
  "src/modules/two.ts": "export { shared as answer } from '../flow/shared';\nexport const limit = 7;\n",
};

describe("split", function () {
  this.timeout(30_000);
  let built: Sample;
  beforeEach(() => { built = new Sample(); });
  afterEach(() => built.remove());

  for (const minified of [true, false]) {
    it(`runs in parts on the virtual board (${minified ? "minified" : "readable"})`, async () => {
      built.write(sample);
      await built.build(minified);
      const storage = built.records(minified);
      assert.deepEqual([...storage.keys()].sort(), [".bootcde", "one", "two"]);
      const board = await bootBoard({ storage });
      board.run("report()");
      const mark = /^hex ff 1 ([0-9a-f]{8})$/.exec(board.output.at(-1)!)?.[1];
      assert.ok(mark, board.output.join("\n"));
      // The counter is the firmware's, and there once; what only modules share is in each of them.
      assert.equal(board.run("require('one').run(1)"), "b2/1 hex 1 mine 2 firmware 1 2");
      assert.equal(board.run("require('two').answer(2)"), "c3/1");
      assert.equal(board.run("require('one').run(4)"), "b4/2 hex 4 mine 5 firmware 4 4");
      assert.equal(board.run("Modules.removeCached('one'), require('one').run(0)"), "a5/1 hex 0 mine 1 firmware 0 5");
      assert.equal(board.run("require('one').again(16) + require('two').limit"), "hex 107");
      assert.deepEqual(board.run("[require('one').build, require('two').build].join()"), `${mark},${mark}`);
      board.stop();
    });
  }

  it("leaves nothing of the firmware in a module, no wrapper and no import in either", async () => {
    built.write(sample);
    await built.build(true);
    const parts = built.records(true);
    for (const code of parts.values()) assert.doesNotMatch(code, /\b(import|export)\b|use strict/);
    assert.ok(!parts.get("one")!.includes("hex "));
    assert.ok(!parts.get(".bootcde")!.includes("exports"));
  });

  it("changes the mark of every part with the firmware", async () => {
    const marks: string[] = [];
    for (const word of ["hex ", "hexa "]) {
      built.write({ ...sample, "src/bytes/hex.ts": sample["src/bytes/hex.ts"].replace("hex ", word) });
      await built.build(true);
      marks.push(/exports\.build="(\w+)"/.exec(built.records(true).get("two")!)![1]!);
    }
    assert.notEqual(marks[0], marks[1]);
  });

  it("lists every part in image.json, the boot code last, and installs all of them", async () => {
    built.write(sample);
    await built.build(true);
    const entries = JSON.parse(readFileSync(join(built.root, "dist/image.json"), "utf8")) as { name: string; file: string; length: number; crc32: number }[];
    assert.deepEqual(entries.map(({ name, file }) => [name, file]), [["one", "one.min.js"], ["two", "two.min.js"], [".bootcde", "firmware.min.js"]]);
    const board = await bootBoard({});
    board.run(readFileSync(join(built.root, "dist/install.js"), "latin1"));
    assert.match(board.output.at(-1)!, /^installed \d+ bytes: ok$/);
    const parts = await bootBoard({});
    for (const part of [1, 2]) parts.run(readFileSync(join(built.root, `dist/install.${part}.js`), "latin1"));
    assert.deepEqual(parts.output.slice(-2), ["part 1 of 2: ok, next is install.2.js", board.output.at(-1)!]);
    parts.stop();
    for (const { name, length, crc32: crc } of entries) {
      const stored = board.run(`require("Storage").read(${JSON.stringify(name)})`) as string;
      assert.deepEqual([stored.length, crc32(stored)], [length, crc]);
    }
    board.stop();
  });

  it("takes from dist/ what a module that is no more left there, and nothing else", async () => {
    built.write({ ...sample, "dist/notes.js": "mine", "dist/notes.js.map": "{}", "dist/one.txt": "mine", "dist/install.9.js": "mine" });
    const list = () => readdirSync(join(built.root, "dist")).sort();
    await built.build(false);
    await built.build(true);
    const all = list();
    assert.deepEqual(all.filter((file) => /^(two|install)\./.test(file)), ["install.1.js", "install.2.js", "install.9.js", "install.js", "two.js", "two.js.map", "two.min.js", "two.min.js.map"]);
    rmSync(join(built.root, "src/modules/two.ts"));
    built.write({ "src/modules/one.ts": "export const wrong = [1].flat();" });
    await assert.rejects(built.build(true));
    assert.deepEqual(list(), all);
    built.write({ "src/modules/one.ts": sample["src/modules/one.ts"] });
    await built.build(true);
    assert.deepEqual(list(), all.filter((file) => !file.startsWith("two.")));
    rmSync(join(built.root, "src/modules/one.ts"));
    await built.build(true);
    assert.deepEqual(list(), ["firmware.js", "firmware.js.map", "firmware.min.js", "firmware.min.js.map", "image.json", "install.1.js", "install.9.js", "install.js", "notes.js", "notes.js.map", "one.txt"]);
  });

  for (const minified of [true, false]) {
    it(`names file and line of what Espruino cannot run in a module and in what modules share (${minified ? "minified" : "readable"})`, async () => {
      built.write({
        ...sample,
        "src/modules/two.ts": "// Wrong.\nexport { shared as answer } from '../flow/shared';\nexport function flat(list: number[][]) {\n  return list.flat();\n}\n",
        "src/flow/shared.ts": "export const table = make();\n\nfunction make() { return [1, 2].map((x) => x * 2); }\nexport function shared(n: number) { return table[n]; }\n",
      });
      const message = await built.build(minified).then(() => "", (error: Error) => error.message);
      assert.match(message, /src\/modules\/two\.ts:4: \[missing-method\]/);
      assert.match(message, /src\/flow\/shared\.ts:1: \[use-before-declaration\]/);
    });
  }

  const refusals: [what: string, files: Record<string, string>, message: RegExp][] = [
    ["a long name", { "src/modules/muchtoolong.ts": "export const a = 1;" }, /1 to 8 letters and digits/],
    ["the name of a module of the interpreter", { "src/modules/http.ts": "export const a = 1;" }, /module http of its own/],
    ["the name of another file of the build", { "src/modules/install.ts": "export const a = 1;" }, /install\.js is another file/],
    ["a module that main reaches", { "src/main.ts": "import { a } from './modules/one';\nprint(a());\ndeclare const print: any;", "src/modules/one.ts": "export const a = () => 1;" }, /imported by what main\.ts reaches/],
    ["an export that changes", { "src/modules/one.ts": "export let a = 1;\nexport function b() { a++; }" }, /a changes: export a function/],
    ["an export named build", { "src/modules/one.ts": "export const build = 1;" }, /mark of the build/],
  ];
  for (const [what, files, message] of refusals) {
    it(`refuses ${what}`, async () => {
      built.write({ "src/main.ts": "import { hex } from './bytes/hex';\ndeclare const print: any;\nprint(hex(1));\n", "src/bytes/hex.ts": sample["src/bytes/hex.ts"], ...files });
      await assert.rejects(built.build(true), message);
    });
  }

  it("refuses a name in a module that neither the language nor the firmware has", () => {
    const firmware = "var $a = 1; class $b { once() { return 1; } }";
    assert.deepEqual(findings("exports.x = $a + $c;", firmware).map((one) => one.rule), ["unknown-global"]);
    assert.deepEqual(findings("function f() { print(1); } exports.f = f;", firmware).map((one) => one.rule), ["unknown-global"]);
    assert.deepEqual(findings("function f(x) { return x.once(Math.floor($a)); } class C extends $b {} exports.f = f; exports.C = C;", firmware), []);
  });

  it("is a script also without modules", async () => {
    built.write({ "src/main.ts": "declare const print: (x: unknown) => void;\nexport const a = 1;\nprint('hello');\n" });
    await built.build(true);
    const printed: unknown[] = [];
    runInNewContext(built.records(true).get(".bootcde")!, { print: (x: unknown) => printed.push(x) });
    assert.deepEqual(printed, ["hello"]);
  });
});
