// A board that works by itself, on the real interpreter at a board's memory. What is typed while a TLS link is open is lost on this build,
// so the faults come from a script in flash, and what matters is printed.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deviceRecords, deviceSettings, imageRecords } from "../../sim/desk";
import { cloud, useCloud } from "../cloud/suite";
import type { Interpreter, InterpreterOptions } from "./interpreter";
import { onBoard } from "./interpreter";
import { boot, useInterpreter } from "./suite";

/** What the interpreter prints when something went wrong inside. */
const BROKEN = /FAILED|ASSERT|Interrupted|interpreter error|out of memory/i;

describe("a board that works by itself, on the real interpreter", function () {
  this.timeout(120_000);
  useInterpreter();
  useCloud();
  const environment = { ESPRUINO_VARS: "6500" };

  /** Boots with `settings` and a script that runs before the image. */
  function start(settings: object, script = "", options: InterpreterOptions = {}): Promise<Interpreter> {
    const records = { ...deviceRecords(cloud.describe(), { boot: { auto: true }, iot: undefined, ...settings }), ...imageRecords() };
    return boot({ environment, storage: { ...records, ...(script ? { ".boot0": script } : {}) }, ...options });
  }
  const used = (one: Interpreter): Promise<number> => one.evaluate("process.memory().usage");

  it("does nothing on a host without a radio unless the settings say so, and takes no variable for it", async () => {
    const one = await start({ boot: undefined });
    const idle = await used(one);
    assert.ok(idle <= 1800, `${idle} variables`);
    await new Promise((done) => setTimeout(done, 3500));
    assert.doesNotMatch(one.output, /espruino-aws|time 2/);
    assert.equal(await one.evaluate('require("Storage").read("boot.json")'), null);
  });

  it("sets the clock, and then a transfer beside it has the memory it needs", async () => {
    const one = await start({});
    const idle = await used(one);
    await one.waitFor(/^time 20/m, 20000);
    const log = randomBytes(3 * 1024 * 1024);
    writeFileSync(join(one.directory, "log.txt"), log);
    for (let i = 0; i < 3; i++) await one.evaluate('device.put("log.txt")', 60000);
    assert.ok(cloud.s3.get("log.txt")!.equals(log));
    const after = await used(one);
    console.log(`      variables: ${idle} after power on, ${after} after transfers`);
    assert.ok(idle <= 1800 && after <= 1900, `${idle} ${after} variables`);
    assert.doesNotMatch(one.output, BROKEN);
  });

  it("connects to AWS IoT", async function () {
    onBoard(this);
    const one = await start({ iot: deviceSettings(cloud.describe())["iot"] }, 'setInterval(function(){print("@used "+process.memory().usage);},1000);');
    await one.waitFor(/^connect: board-17/m, 30000);
    await one.waitFor(/@used 5\d\d\d/, 5000);
    assert.doesNotMatch(one.output, BROKEN);
  });

  it("counts what was thrown, too deep calls and memory that ran out; over a reset", async function () {
    onBoard(this);
    const script = 'setTimeout(function(){nosuch();},700);setTimeout(function(){function f(n){return f(n+1)+1;}f(0);},900);setTimeout(function(){var a=[];for(;;)a.push("0123456789"+a.length);},1100);';
    const directory = mkdtempSync(join(tmpdir(), "espruino-boot-"));
    try {
      const one = await start({}, script, { directory });
      // The script counts from the image's first pass on.
      await one.waitFor(/^time 20/m, 20000);
      await new Promise((done) => setTimeout(done, 2500));
      const { faults } = await one.evaluate("device.status()");
      assert.deepEqual([faults.exceptions, faults.stack, faults.outOfMemory, faults.mode], [1, 1, 1, "automatic"]);
      assert.match(one.output, /Uncaught ReferenceError: "nosuch" is not defined/);
      await one.stop();
      const again = await boot({ environment, directory });
      await again.evaluate("0");
      const { faults: kept } = await again.evaluate("device.status()");
      assert.ok(kept.exceptions >= 1 && kept.stack >= 1 && kept.outOfMemory >= 1 && kept.starts === 2, JSON.stringify(kept));
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });

  it("three starts that do not last, and the fourth is in safe mode", async () => {
    const directory = mkdtempSync(join(tmpdir(), "espruino-boot-"));
    try {
      await (await start({}, "", { directory })).stop();
      for (let i = 0; i < 2; i++) await (await boot({ environment, directory })).stop();
      const one = await boot({ environment, directory });
      assert.match(one.output, /safe mode: 3 starts did not last 2 minutes/);
      await new Promise((done) => setTimeout(done, 3500));
      assert.doesNotMatch(one.output, /^time 20/m);
      assert.equal((await one.evaluate("device.status()")).faults.mode, "safe");
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });

  for (const text of ['{"boot":{"auto":true},"wi', "\xff\xff\xff\xff"]) {
    it(`with settings ${JSON.stringify(text)} the REPL is there`, async () => {
      const records = { ...imageRecords(), "settings.json": Buffer.from(text, "latin1") };
      const one = await boot({ environment, storage: records });
      assert.equal(await one.evaluate("1+1"), 2);
      assert.match((await one.evaluate("device.status()")).mistakes[0], /settings.json in flash is not JSON/);
    });
  }
});
