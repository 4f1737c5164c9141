// device.ship() and device.log() on the real interpreter, at the memory of a board.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cloud } from "../../sim/cloud/index";
import { testCloud } from "../cloud/client";
import type { Interpreter } from "./interpreter";
import { onBoard } from "./interpreter";
import { boot, bootImage, failure, useInterpreter } from "./suite";

const MIB = 1024 * 1024;
const T = 1_780_000_000;

describe("logs on the real interpreter", function () {
  this.timeout(240000);
  let cloud: Cloud;
  let directory: string;
  let one: Interpreter;
  useInterpreter();
  beforeEach(async () => {
    cloud = await testCloud();
    directory = mkdtempSync(join(tmpdir(), "ship-"));
    mkdirSync(join(directory, "logs"));
  });
  afterEach(async () => {
    await one?.stop();
    await cloud?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  async function start(logs: Record<string, unknown> = {}, variables = "6500"): Promise<void> {
    one = await bootImage(cloud.describe(), { logs: { directory: "logs", active: "active.log", afterUpload: "delete", ...logs } }, { directory, environment: { ESPRUINO_VARS: variables } });
    await one.evaluate("device.syncTime()");
  }
  /** The power goes, at once, and comes back. */
  async function powerCycle(): Promise<void> {
    await one.stop();
    one = await boot({ directory, environment: { ESPRUINO_VARS: "6500" } });
    await one.evaluate("device.syncTime()");
  }
  function log(name: string, size: number, time = T): Buffer {
    const bytes = randomBytes(size);
    writeFileSync(join(directory, "logs", name), bytes);
    utimesSync(join(directory, "logs", name), time, time);
    return bytes;
  }
  const onCard = () => readdirSync(join(directory, "logs")).sort();
  const sent = () => cloud.s3.requests.filter((request) => (request.operation === "PutObject" || request.operation === "UploadPart") && request.status === 200).length;

  it("ships the oldest first and deletes them, with what S3 refuses left behind and told", async () => {
    log("active.log", 10);
    log("c.log", 10, T + 4);
    log("b.log", 0, T + 2);
    const first = log("a.log", 50000, T);
    await start();
    assert.deepEqual({ ...(await one.evaluate("device.ship()", 60000)), seconds: 0 }, { shipped: 3, failed: 0, left: 0, bytes: 50010, seconds: 0 });
    assert.deepEqual([onCard(), cloud.s3.keys().map((key) => key.slice(-5))], [["active.log"], ["a.log", "b.log", "c.log"]]);
    assert.ok(cloud.s3.get(cloud.s3.keys()[0]!)!.equals(first));
    for (const name of ["d.log", "e.log"]) log(name, 10, T + 6);
    cloud.policy.deny("s3:PutObject");
    assert.equal((await failure(one, "device.ship()")).cause.code, "AccessDenied");
    assert.deepEqual(onCard(), ["active.log", "d.log", "e.log"]);
    const { logs } = await one.evaluate("device.status()");
    assert.deepEqual([logs.left, logs.running], [2, false]);
    assert.doesNotMatch(one.output, /MEMORY|Uncaught|ASSERT/);
  });

  it("keeps 1,000 logs, ships ten of them with marks, and gives its memory back", async function () {
    onBoard(this);
    for (let i = 0; i < 1000; i++) log(String(29670000 + i) + ".log", 20, T + 2 * i);
    await start({ afterUpload: "keep" });
    await one.evaluate("device.ship({max:2})", 60000);
    const before = await one.evaluate("process.memory().usage");
    assert.deepEqual([(await one.evaluate("device.ship({max:8})", 60000)).left, cloud.s3.keys().length], [990, 10]);
    const after = await one.evaluate("process.memory().usage");
    assert.ok(after <= before + 12, `${before} variables, then ${after}`);
    await powerCycle();
    assert.equal((await one.evaluate("device.ship({max:1})", 60000)).shipped, 1);
    assert.deepEqual([sent(), cloud.s3.keys().length, onCard().length], [11, 11, 1000]);
    assert.doesNotMatch(one.output, /MEMORY|Uncaught|ASSERT/);
  });

  it("says that a directory is too large for its memory, and works after that", async function () {
    onBoard(this);
    for (let i = 0; i < 1000; i++) log(String(29670000 + i) + ".log", 20, T + 2 * i);
    await start({}, "4200");
    const failed = await failure(one, "device.ship()");
    assert.deepEqual([failed.code, /more names than fit/.test(failed.message)], ["memory", true]);
    assert.equal((await one.evaluate("device.status()")).busy, "");
  });

  it("goes on with a log in parts after a power cut, and asks S3 for one that was complete", async function () {
    onBoard(this);
    const bytes = log("a.log", 12 * MIB);
    await start();
    one.type("device.ship().then(print,print)");
    for (const end = Date.now() + 60000; sent() < 1 && Date.now() < end; ) await new Promise((done) => setTimeout(done, 5));
    await new Promise((done) => setTimeout(done, 60));
    await powerCycle();
    assert.equal((await one.evaluate("device.ship()", 120000)).shipped, 1);
    assert.ok(cloud.s3.get(cloud.s3.keys()[0]!)!.equals(bytes));
    assert.ok(sent() <= 4, `${sent()} parts for 3 and one cut`);
    assert.deepEqual([onCard(), cloud.s3.uploads()], [[], []]);
    log("b.log", 20000);
    cloud.s3.faults.next({ kind: "stall", during: "response", afterBytes: 0 }, { operation: "HeadObject" });
    one.type("device.ship().then(print,print)");
    for (const end = Date.now() + 60000; (cloud.s3.keys().length < 2 || cloud.s3.requests.at(-1)?.operation !== "HeadObject") && Date.now() < end; ) await new Promise((done) => setTimeout(done, 5));
    await powerCycle();
    const before = sent();
    assert.equal((await one.evaluate("device.ship()", 60000)).shipped, 1);
    assert.deepEqual([sent(), onCard()], [before, []]);
    assert.match(one.output, /S3 has it already/);
    assert.doesNotMatch(one.output, /MEMORY|Uncaught|ASSERT/);
  });

  it("takes 200 lines a second without a line lost, begins new logs, and gives its memory back", async () => {
    await start({ maxBytes: 1500 });
    await one.evaluate('device.log("warm")');
    const before = await one.evaluate("process.memory().usage");
    await one.evaluate('new Promise(function(d,f){var n=0,i=setInterval(function(){device.log("line "+n);if(++n>=200){clearInterval(i);device.log("last").then(d,f);}},5);})', 30000);
    const lines = onCard().map((name) => readFileSync(join(directory, "logs", name), "latin1")).join("").split("\n");
    assert.deepEqual(lines, ["warm", ...Array.from({ length: 200 }, (_, i) => `line ${i}`), "last", ""]);
    assert.equal(onCard().length, 2);
    const after = await one.evaluate("process.memory().usage");
    assert.ok(after <= before + 12, `${before} variables, then ${after}`);
    await powerCycle();
    await one.evaluate('device.log("after")');
    assert.deepEqual([(await one.evaluate("device.ship()", 60000)).shipped, onCard().length], [1, 1]);
    assert.doesNotMatch(one.output, /MEMORY|Uncaught|ASSERT/);
  });

  it("a line logged while a log goes up waits for memory, and is not lost", async () => {
    const bytes = log("a.log", 2 * MIB);
    // Beside an upload over TLS that lives in the variables a waiting line needs room: 6,500 are not enough.
    await start({}, "7000");
    one.type("device.ship().then(function(){print('ship'+'ped')},print)");
    one.type("N=0;I=setInterval(function(){device.log('during '+N++)},100)");
    await one.waitFor(/shipped\n/, 60000);
    await one.evaluate("(clearInterval(I),device.log('end'))");
    assert.ok(cloud.s3.get(cloud.s3.keys()[0]!)!.equals(bytes));
    const lines = onCard().map((name) => readFileSync(join(directory, "logs", name), "latin1")).join("").split("\n");
    assert.deepEqual(lines, [...Array.from({ length: await one.evaluate("N") }, (_, i) => `during ${i}`), "end", ""]);
    assert.doesNotMatch(one.output, /MEMORY|Uncaught|ASSERT/);
  });
});
