// What only starts the firmware is let go when it has started.
import assert from "node:assert/strict";
import { createContext, runInContext } from "node:vm";
import { afterEach, beforeEach, describe, it } from "mocha";
import { Sample } from "./sample";

describe("functions that start the firmware", function () {
  this.timeout(20_000);
  let sample: Sample;
  beforeEach(() => { sample = new Sample(); });
  afterEach(() => sample.remove());

  const main = 'declare const print: (x: unknown) => void;\nimport { createRunner, twice } from "./bytes/run";\nprint(createRunner(twice(1)));\n';
  const run = "export function twice(n: number) { return n * 2; }\nexport function createRunner(n: number) { return twice(n) + 1; }\n";

  for (const minified of [false, true]) {
    it(`are undefined afterwards, others are not (${minified ? "minified" : "readable"})`, async () => {
      sample.write({ "src/main.ts": main, "src/bytes/run.ts": run });
      await sample.build(minified);
      const said: unknown[] = [];
      const realm = createContext({ print: (value: unknown) => said.push(value) });
      runInContext(sample.records(minified).get(".bootcde")!, realm);
      assert.deepEqual(said, [5]);
      const functions = Object.values(realm).filter((value) => typeof value === "function" && value !== realm["print"]);
      assert.equal(functions.length, 1, "only twice is left");
    });
  }

  it("cannot be used by a module", async () => {
    sample.write({ "src/main.ts": main, "src/bytes/run.ts": run, "src/modules/late.ts": 'import { createRunner } from "../bytes/run";\nexport function late() { return createRunner(1); }\n' });
    await assert.rejects(sample.build(true), /a module uses createRunner, which is let go/);
  });
});
