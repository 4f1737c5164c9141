// Self-update on the real interpreter with 6,500 variables and TLS in them. It ends at a restart: it is started again on the same flash.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeBundle, makeManifest } from "../../tools/manifest";
import { cloud, useCloud } from "../cloud/suite";
import type { Interpreter } from "./interpreter";
import { onBoard } from "./interpreter";
import { boot, bootImage, failure, useInterpreter } from "./suite";

const KEY = randomBytes(32);
const DIST = fileURLToPath(new URL("../../dist/", import.meta.url));
const environment = { ESPRUINO_VARS: "6500" };

describe("self-update on the real interpreter", function () {
  this.timeout(180000);
  let directory: string;
  useInterpreter();
  useCloud();
  beforeEach(() => { directory = mkdtempSync(join(tmpdir(), "update-")); });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  function offer(version: number, key = KEY): void {
    const bytes = makeBundle(DIST, version);
    cloud.s3.put("fw", bytes);
    cloud.s3.put("fw.manifest", Buffer.from(makeManifest(bytes, key, "espruino-aws", version), "latin1"));
  }
  const restart = () => boot({ directory, environment });
  const state = (one: Interpreter) => one.evaluate('[typeof device,global._fw,require("Storage").list(/^.fw/).sort()]');
  async function ends(one: Interpreter, milliseconds: number): Promise<void> {
    for (const end = Date.now() + milliseconds; one.ended === undefined; ) {
      assert.ok(Date.now() < end, one.output.slice(-2000));
      await new Promise((done) => setTimeout(done, 50));
    }
  }
  async function first(): Promise<Interpreter> {
    const one = await bootImage(cloud.describe(), {}, { directory, storage: { "verify.key": KEY }, environment });
    await one.evaluate("device.syncTime()");
    return one;
  }

  it("is downloaded, installed, tried, confirms itself, and takes the next one; an older one is refused", async function () {
    onBoard(this);
    let one = await first();
    offer(1);
    assert.equal((await one.evaluate('device.update("fw")', 90000)).version, 1);
    await ends(one, 10000);
    one = await restart();
    assert.deepEqual((await state(one)).slice(0, 2), ["object", ".fwa"]);
    const idle = await one.evaluate("process.memory().usage");
    assert.ok(idle <= 1800, `${idle} variables while on trial`);
    await one.waitFor(/version 1 is confirmed/, 40000);
    assert.deepEqual(await state(one), ["object", ".fwa", [".fw.fwa", ".fwuse"]]);
    assert.equal(await one.evaluate('require("Storage").read("info")===undefined'), true);
    await one.stop();
    one = await restart();
    await one.evaluate("device.syncTime()");
    assert.equal((await failure(one, 'device.update("fw")')).code, "verify");
    offer(2);
    assert.equal((await one.evaluate('device.update("fw")', 90000)).version, 2);
    await ends(one, 10000);
    one = await restart();
    assert.deepEqual((await state(one)).slice(0, 2), ["object", ".fwb"]);
    // Not confirmed: the power goes, and the image before runs.
    await one.stop();
    one = await restart();
    assert.deepEqual((await state(one)).slice(0, 2), ["object", ".fwa"]);
    await one.waitFor(/version 2 did not confirm itself/, 20000);
    assert.deepEqual((await state(one))[2], [".fw.fwa", ".fwbad", ".fwuse"]);
    assert.equal((await one.evaluate('device.help("put")')).length, 1);
  });
});
