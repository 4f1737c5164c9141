// A board by itself on the real interpreter at a board's memory: logs go in runs, the link to AWS IoT comes back in between, lines are written meanwhile.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deviceRecords, deviceSettings, imageRecords } from "../../sim/desk";
import { cloud, useCloud } from "../cloud/suite";
import { boot, useInterpreter } from "./suite";

const T = 1_780_000_000;

describe("logs and MQTT of a board by itself, on the real interpreter", function () {
  this.timeout(150_000);
  useInterpreter();
  useCloud();
  let directory: string;
  beforeEach(() => { directory = mkdtempSync(join(tmpdir(), "alone-")); });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  for (const link of [false, true]) {
    it(`ships 14 logs in two runs, ${link ? "the link up in between" : "without a link"}, while device.log writes`, async () => {
      mkdirSync(join(directory, "logs"));
      const logs = new Map<string, Buffer>();
      for (let i = 0; i < 14; i++) {
        const name = `a${i}.log`, bytes = randomBytes(900);
        logs.set(name, bytes);
        writeFileSync(join(directory, "logs", name), bytes);
        utimesSync(join(directory, "logs", name), T + 2 * i, T + 2 * i);
      }
      const settings = { boot: { auto: true }, logs: { directory: "logs", active: "-", afterUpload: "delete", everySeconds: 10 }, iot: link ? deviceSettings(cloud.describe())["iot"] : undefined };
      // What is typed beside a link is lost on this build.
      const script = 'var W=0,N=0;setInterval(function(){if(global.device)device.log("line "+(++N)).then(function(){W++},function(e){print("@lost "+e.message)})},3000);setInterval(function(){print("@used "+process.memory().usage+" written "+W)},2000);';
      const one = await boot({ environment: { ESPRUINO_VARS: "6500" }, directory, storage: { ...deviceRecords(cloud.describe(), settings), ...imageRecords(), ".boot0": script } });
      await one.waitFor(/ship: 10 shipped, 0 failed, \d+ left/, 60_000);
      const from = one.output.length, connects = cloud.iot.mqtt.packets.length;
      await one.waitFor(/ship: \d+ shipped, 0 failed, 0 left/, 60_000, from);
      if (link) assert.ok(cloud.iot.mqtt.packets.length > connects, "the link came back between the runs");
      for (const [name, bytes] of logs) {
        const keys = cloud.s3.keys().filter((key) => key.endsWith(`-${name}`));
        assert.deepEqual([keys.length, keys[0] && cloud.s3.get(keys[0])!.equals(bytes)], [1, true], name);
      }
      assert.equal(readdirSync(join(directory, "logs")).filter((name) => logs.has(name)).length, 0);
      await one.waitFor(/@used \d+ written [2-9]/, 20_000);
      assert.doesNotMatch(one.output, /FAILED|ASSERT|Interrupted|nterpreter error|ut of memory|OUT OF MEMORY|@lost|Uncaught| failed: /);
      console.log("      " + [...one.output.matchAll(/@used (\d+)/g)].map(([, used]) => used).slice(-12).join(" "));
    });
  }
});
