// What a board does by itself, its parts together: the shipper beside MQTT, refusals that can be read later, required trust, jobs that nothing vouches for.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Desk, DeskOptions } from "../../sim/desk";
import { bootedDesk, closeDesks, printed, said, until } from "./desks";
import { requests } from "./uploads";

const T = 1_780_000_000;
const lines = (one: Desk, line: RegExp, times = 1, milliseconds = 60_000) => until(() => printed(one, line) >= times, milliseconds);
const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));
const onCard = (one: Desk) => readdirSync(join(one.card, "logs")).sort();
const LOGS = { directory: "logs", pattern: "*.log", active: "active.log", afterUpload: "delete", everySeconds: 10 };

/** A board that works by itself and ships logs; it starts when they lie on its card. */
let last: Desk | undefined;
async function shipping(count: number, settings: Record<string, unknown> = {}, options: DeskOptions = {}): Promise<{ one: Desk; logs: Map<string, Buffer> }> {
  const one = last = await bootedDesk({ ...options, settings: { logs: LOGS, ...settings } });
  const logs = new Map<string, Buffer>();
  mkdirSync(join(one.card, "logs"));
  for (let i = 0; i < count; i++) {
    const name = `${String(i).padStart(3, "0")}.log`, bytes = randomBytes(500 + i);
    logs.set(name, bytes);
    writeFileSync(join(one.card, "logs", name), bytes);
    utimesSync(join(one.card, "logs", name), T + 2 * i, T + 2 * i);
  }
  await start(one);
  return { one, logs };
}
/** Power off, and on as a board that works by itself, with what else is set. */
async function start(one: Desk, patch: object = {}): Promise<void> {
  await one.command(`device.configure(${JSON.stringify({ boot: null, ...patch })})`);
  one.board.powerCycle();
}
function shipped(one: Desk, logs: Map<string, Buffer>): void {
  for (const [name, bytes] of logs) {
    const keys = one.cloud.s3.keys().filter((key) => key.endsWith(`-${name}`));
    assert.deepEqual([keys.length, keys[0] && one.cloud.s3.get(keys[0])!.equals(bytes)], [1, true], `${name}: ${keys.join()}`);
  }
}

describe("a board by itself, its parts together", function () {
  this.timeout(120_000);
  afterEach(function () { if (this.currentTest?.state === "failed") console.log(last?.board.output.slice(-30).join("\n")); });
  afterEach(() => closeDesks(() => ["desk-password"]));

  it("ships a backlog in runs, with the link up in between; device.log writes meanwhile", async () => {
    const { one, logs } = await shipping(24);
    let between = 0, said = 0;
    for (const end = Date.now() + 90_000; onCard(one).some((name) => logs.has(name)) && Date.now() < end; ) {
      await one.command(`device.log("line ${said++}")`);
      const left = onCard(one).filter((name) => logs.has(name)).length;
      if (left > 0 && left < 24 && one.cloud.iot.mqtt.clients().length === 1) between++;
      await pause(100);
    }
    shipped(one, logs);
    assert.ok(between > 20, `the link was seen up ${between} times between the runs`);
    assert.ok(printed(one, /^ship: 10 shipped, 0 failed, 14 left/) === 1 && printed(one, /^ship: 10 shipped, 0 failed, 4 left/) === 1, "runs of ten");
    assert.equal(puts(one), 24);
    assert.equal(printed(one, /log failed/), 0);
  });

  it("logs that fail again and again do not keep the rest from going", async () => {
    const { one, logs } = await shipping(0, { iot: undefined });
    for (let i = 0; i < 25; i++) {
      const name = i < 11 ? `${"x".repeat(40)}${i}.log` : `good${i}.log`;
      writeFileSync(join(one.card, "logs", name), "text");
      utimesSync(join(one.card, "logs", name), T + 2 * i, T + 2 * i);
      if (i >= 11) logs.set(name, Buffer.from("text"));
    }
    // Keys of more than 1,024 bytes are refused here, one by one.
    await start(one, { logs: { template: `${"y".repeat(985)}-{name}` } });
    await until(() => [...logs.keys()].every((name) => !existsSync(join(one.card, "logs", name))), 60_000);
    shipped(one, logs);
    assert.equal(onCard(one).length, 11);
  });

  it("goes on by itself after a WiFi drop in the middle of a run, and after a power cut", async () => {
    const { one, logs } = await shipping(8, { iot: undefined });
    await lines(one, /^ship logs\/00/, 3);
    one.board.wifi.drop();
    await lines(one, /^ship logs\/00/, 5);
    one.board.powerCycle();
    await until(() => onCard(one).every((name) => !logs.has(name)), 60_000);
    shipped(one, logs);
    assert.ok(puts(one) <= 10, `${puts(one)} puts of 8 logs`);
  });

  it("a refusal of its own work can be read later: device.why() and status()", async () => {
    const { one } = await shipping(2, { iot: undefined, credentials: undefined });
    await one.command(`device.configure(${JSON.stringify({ credentials: { source: "static", ...one.cloud.credentials, secretAccessKey: "wrong" } })})`);
    await lines(one, /^ship failed: /);
    await one.command("device.syncTime()");
    const why = await one.command("device.why()");
    assert.deepEqual([why.code, why.cause.status], ["s3", 403]);
    said(one, /^the server said 403 SignatureDoesNotMatch/);
    assert.match((await one.command("device.status()")).logs.stopped, /403/);
  });

  it("a network that is not there can be read later, too", async () => {
    const { one } = await shipping(0, { iot: undefined });
    await lines(one, /^time 20/);
    one.board.wifi.reachable = false;
    one.board.wifi.drop();
    await lines(one, /^WiFi failed/);
    assert.equal((await one.command("device.why()")).code, "wifi");
  });

  it("required trust that this interpreter has not: told once, nothing is sent, the REPL is free", async () => {
    const { one } = await shipping(2, { tls: { serverTrust: "required" } });
    await lines(one, /^ship failed: tls\.serverTrust is required/);
    await pause(20_000);
    for (const line of [/^ship failed/, /^connect failed/, /^MQTT: /, /^TLS trust: not checked/]) assert.ok(printed(one, line) <= 1, `${line}: ${printed(one, line)} times\n${one.board.output.join("\n")}`);
    assert.equal(one.board.evaluate("1+1"), "=2");
    assert.deepEqual([one.cloud.s3.requests.length, onCard(one).length], [0, 2]);
    assert.equal((await one.command("device.status()")).trust, "not checked");
  });

  it("with verify.required a job that downloads by URL fails clearly, and so does one by a key without manifest", async () => {
    const { one } = await shipping(0, { logs: undefined });
    one.board.flash.set("verify.key", "k".repeat(32));
    one.cloud.s3.put("a.bin", randomBytes(100));
    await start(one, { verify: { required: true }, iot: { jobs: true } });
    await lines(one, /^connect: board-17/);
    const jobs = one.cloud.iot.jobs, thing = one.cloud.iot.thingName;
    const { host, port, bucket } = one.cloud.s3;
    for (const [id, document, message] of [
      ["url", { operation: "download", path: "a.bin", url: `https://${host}:${port}/${bucket}/a.bin?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=00` }, /^Settings ask for a manifest \(verify\.required\)/],
      ["key", { operation: "download", path: "a.bin", key: "a.bin" }, /manifest/],
    ] as const) {
      jobs.create(thing, id, document);
      await until(() => !["QUEUED", "IN_PROGRESS"].includes(jobs.execution(thing, id)!.status));
      const { status, statusDetails } = jobs.execution(thing, id)!;
      assert.equal(status, "FAILED");
      assert.match(String(statusDetails!["message"]), message);
      assert.ok(!existsSync(join(one.card, "a.bin")));
    }
  });
});

const puts = (one: Desk) => requests(one, "PutObject").length;
