// Self-update on the virtual board against the local cloud: a new image is tried once, confirmed by itself, or rolled back.
import assert from "node:assert/strict";
import { createHmac, randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Desk, DeskOptions } from "../../sim/desk";
import { makeBundle, makeManifest } from "../../tools/manifest";
import { closeDesks, desk, failure, said, until } from "./desks";

const KEY = randomBytes(32);
const DIST = fileURLToPath(new URL("../../dist/", import.meta.url));
const KEY_NAME = "fw/image.upd";

describe("self-update", function () {
  this.timeout(60000);
  afterEach(() => closeDesks(() => [KEY.toString("hex")]));
  afterEach(function () { if (this.currentTest?.state === "failed") console.log(last?.board.output.slice(-25).join("\n"), last && [...last.board.flash.keys()].join()); });
  let last: Desk | undefined;

  async function board(options: DeskOptions = {}): Promise<Desk> {
    const one = last = await desk(options);
    one.board.flash.set("verify.key", KEY.toString("latin1"));
    return one;
  }
  /** The image in dist/, as it is or changed: a line more in the boot code. */
  function bundle(version: number, line = ""): Buffer {
    const made = makeBundle(DIST, version).toString("latin1");
    if (!line) return Buffer.from(made, "latin1");
    const [head, body] = [made.slice(0, made.indexOf("\n.bootcde ") + 1), made.slice(made.indexOf("\n", made.indexOf("\n.bootcde ") + 1) + 1)];
    const length = Number(/\n\.bootcde (\d+)/.exec(made)![1]);
    const boot = line + body.slice(-length);
    return Buffer.from(`${head}.bootcde ${boot.length} ${crc(boot)}\n${body.slice(0, -length)}${boot}`, "latin1");
  }
  const offer = (one: Desk, bytes: Buffer, version: number, { key = KEY, name = "espruino-aws", manifest = makeManifest(bytes, key, name, version) } = {}) => {
    one.cloud.s3.put(KEY_NAME, bytes);
    one.cloud.s3.put(KEY_NAME + ".manifest", Buffer.from(manifest, "latin1"));
  };
  const records = (one: Desk) => [...one.board.flash.keys()];
  const generation = (one: Desk) => one.board.global["_fw"];
  const marks = (one: Desk) => records(one).filter((name) => /\.fw|^\.boot\d/.test(name)).sort();
  /** Until the board has restarted: the old life's marker is gone. */
  async function restarted(one: Desk, what: () => void = () => {}): Promise<void> {
    one.board.run("global.marker = 1");
    what();
    await until(() => one.board.global["marker"] === undefined);
  }
  async function updated(one: Desk, version: number, line = ""): Promise<void> {
    offer(one, bundle(version, line), version);
    const done = one.command(`device.update(${JSON.stringify(KEY_NAME)})`);
    one.board.run("global.marker = 1");
    assert.equal((await done).version, version);
    await until(() => one.board.global["marker"] === undefined);
  }
  const confirm = async (one: Desk) => one.command('device.update("",{confirm:true})');

  it("installs beside the old image, restarts, is confirmed, and erases the old one; then the other way round", async () => {
    const one = await board();
    await updated(one, 1, "var newer=1;");
    assert.deepEqual([generation(one), one.board.global["newer"]], [".fwa", 1]);
    assert.ok(records(one).includes("info") && records(one).includes("info.fwa"));
    assert.equal((await confirm(one)).version, 1);
    assert.ok(!records(one).includes("info") && !records(one).includes(".fw"));
    one.board.powerCycle();
    assert.deepEqual([generation(one), one.board.global["newer"]], [".fwa", 1]);
    await one.command("device.syncTime()");
    await updated(one, 2);
    assert.deepEqual([generation(one), one.board.global["newer"]], [".fwb", undefined]);
    await confirm(one);
    one.board.powerCycle();
    assert.equal(generation(one), ".fwb");
    assert.deepEqual(marks(one).filter((name) => !/^\w+\.fwb$/.test(name)), [".fw.fwb", ".fwuse"]);
    assert.deepEqual(readdirSync(one.card), []);
    assert.equal((await one.command('device.help("put")')).length, 1);
  });

  const before = (one: Desk) => [...one.board.flash].filter(([name]) => !/^(s3|ver)\./.test(name)).map(([name, bytes]) => name + bytes).sort();
  const good = bundle(5);
  const flip = (bytes: Buffer, at: number) => { const other = Buffer.from(bytes); other[at]! ^= 1; return other; };
  const relabelled = (version: number) => Buffer.from(good.toString("latin1").replace("version 5", "version " + version), "latin1");
  for (const [what, change, code, message] of [
    ["wrong: a bit of a module", { bytes: flip(good, 90_000), manifest: makeManifest(good, KEY, "espruino-aws", 5) }, "verify", /Block 10 /],
    ["truncated", { bytes: good.subarray(0, 100_000), manifest: makeManifest(good, KEY, "espruino-aws", 5) }, "verify", /has 100000 bytes/],
    ["truncated, and signed so", { bytes: good.subarray(0, 100_000), manifest: makeManifest(good.subarray(0, 100_000), KEY, "espruino-aws", 5) }, "verify", /files are missing/],
    ["replayed: an older version", { version: 2 }, "verify", /not newer than 3/],
    ["replayed: the same version", { version: 3 }, "verify", /not newer than 3/],
    ["an older image under a newer manifest", { bytes: relabelled(2) }, "verify", /its version is not the manifest's/],
    ["unsigned: no manifest", { manifest: "" }, "s3", /404|403/],
    ["unsigned: a manifest without HMAC", { manifest: makeManifest(good, KEY, "espruino-aws", 5).replace(/hmac \w+\n/, "") }, "verify", /does not begin as one/],
    ["another key", { key: randomBytes(32) }, "verify", /not signed/],
    ["another file, signed for another use", { name: "settings.json" }, "verify", /for settings.json/],
    ["no image at all, but signed", { bytes: randomBytes(20_000) }, "verify", /does not begin as one/],
    ["a file more than its head says", { bytes: Buffer.concat([good, Buffer.from("more")]) }, "verify", /more bytes/],
    ["a record that is none of the image's", { bytes: Buffer.from(good.toString("latin1").replace(/\nblocks /, "\n.boot0 "), "latin1") }, "verify", /a record .boot0/],
  ] as [string, { bytes?: Buffer; version?: number; key?: Buffer; name?: string; manifest?: string }, string, RegExp][]) {
    it(`${what}: refused, and flash is as it was`, async () => {
      const one = await board();
      await one.command("device.status()");
      await updated(one, 3);
      await confirm(one);
      await one.command("device.syncTime()");
      const flash = before(one);
      const { bytes = good, version = 5, key = KEY, name = "espruino-aws", manifest = makeManifest(bytes, key, name, version) } = change;
      offer(one, bytes, version, { manifest });
      if (!manifest) one.cloud.s3.remove?.(KEY_NAME + ".manifest");
      const failed = await failure(one, `device.update("${KEY_NAME}")`);
      assert.deepEqual([failed.code, message.test(failed.message)], [code, true], JSON.stringify(failed));
      assert.deepEqual(before(one), flash);
      one.board.reset();
      assert.equal(generation(one), ".fwa");
    });
  }

  it("rolls back after a crash at the start, a hang that the power ends, and a trial that nobody confirms; such a version is not tried again", async () => {
    const one = await board();
    for (const [version, line] of [[1, "throw new Error('bad image');"], [2, "var newer=1;"]] as const) {
      const done = (offer(one, bundle(version, line), version), one.command(`device.update("${KEY_NAME}")`));
      one.board.run("global.marker = 1");
      await done;
      await until(() => one.board.global["marker"] === undefined);
      if (version === 1) await until(() => generation(one) === "" && typeof one.board.global["device"] === "object");
      else {
        assert.equal(one.board.global["newer"], 1);
        one.board.powerCycle();
      }
      assert.deepEqual([generation(one), one.board.global["newer"]], ["", undefined]);
      await one.command("device.syncTime()");
      const failed = await failure(one, `device.update("${KEY_NAME}")`);
      assert.match(failed.message, /was tried and rolled back/);
      said(one, new RegExp(`version ${version} did not confirm itself`));
      assert.deepEqual(marks(one), [".fw", ".fwbad"]);
      assert.ok(records(one).includes("info"));
    }
  });

  it("confirms itself when S3 has answered", async () => {
    const one = await board();
    await updated(one, 1);
    await until(() => !records(one).includes(".fwtry"), 30000);
    said(one, /version 1 is confirmed/);
    assert.deepEqual(marks(one).filter((name) => name[0] === "."), [".fw.fwa", ".fwuse"]);
  });

  it("flashing anew ends what updates left: .bootcde runs, and the next update begins from it", async () => {
    const one = await board();
    const flashed = [...one.board.flash].filter(([name]) => /^\w{1,8}$|^\.bootcde$/.test(name));
    await updated(one, 1);
    await confirm(one);
    for (const [name, bytes] of flashed) one.board.flash.set(name, bytes);
    one.board.powerCycle();
    assert.equal(generation(one), undefined);
    await one.command("device.syncTime()");
    await updated(one, 2, "var newer=1;");
    assert.deepEqual([generation(one), one.board.global["newer"]], [".fwa", 1]);
    one.board.powerCycle();
    assert.deepEqual([generation(one), one.board.global["newer"]], ["", undefined]);
  });

  it("a power cut at each write of an update: the old image or the new one runs, with its modules, and nothing unconfirmed twice", async () => {
    const one = await board();
    const start = new Map(one.board.flash);
    offer(one, bundle(1, "var newer=1;"), 1);
    // Every change of flash from the download's end to the confirmation, in order.
    const states: Map<string, string>[] = [];
    const flash = one.board.flash as Map<string, string>;
    const set = flash.set.bind(flash), erase = flash.delete.bind(flash);
    flash.set = (name, bytes) => {
      const old = flash.get(name) ?? "\xff".repeat(bytes.length);
      // Half of a write, then all of it.
      if (/^\.|okay/.test(name)) {
        set(name, bytes.slice(0, Math.floor(bytes.length / 2)) + (old.length === bytes.length ? old : "\xff".repeat(bytes.length)).slice(Math.floor(bytes.length / 2)));
        states.push(new Map(flash));
      }
      set(name, bytes);
      if (/^\.(?!fw\.fw)|^ver/.test(name) || states.length % 7 === 0) states.push(new Map(flash));
      return flash;
    };
    flash.delete = (name) => {
      const had = erase(name);
      if (had) states.push(new Map(flash));
      return had;
    };
    const done = one.command(`device.update("${KEY_NAME}")`);
    one.board.run("global.marker = 1");
    await done;
    await until(() => one.board.global["marker"] === undefined);
    await confirm(one);
    flash.set = set;
    flash.delete = erase;
    const tried = states.filter((_state, i) => i % Math.ceil(states.length / 60) === 0 || i > states.length - 70).concat(states.filter((state) => !state.has(".bootcde") || [...state.keys()].some((name) => /^\.boot\d/.test(name))));
    let newer = 0;
    for (const state of tried) {
      flash.clear();
      for (const [name, bytes] of state) set(name, bytes);
      one.board.powerCycle();
      assert.equal(typeof one.board.global["device"], "object", marks(one).join());
      if (one.board.global["newer"]) newer++;
      // Whatever is running has its modules.
      assert.equal((await one.command('device.help("put")')).length, 1);
      // And after another one nothing unconfirmed runs.
      const confirmed = records(one).includes(".fwuse") || one.board.flash.get(".fwtry")?.[12] === "o";
      one.board.powerCycle();
      assert.equal(one.board.global["newer"] === 1, confirmed, marks(one).join());
    }
    assert.ok(newer > 0 && newer < tried.length && tried.length > 60, `${newer} of ${tried.length}`);
    flash.clear();
    for (const [name, bytes] of start) set(name, bytes);
  });

  it("a job: SUCCEEDED when the image was confirmed, FAILED when it was rolled back or is not right", async () => {
    const one = await board();
    await one.command('device.configure({iot:{jobs:true}})');
    const jobs = one.cloud.iot.jobs, thing = one.cloud.iot.thingName;
    const ended = async (id: string): Promise<[string, any]> => {
      await until(() => !["QUEUED", "IN_PROGRESS"].includes(jobs.execution(thing, id)!.status), 30000);
      const { status, statusDetails } = jobs.execution(thing, id)!;
      return [status, statusDetails];
    };
    offer(one, bundle(1), 1);
    await one.command("device.connect()");
    await restarted(one, () => jobs.create(thing, "one", { operation: "update", key: KEY_NAME }));
    assert.equal(generation(one), ".fwa");
    assert.equal(jobs.execution(thing, "one")!.status, "IN_PROGRESS");
    await one.command("device.connect()");
    assert.equal((await ended("one"))[0], "SUCCEEDED");
    said(one, /version 1 is confirmed/);
    jobs.create(thing, "again", { operation: "update", key: KEY_NAME });
    const [status, details] = await ended("again");
    assert.deepEqual([status, details.code], ["FAILED", "verify"]);
    offer(one, bundle(2, "throw 1;"), 2);
    await restarted(one, () => jobs.create(thing, "bad", { operation: "update", key: KEY_NAME }));
    await until(() => generation(one) === ".fwa" && typeof one.board.global["device"] === "object");
    await one.command("device.connect()");
    assert.match(JSON.stringify(await ended("bad")), /FAILED.*rolled back/);
    jobs.create(thing, "wrong", { operation: "update", path: "x" });
    assert.equal((await ended("wrong"))[0], "REJECTED");
  });
});

function crc(text: string): string {
  let sum = 0xffffffff;
  for (const byte of Buffer.from(text, "latin1")) {
    sum ^= byte;
    for (let n = 0; n < 8; n++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return ((sum ^ 0xffffffff) >>> 0).toString(16).padStart(8, "0");
}
