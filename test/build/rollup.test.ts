// Real builds of small modules: the plugins fail them, and the message names the source file and line.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { Sample } from "./sample";

describe("rollup plugins", function () {
  this.timeout(20_000);
  let sample: Sample;
  beforeEach(() => { sample = new Sample(); });
  afterEach(() => sample.remove());
  const write = (files: Record<string, string>) => sample.write(files);
  const build = (minified = false) => sample.build(minified);

  const early = {
    "src/main.ts": 'declare function print(x: unknown): void;\nimport { table } from "./bytes/table";\nprint(table);\n',
    "src/bytes/table.ts": "// A table.\nexport const table = make();\nfunction make() {\n  return [1, 2].map((x) => x * 2);\n}\n",
  };

  for (const minified of [false, true]) {
    it(`names the module and line of a function used too early (${minified ? "minified" : "readable"})`, async () => {
      write(early);
      await assert.rejects(build(minified), /bytes\/table\.ts:2: \[use-before-declaration\]/);
    });

    it(`names the module and line of a missing method (${minified ? "minified" : "readable"})`, async () => {
      write({ "src/main.ts": "declare const print: (x: unknown) => void;\n\nprint([[1]].flat());\n" });
      await assert.rejects(build(minified), /src\/main\.ts:3: \[missing-method\]/);
    });

    it(`passes what lowering and minifying make of modern source (${minified ? "minified" : "readable"})`, async () => {
      write({
        "src/main.ts": 'declare const print: (...x: unknown[]) => void;\nimport { sum, Leaf, closures, pick } from "./bytes/modern";\n'
          + "print(sum(1, 2, 3), new Leaf({ name: 'a' }).hello(), closures(3).map((f) => f()), pick(undefined));\n",
        "src/bytes/modern.ts": `export function sum(...n: number[]) { let total = 0; for (const one of n) total += one; return total; }
          class Base { list: number[] = []; constructor(readonly name: string) {} hello() { return \`\${this.name}\`; } }
          export class Leaf extends Base { #n = 1; constructor({ name, more = [] }: { name: string; more?: number[] }) { super(name); this.list.push(...more); } override hello() { return super.hello() + this.list.length + this.#n; } }
          export function closures(n: number) { const out: Array<() => number> = []; for (let i = 0; i < n; i++) { if (i === 9) continue; const j = i ** 2; out.push(() => i + j); } return out; }
          export function pick(o: { a?: { b?: number } } | undefined, other = 7) { const { a, ...rest } = o ?? {}; let v = a?.b; v ??= other; switch (v) { case 1: { const x = 1; return x; } case 2: { const x = 2; return () => x; } default: return { ...rest, ["k" + v]: v }; } }`,
      });
      await build(minified);
    });
  }

  it("names file and line of a module that reads the host's clock", async () => {
    write({ "src/main.ts": 'import { now } from "./bytes/now";\nnow();\n', "src/bytes/now.ts": "// Wrong.\n\nexport const now = () => Date.now();\n" });
    await assert.rejects(build(), /src\/bytes\/now\.ts:3: reads the host's Date/);
  });

  it("writes image.json and install.js beside the image", async () => {
    write({ "src/main.ts": "declare const print: (x: unknown) => void;\nprint('hello');\n" });
    await build(true);
    const code = readFileSync(join(sample.root, "dist/firmware.min.js"), "latin1");
    const [only, ...others] = JSON.parse(readFileSync(join(sample.root, "dist/image.json"), "utf8")) as Array<{ name: string; file: string; length: number }>;
    assert.deepEqual([only?.name, only?.file, only?.length, others.length], [".bootcde", "firmware.min.js", code.length, 0]);
    assert.match(readFileSync(join(sample.root, "dist/install.js"), "latin1"), /install\.begin\("\.bootcde", /);
  });
});
