// The gate refuses what Espruino cannot run, names the rule, and lets correct code pass.
import assert from "node:assert/strict";
import { describe as suite, it } from "mocha";
import { describe, findings } from "../../tools/build/gate.js";
import { bad } from "./gate.bad";
import { good } from "./gate.good";

suite("gate", () => {
  for (const [rule, snippet] of bad) {
    it(`${rule}: ${JSON.stringify(snippet)}`, () => {
      assert.deepEqual([...new Set(findings(snippet).map((one) => one.rule))], [rule]);
    });
  }

  for (const snippet of good) {
    it(`passes ${JSON.stringify(snippet)}`, () => {
      assert.deepEqual(findings(snippet), []);
    });
  }

  it("names file, line and column of the output, and shows the text there", () => {
    const code = "var a = 1;\n  f();\nfunction f() {}\n";
    const [line] = describe(findings(code), code, "dist/x.js");
    assert.match(line ?? "", /\[use-before-declaration\].*\n {4}dist\/x\.js:2:3 {2}f\(\);$/);
  });

  it("names the call through which a name is needed too early", () => {
    const [one] = findings("function a() { return b; }\na();\nvar b;");
    assert.match(one?.message ?? "", /by the call at 2:1/);
  });
});
