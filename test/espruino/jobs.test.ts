// A job of AWS IoT on the real interpreter, with one TLS slot: MQTT gives way to the transfer and comes back.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { startCloud } from "../../sim/cloud/index";
import type { Cloud } from "../../sim/cloud/index";
import { deviceRecords, deviceSettings, imageRecords } from "../../sim/desk";
import { bootInterpreter, interpreterProgram } from "./interpreter";
import type { Interpreter } from "./interpreter";

describe("a job on the real interpreter", function () {
  this.timeout(180000);
  let cloud: Cloud;
  let one: Interpreter;
  before(async () => {
    if (!interpreterProgram()) throw new Error("Set ESPRUINO to a Linux build of the interpreter: ESPRUINO=path npm run test:espruino");
    cloud = await startCloud();
    const told = cloud.describe();
    const iot = { ...(deviceSettings(told)["iot"] as object), jobs: true };
    // Mutual TLS in the variables, and an event of a job beside it.
    one = await bootInterpreter({ environment: { ESPRUINO_VARS: "6500" }, storage: { ...deviceRecords(told, { iot }), ...imageRecords() } });
  });
  after(async () => {
    await one?.stop();
    await cloud?.close();
  });

  it("100 KB come by a key", async () => {
    const bytes = randomBytes(100000);
    cloud.s3.put("fw/app.bin", bytes);
    const thing = cloud.iot.thingName;
    cloud.iot.jobs.create(thing, "022", { operation: "download", path: "app.bin", key: "fw/app.bin" });
    await one.evaluate("device.syncTime()");
    // Nothing is typed while a TLS link is open: the interpreter's input thread has no lock.
    one.type("device.connect()");
    await one.waitFor(/job 022: SUCCEEDED/, 60000);
    assert.equal(cloud.iot.jobs.execution(thing, "022")!.status, "SUCCEEDED");
    assert.ok(existsSync(join(one.directory, "app.bin")) && readFileSync(join(one.directory, "app.bin")).equals(bytes));
    assert.doesNotMatch(one.output, /MEMORY|Uncaught|ASSERT/);
  });
});
