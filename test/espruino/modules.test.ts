// Modules in flash on the real interpreter: loaded and let go without growth.
import assert from "node:assert/strict";
import { imageRecords } from "../../sim/desk";
import { interpreterProgram } from "./interpreter";
import { boot, useInterpreter } from "./suite";

describe("modules on the real interpreter", function () {
  this.timeout(60000);
  useInterpreter();

  for (const [name, code] of interpreterProgram() ? Object.entries(imageRecords()) : []) {
    if (name === ".bootcde") continue;
    it(`loads ${name} and lets it go, twenty times without growth`, async () => {
      const one = await boot({ storage: imageRecords() });
      const cycle = `require("${name}");Modules.removeCached("${name}");`;
      // Into members that are there before: what the measuring itself takes stays the same.
      await one.evaluate("m={a:0,b:0,c:0}");
      const measure = () => one.evaluate(`(function(){m.a=process.memory().usage;require("${name}");m.b=process.memory().usage;Modules.removeCached("${name}");m.c=process.memory().usage;return [m.a,m.b,m.c];})()`);
      const cycles = (count: number) => one.evaluate(`(function(){var t=getTime();for(var i=0;i<${count};i++){${cycle}}return getTime()-t;})()`);
      // What the console keeps of the first lines of each kind is no growth.
      await cycles(10);
      await measure();
      const [before, loaded, after] = await measure();
      assert.ok(loaded > before && after <= before, `${before} before, ${loaded} loaded, ${after} after`);
      const seconds = await cycles(20);
      const [last] = await measure();
      assert.ok(last <= before, `${before} before, ${last} after twenty`);
      console.log(`      ${name}: ${code.length} bytes, ${loaded - before} variables while loaded, ${(seconds * 50).toFixed(2)} ms to load and let go`);
    });
  }
});
