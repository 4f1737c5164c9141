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
    const iot = { ...(deviceSettings(told)["iot"] as object), jobs: true, inbox: "board-17/in" };
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

  it("documents that nearly fill an answer, and one that has too many values for the memory", async () => {
    const thing = cloud.iot.thingName;
    const from = one.output.length;
    cloud.iot.jobs.create(thing, "long", { operation: "download", path: "app.bin", key: "fw/app.bin", more: "x".repeat(3500) });
    cloud.iot.jobs.create(thing, "many", { operation: "download", path: "app.bin", key: "fw/app.bin", more: Array(1500).fill(1) });
    await one.waitFor(/job many: REJECTED/, 60000, from);
    assert.equal(cloud.iot.jobs.execution(thing, "long")!.status, "SUCCEEDED");
    assert.equal(cloud.iot.jobs.execution(thing, "many")!.statusDetails!["code"], "memory");
    assert.doesNotMatch(one.output, /MEMORY|Uncaught|ASSERT/);
  });
  it("eight messages at once", async () => {
    const results = () => cloud.iot.mqtt.messages.filter((each: any) => each.topic === "board-17/in/result").map((each: any) => JSON.parse(String(each.payload)));
    for (let id = 0; id < 8; id++) cloud.iot.mqtt.publish("board-17/in", JSON.stringify({ id, operation: "download", path: "app.bin", key: "fw/app.bin" }), { qos: 1 });
    for (let wait = 0; results().length < 8 && wait < 600; wait++) await new Promise((done) => setTimeout(done, 100));
    assert.deepEqual(results().map(({ id, status }) => [id, status]), Array.from({ length: 8 }, (_none, id) => [id, "SUCCEEDED"]));
    assert.doesNotMatch(one.output, /MEMORY|Uncaught|ASSERT/);
  });
});
