// Modules that are part of the boot code: built, and no records of their own.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { afterEach, beforeEach, describe, it } from "mocha";
import { embedded, TABLE, withModules } from "../../tools/build/embed.js";
import { Sample } from "./sample";

describe("modules in the boot code", function () {
  this.timeout(20_000);
  let sample: Sample;
  beforeEach(() => { sample = new Sample(); });
  afterEach(() => sample.remove());

  it("are functions of a table, which stands before the first statement", () => {
    const said: unknown[] = [];
    const realm = createContext({ print: (value: unknown) => said.push(value) });
    runInContext(withModules(`print(Object.keys(${TABLE}).join());`, [{ name: "a", code: "function f(){return 7}exports.f=f;\n" }, { name: "b", code: "exports.g=1;" }]), realm);
    runInContext(`var e={};${TABLE}.a(e);print(e.f());print(typeof f)`, realm);
    assert.deepEqual(said, ["a,b", 7, "undefined"]);
  });

  it("have no record in Storage, and the map of the boot code still names source lines", async () => {
    const [name] = [...embedded];
    sample.write({
      "src/main.ts": "declare function print(x: unknown): void;\n\nprint('hello');\n",
      [`src/modules/${name}.ts`]: "export function answer() { return 42; }\n",
      "src/modules/other.ts": "export function other() { return 1; }\n",
    });
    await sample.build(true);
    const records = sample.records(true);
    assert.deepEqual([...records.keys()].sort(), [".bootcde", "other"]);
    const boot = records.get(".bootcde")!;
    assert.ok(boot.startsWith(`var ${TABLE}={${name}:function(exports){`), boot.slice(0, 60));
    const map = new SourceMap(JSON.parse(readFileSync(join(sample.root, "dist/firmware.min.js.map"), "utf8")));
    const lines = boot.split("\n"), at = lines.findIndex((line) => line.includes('"hello"'));
    const entry = map.findEntry(at, lines[at]!.indexOf("print")) as { originalLine: number; originalSource: string };
    assert.match(entry.originalSource, /main\.ts$/);
    assert.equal(entry.originalLine, 2);
  });
});
