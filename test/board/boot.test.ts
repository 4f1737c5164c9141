// What a board does when it boots, resets and loses power.
import assert from "node:assert/strict";
import { boot, cleanUp, printed, scratch } from "./boards";

describe("a virtual board", () => {
  afterEach(cleanUp);

  it("runs the boot files, then 'init', then onInit", async () => {
    const storage = new Map([[".boot0", "print('boot0')"], [".boot3", "print('boot3')"], [".bootPowerOn", "print('power')"]]);
    const board = await boot({ storage, image: "print('code'); E.on('init', () => print('init')); function onInit() { print('onInit'); }" });
    assert.deepEqual(board.output, ["power", "boot0", "boot3", "code", "init", "onInit"]);
  });

  it("goes on with the next boot file when one throws", async () => {
    const board = await boot({ storage: new Map([[".boot0", "throw 'broken'"], [".boot1", "print('next')"]]) });
    assert.deepEqual(board.output, ["Uncaught broken", "next"]);
  });

  it("loses its RAM and its clock with the power, and keeps its flash", async () => {
    const board = await boot({ image: "var n = 1" });
    board.run("n = 2; require('Storage').write('kept', 'yes'); setTime(1e9)");
    board.powerCycle();
    assert.equal(board.run("n"), 1);
    assert.equal(board.run("require('Storage').read('kept')"), "yes");
    assert.ok(Number(board.run("getTime()")) < 100);
  });

  it("keeps its clock over a restart", async () => {
    const board = await boot();
    board.run("setTime(1e9)");
    board.reset();
    assert.equal(Math.floor(Number(board.run("getTime()")) / 10), 1e8);
  });

  it("leaves .bootcde alone after reset() and runs it after load()", async () => {
    const board = await boot({ image: "print('booted')" });
    board.run("reset()");
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(board.output, ["booted"]);
    board.run("load()");
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(board.output, ["booted", "booted"]);
  });

  it("boots what E.setBootCode wrote", async () => {
    const board = await boot({ image: "print('old')" });
    board.run("E.setBootCode('print(\"new\")')");
    board.powerCycle();
    assert.deepEqual(board.output, ["old", "new"]);
  });

  it("keeps its flash in a directory when it is given one", async () => {
    const storage = scratch();
    (await boot({ storage })).run("require('Storage').write('a/b', '\\xff\\x00')");
    assert.equal((await boot({ storage })).run("require('Storage').read('a/b')"), "\xff\x00");
  });

  it("shows results at the REPL as the interpreter does", async () => {
    const board = await boot();
    assert.equal(board.evaluate("1/3"), "=0.33333333333");
    assert.equal(board.evaluate("'a\\n\\xff'"), '="a\\n\\xFF"');
    assert.equal(board.evaluate("({a:1})"), '={ "a": 1 }');
    assert.equal(board.evaluate("[1,,2]"), "=[ 1, undefined, 2 ]");
    assert.equal(board.evaluate("new Array(20).fill(1)"), "=[ 1, 1, 1, 1, 1,  ... 1, 1, 1, 1, 1 ]");
    assert.equal(board.evaluate("throw new TypeError('no')"), undefined);
    assert.ok(board.output.includes("Uncaught TypeError: no"));
  });

  it("restarts when its watchdog is not kicked", async () => {
    const board = await boot({ image: "print('booted')" });
    board.run("E.enableWatchdog(0.02, false)");
    await new Promise((resolve) => setTimeout(resolve, 80));
    assert.deepEqual(board.output, ["booted", "booted"]);
  });

  it("hangs for good, or until its watchdog bites", async () => {
    const board = await boot({ image: "print('booted')" });
    assert.equal(board.hang(), false);
    board.run("E.enableWatchdog(60, true)");
    assert.equal(board.hang(), true);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(board.output, ["booted", "booted"]);
  });

  it("tells an error flag once, and again when it was asked for", async () => {
    const board = await boot({ image: "E.on('errorFlag', f => print('flag', JSON.stringify(f)))" });
    for (let i = 0; i < 2; i++) board.raiseFlag("MEMORY");
    await printed(board, 'flag ["MEMORY"]');
    board.run("E.getErrorFlags()");
    board.raiseFlag("MEMORY");
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(board.output.filter((line) => line.startsWith("flag")).length, 2);
  });

  it("ends like `espruino file.js` on Linux when nothing is left to do", async () => {
    const board = await boot({ profile: "linux", endWhenIdle: true, image: "setTimeout(() => print('last'), 5)" });
    assert.equal(await board.ended, "idle");
    assert.deepEqual(board.output, ["last"]);
  });

  it("has no quit(), and the Linux build no Wifi and no settable clock", async () => {
    const esp32 = await boot(), linux = await boot({ profile: "linux" });
    assert.equal(esp32.run("typeof quit"), "undefined");
    assert.throws(() => linux.run("require('Wifi')"), /Module "Wifi" not found/);
    linux.run("setTime(0)");
    assert.ok(Number(linux.run("getTime()")) > 1.7e9);
  });

  it("reads its program as bytes", async () => {
    const board = await boot({ image: "var e = 'é', euro = '\\u20ac'" });
    assert.equal(board.run("e.length + ',' + euro.charCodeAt(0)"), "2,172");
  });

  it("sets a clock that starts at 1970", async () => {
    const board = await boot();
    assert.equal(board.run("new Date().getFullYear()"), 1970);
    board.run("setTime(1577934245.678)");
    assert.match(String(board.run("new Date().toISOString()")), /^2020-01-02T03:04:05\.\d{3}Z$/);
    await printed(await boot({ clock: 1e12, image: "print(Math.floor(Date.now() / 1e6))" }), "1000000");
  });
});
