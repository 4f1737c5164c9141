// Real builds of small modules: the plugins fail them, and the message names the source file and line.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { tmpdir } from "node:os";
import terser from "@rollup/plugin-terser";
import typescript from "@rollup/plugin-typescript";
import { afterEach, beforeEach, describe, it } from "mocha";
import { rollup } from "rollup";
import { gate } from "../../tools/build/gate.js";
import { image } from "../../tools/build/image.js";
import { lower } from "../../tools/build/lower.js";
import { ports } from "../../tools/build/ports.js";

describe("rollup plugins", function () {
  this.timeout(20_000);
  let root: string;
  beforeEach(() => { root = mkdtempSync(join(tmpdir(), "gate-")); });
  afterEach(() => { rmSync(root, { recursive: true, force: true }); });

  function write(files: Record<string, string>) {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    }
  }

  /** Builds src/main.ts as rollup.config.js does, with a type stripper that needs no other settings. */
  async function build(minified = false) {
    const options = { target: "ES2022", module: "ESNext", moduleResolution: "bundler", lib: ["ES2022"], types: [], useDefineForClassFields: false, noEmit: false };
    write({ "tsconfig.json": JSON.stringify({ compilerOptions: { ...options, outDir: "dist" }, include: ["src/**/*.ts"] }) });
    const bundle = await rollup({
      input: join(root, "src/main.ts"),
      plugins: [typescript({ tsconfig: join(root, "tsconfig.json"), outDir: join(root, "dist"), filterRoot: root }), ports(join(root, "src"))],
      onwarn: () => undefined,
    });
    const mini = terser({ ecma: 5, toplevel: true, mangle: false, compress: { inline: 0, reduce_vars: false, reduce_funcs: false, collapse_vars: false }, format: { ascii_only: true } });
    try {
      await bundle.write({
        file: join(root, "dist/out.js"), format: "cjs", strict: false, exports: "none", freeze: false, esModule: false, generatedCode: "es5", sourcemap: "hidden",
        plugins: minified ? [lower({ short: true }), mini, gate(), image()] : [lower(), gate()],
      });
    } finally {
      await bundle.close();
    }
  }

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
    const code = readFileSync(join(root, "dist/out.js"), "latin1");
    const [only, ...others] = JSON.parse(readFileSync(join(root, "dist/image.json"), "utf8")) as Array<{ name: string; file: string; length: number }>;
    assert.deepEqual([only?.name, only?.file, only?.length, others.length], [".bootcde", "out.js", code.length, 0]);
    assert.match(readFileSync(join(root, "dist/install.js"), "latin1"), /install\.begin\("\.bootcde", /);
  });
});
