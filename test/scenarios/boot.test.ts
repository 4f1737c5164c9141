// A board that works by itself, from power on: WiFi that goes and comes, a time server that is late, broken settings, faults, starts that do not last.
import assert from "node:assert/strict";
import type { Desk, DeskOptions } from "../../sim/desk";
import { bootedDesk, closeDesks, file, printed, said, until } from "./desks";

/** A desk whose board works by itself; without iot settings unless told. */
function unattended(settings: object = {}, options: DeskOptions = {}): Promise<Desk> {
  return bootedDesk({ ...options, settings: { boot: undefined, iot: undefined, ...settings } });
}

const lines = (one: Desk, line: RegExp, times = 1) => until(() => printed(one, line) >= times);
const record = (one: Desk) => JSON.parse(one.board.flash.get("boot.json")!);
const status = (one: Desk) => one.command("device.status()");
const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));
const OURS = /^espruino-aws 0/, CONNECTED = /^WiFi connected 192/, TIME = /^time 20/;

describe("a board that works by itself", function () {
  this.timeout(90_000);
  afterEach(() => closeDesks(() => ["desk-password"]));

  it("finds network, time and AWS IoT after power on, one after the other, and again after a power cut", async () => {
    const one = await bootedDesk({ settings: { boot: undefined } });
    await lines(one, /^connect: board-17/);
    one.board.powerCycle();
    await lines(one, /^connect: board-17/, 2);
    const order = one.board.output.filter((line) => !/^>/.test(line)).map((line) => line.split(" ")[0]);
    assert.deepEqual(order, ["espruino-aws", "WiFi", "time", "connect:", "espruino-aws", "WiFi", "time", "connect:"]);
    assert.deepEqual([record(one).starts, record(one).tries], [2, 2]);
  });

  it("goes on with an upload that a power cut broke off", async () => {
    const one = await unattended({ s3: undefined });
    await lines(one, TIME);
    const { bucket, region, host, port } = one.cloud.s3;
    await one.command(`device.configure({s3:${JSON.stringify({ bucket, region, endpoint: { host, port, style: "path" } })}})`);
    const bytes = file(one, "log.txt", 12 * 1024 * 1024);
    one.board.run('device.put("log.txt")');
    await lines(one, / of 12\.0 MiB/);
    one.board.powerCycle();
    await lines(one, /^resume: 1 finished/);
    assert.ok(one.cloud.s3.get("log.txt")!.equals(bytes));
  });

  it("finds its network again, event or no event, callback or none", async () => {
    const one = await unattended();
    await lines(one, TIME);
    one.board.wifi.reachable = false;
    one.board.wifi.drop();
    await lines(one, /^WiFi failed: WiFi "desk": .*; next try in \d+ s/);
    assert.equal((await status(one)).network, "off");
    one.board.wifi.silent = true;
    one.board.wifi.addressAfter = 1500;
    one.board.wifi.reachable = true;
    await lines(one, CONNECTED, 2);
    assert.match((await status(one)).network, /^connected 192/);
  });

  it("is not on the network before it has an address", async () => {
    const one = await unattended({}, { board: { wifi: { delay: 5 } } });
    one.board.wifi.addressAfter = 1500;
    await until(() => one.board.run("require('Wifi').getStatus().station") === "connected");
    assert.equal((await status(one)).network, "off");
    await lines(one, TIME);
    assert.equal(printed(one, /syncTime failed/), 0);
  });

  it("asks for the time until it is there", async () => {
    const one = await unattended();
    one.cloud.ntp.always({ silent: true });
    await lines(one, /^syncTime failed/);
    one.cloud.ntp.always({});
    await lines(one, TIME);
    assert.equal((await status(one)).mistakes.length, 0);
  });

  for (const text of ['{"wifi":{"ssid":"de', "\xff\xff\xff", '{"wifi":5}', '{"boot":[]}']) {
    it(`with settings ${JSON.stringify(text)} the REPL is there, and the fault is named`, async () => {
      const one = await unattended();
      one.board.flash.set("settings.json", text);
      one.board.flash.delete("settings.new");
      one.board.powerCycle();
      await lines(one, /^espruino-aws .*: waits for you: /);
      assert.equal(one.board.evaluate("1+1"), "=2");
      const { mistakes } = await status(one);
      assert.equal(mistakes.length, 1, String(mistakes));
      await pause(3500);
      assert.equal(printed(one, CONNECTED), 0);
      await one.command("device.configure({wifi:{ssid:'desk',password:'desk-password'},boot:null})");
      one.board.powerCycle();
      await lines(one, CONNECTED);
    });
  }

  it("counts exceptions and error flags over a reset, and tells them", async () => {
    const one = await unattended();
    await lines(one, TIME);
    one.board.evaluate("typo()");
    one.board.run("setTimeout(function() { nosuchthing(); }, 1)");
    await lines(one, /nosuchthing is not defined/);
    one.board.raiseFlag("MEMORY");
    await until(() => record(one).outOfMemory === 1);
    one.board.reset();
    await lines(one, TIME, 2);
    const { faults } = await status(one);
    assert.deepEqual([faults.exceptions, faults.outOfMemory, faults.starts], [1, 1, 2]);
    said(one, /^boot +automatic, start 2, the last 1 before it did not last; faults: exceptions 1, out of memory 1/);
  });

  it("a board that hangs is restarted by its watchdog, and three of that are enough: the REPL is free in safe mode", async () => {
    const one = await unattended();
    for (let i = 1; i <= 3; i++) {
      await lines(one, OURS, i);
      await pause(50);
      assert.ok(one.board.hang());
    }
    await lines(one, /safe mode: 3 starts did not last 2 minutes/);
    const before = one.board.output.length;
    await pause(5000);
    assert.deepEqual(one.board.output.slice(before), []);
    assert.equal(one.board.evaluate("1+1"), "=2");
    assert.equal((await status(one)).faults.mode, "safe");
    assert.equal(one.board.hang(), false);
    await one.command("device.configure({logLevel:'info'})");
    one.board.powerCycle();
    await lines(one, TIME);
  });

  it("a power cut at any moment of a start leaves a board that starts", async () => {
    const one = await unattended();
    for (const milliseconds of [0, 3, 40, 900, 1800, 2600]) {
      await pause(milliseconds);
      one.board.flash.set("settings.json", one.board.flash.get("settings.json")! + " ");
      one.board.powerCycle();
    }
    await lines(one, TIME);
    assert.equal(one.board.alive, true);
  });

  it("with .bootcde alone in flash it waits for a person without a word", async () => {
    const one = await bootedDesk({ settings: { boot: undefined } });
    for (const name of ["boot", "watch", "bootgo", "faults"]) one.board.flash.delete(name);
    const before = one.board.output.length;
    one.board.powerCycle();
    await pause(3500);
    assert.deepEqual(one.board.output.slice(before), []);
    await one.command("device.syncTime()");
    await status(one);
  });

  it("keeps quiet with boot.auto false, and on a host without a radio", async () => {
    for (const options of [{ settings: { boot: { auto: false } } }, { settings: { boot: undefined }, board: { profile: "linux" as const } }]) {
      const one = await bootedDesk(options);
      await pause(3500);
      assert.deepEqual([...one.board.output], []);
      assert.equal(one.board.flash.has("boot.json"), false);
    }
  });
});
