// espruino-aws provision on the virtual board, over tcp, with the certificates of the local cloud; cut, full, silent and foreign boards.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Board, bootBoard } from "../../sim/board/index";
import { imageRecords } from "../../sim/desk";
import { type Evaluate, readBoardSettings, writeRecords } from "../../tools/provision/board";
import { isTrouble, Trouble } from "../../tools/trouble";
import { cabled, flash, type ProvisionDesk, provisionDesk } from "./provision.desk";

const evaluator = (board: Board): Evaluate => async (expression) => {
  const value = board.run(expression);
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
};

describe("provision on the virtual board", function () {
  this.timeout(60_000);
  let desk: ProvisionDesk, board: Board;

  async function start(storage: Map<string, string>): Promise<void> {
    desk = await provisionDesk(async () => {
      const made = await cabled(storage);
      board = made.board;
      return made.cable;
    });
  }
  afterEach(async () => {
    board.stop();
    await desk.close();
  });

  it("provisions an empty board, which then connects; again it writes nothing; a patch changes one setting", async () => {
    await start(flash(imageRecords()));
    const { ca, device } = desk.cloud.describe().certificates;
    const first = await desk.provision("--settings", desk.settings(), ...desk.files, "--allow-root", "--verify-key", desk.file("verify.hex", "0123456789abcdeffedcba9876543210".repeat(2)));
    assert.deepEqual([first.code, first.errors], [0, [`warning ${ca.pem}: is the root "Local Cloud Root CA", none of Amazon's: with it a board that checks certificates does not reach AWS.`]]);
    assert.deepEqual(first.lines.filter((line) => / written/.test(line)).map((line) => line.split(" ")[0]), ["ca.der", "cert.der", "key.der", "verify.key", "settings.json"]);
    assert.match(first.lines.at(-1)!, /has started again and finds no mistake/);
    for (const [name, path] of [["ca.der", ca.der], ["cert.der", device.certificate.der], ["key.der", device.key.der]]) assert.equal(board.flash.get(name!), readFileSync(path!, "latin1"));
    assert.equal(board.flash.has("settings.new"), false);
    assert.equal(((await board.run("device.status()")) as any).mistakes.length, 0);
    await board.run("device.syncTime()");
    assert.equal(((await board.run("device.connect()")) as any).clientId, "board-17");
    await board.run("device.disconnect()");

    const before = new Map(board.flash);
    board.run("global.running=1");
    const second = await desk.provision("--settings", desk.settings(), ...desk.files, "--allow-root");
    assert.deepEqual([second.code, second.lines.filter((line) => /already/.test(line)).length, second.lines.at(-1)], [0, 4, "The board finds no mistake in its settings. Next: espruino-aws doctor"]);
    assert.deepEqual(board.flash, before);
    assert.equal(board.run("global.running"), 1, "nothing changed, and it was not restarted");

    const patched = await desk.provision("--patch", "--settings", desk.file("patch.json", '{"s3":{"prefix":"Gerät/"},"iot":null}'));
    assert.equal(patched.code, 0, patched.errors.join("\n"));
    const { s3, iot, credentials } = JSON.parse(board.flash.get("settings.json")!);
    assert.deepEqual([s3.prefix, s3.bucket, iot, credentials.secretAccessKey], ["Ger\xc3\xa4t/", "device-logs", undefined, desk.cloud.credentials.secretAccessKey]);
  });
  it("--dry-run and mistakes write nothing", async () => {
    await start(flash(imageRecords()));
    const before = new Map(board.flash);
    const dry = await desk.provision("--settings", desk.settings(), ...desk.files, "--allow-root", "--dry-run");
    assert.equal(dry.code, 0);
    assert.match(dry.lines.join("\n"), /^ca\.der +821 bytes +"Local Cloud Root CA", RSA 2048, until .*, SHA-256 [0-9a-f]{64}\ncert\.der +\d+ bytes .* certificate id [0-9a-f]{64}\nkey\.der +12\d\d bytes  RSA 2048, the key of cert\.der\nsettings\.json +\d+ bytes  [a-z0-9, ]+\nNothing was written: --dry-run\.$/m);
    assert.equal(desk.bridge.sent, "", "nobody looked at the board");
    const [, ca] = desk.files;
    const wrong: [words: string[], said: RegExp, code: number][] = [
      [["--settings", desk.settings(), ...desk.files], /none of Amazon's[^]*--allow-root[^]*Nothing was written: one mistake$/, 4],
      [["--settings", desk.settings({ s3: { bucket: "X", region: "eu-central-1" } })], /s3\.bucket: found "X"[^]*Nothing was written: one mistake/, 4],
      [["--settings", desk.file("bad.json", '{"wifi":{"password":"desk-password"')], /bad\.json: is not JSON/, 4],
      [["--cert", ca!, "--key", ca!], /authority[^]*Nothing was written: 2 mistakes/, 4],
      [["--settings", desk.settings()], /iot: needs the certificate of the thing and its key\. Give --cert and --key/, 4],
      [["--settings", "nowhere.json"], /^nowhere\.json cannot be read: ENOENT/, 1],
      [["--key", desk.directory], /cannot be read: EISDIR/, 1],
      [["--patch"], /--patch needs --settings/, 2],
      [[], /Nothing to provision\n  Give --settings/, 2],
      [["--port"], /argument missing/, 2],
    ];
    for (const [words, said, code] of wrong) {
      const run = await desk.provision(...words);
      assert.equal(run.code, code, words.join(" "));
      assert.match(run.errors.join("\n"), said);
    }
    assert.deepEqual(board.flash, before);
  });
  it("takes Amazon Root CA 1 where the board has no root, and leaves the root it has", async () => {
    await start(flash({}));
    const { iot, ...settings } = JSON.parse(readFileSync(desk.settings(), "utf8"));
    const run = await desk.provision("--settings", desk.file("plain.json", JSON.stringify(settings)));
    assert.equal(run.code, 0, run.errors.join("\n"));
    assert.match(run.lines.join("\n"), /ca\.der +837 bytes  "Amazon Root CA 1"[^]*image is not on the board yet/);
    board.flash.set("ca.der", "mine");
    assert.equal((await desk.provision("--settings", desk.file("plain.json", JSON.stringify(settings)))).code, 0);
    assert.equal(board.flash.get("ca.der"), "mine");
  });
  it("tells what the board itself finds wrong, and which settings cannot be patched", async () => {
    await start(flash({ ".bootcde": 'device={status:function(){return Promise.resolve({version:"0",mistakes:["s3.bucket: newer rules"]})}}', "settings.json": '{"wifi":{"password":"desk-pass' }));
    const run = await desk.provision("--settings", desk.settings(), ...desk.files, "--allow-root");
    assert.equal(run.code, 4);
    assert.match(run.errors.join("\n"), /error   board: s3\.bucket: newer rules\nEverything was written, and the board does not agree/);
    board.flash.set("settings.json", '{"wifi":{"password":"desk-pass');
    const patch = await desk.provision("--patch", "--settings", desk.settings());
    assert.deepEqual([patch.code, patch.errors], [4, ["The settings on the board are not JSON, so nothing can be laid over them", "  Give all settings, without --patch."]]);
  });
  it("is run by plain Node.js, without a terminal and without a board", async () => {
    await start(flash({}));
    const bin = fileURLToPath(new URL("../../tools/espruino-aws.mjs", import.meta.url));
    const { status, stdout, stderr } = spawnSync(process.execPath, [bin, "provision", "--dry-run", "--allow-root", ...desk.files], { encoding: "utf8", input: "" });
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^ca\.der[^]*key\.der .*\nNothing was written: --dry-run\.\n$/);
  });
});

describe("provision: writing", function () {
  this.timeout(60_000);
  const record = (name: string, bytes: Buffer | string) => ({ name, bytes: Buffer.from(bytes as string), about: "" });
  const old = { a: 1, credentials: { secretAccessKey: "hunter2hunter2" } }, next = { a: 2, filler: "x".repeat(1200), credentials: { secretAccessKey: "hunter2hunter2" } };
  const all = [record("ca.der", Buffer.alloc(837, 7)), record("key.der", Buffer.from(Array.from({ length: 1217 }, (_, i) => i & 255))), record("settings.json", JSON.stringify(next))];

  it("survives a cut after every step: the board has whole settings at every moment, the next run mends the rest", async () => {
    let steps = 0;
    for (let cut = 0; ; cut++) {
      const board = await bootBoard({ storage: flash({ "settings.json": JSON.stringify(old), "key.der": "old" }) });
      const evaluate = evaluator(board);
      let left = cut;
      const cutting: Evaluate = (expression) => (left-- > 0 ? evaluate(expression) : Promise.reject(new Trouble("tcp://x: the connection ended (cut)")));
      const failed = await writeRecords(cutting, all).then(() => undefined, (error) => error);
      const settings = (await readBoardSettings(evaluate))!;
      assert.ok(settings["a"] === 1 || settings["a"] === 2, `cut ${cut}`);
      await writeRecords(evaluate, all);
      for (const { name, bytes } of all) assert.equal(board.flash.get(name), bytes.toString("latin1"));
      assert.equal(board.flash.has("settings.new"), false);
      board.stop();
      if (!failed) break;
      steps++;
    }
    assert.ok(steps > 15);
  });
  it("finds a record that was written halfway, whatever its length", async () => {
    for (const half of ["\xff".repeat(837), "\x07".repeat(836) + "\xff", "\x07".repeat(836), "\x07".repeat(838)]) {
      const board = await bootBoard({ storage: new Map([["ca.der", half]]) });
      assert.deepEqual(await writeRecords(evaluator(board), all.slice(0, 1)), [{ name: "ca.der", written: true }]);
      assert.equal(board.flash.get("ca.der"), "\x07".repeat(837));
      board.stop();
    }
  });
  it("does not take a record that reads back otherwise", async () => {
    const board = await bootBoard({ storage: new Map() });
    const evaluate = evaluator(board);
    const flipping: Evaluate = (expression) => evaluate(expression.replace(/atob\("Bwc/, 'atob("Bwd'));
    await assert.rejects(writeRecords(flipping, all), (error: Trouble) => error.exitCode === 4 && /^ca\.der has 837 bytes on the board and another checksum than the 837/.test(error.message));
    board.stop();
  });
  it("never tells what was sent or came back", async () => {
    const secret = all[2]!.bytes.toString("base64").slice(100, 140);
    const whileWriting = (fail: (expression: string) => Promise<unknown>): Evaluate => (expression) => (expression.includes(".write(") ? fail(expression) : Promise.resolve(0));
    const leaks: [what: string, evaluate: Evaluate][] = [
      ["a failure with the expression", whileWriting(async (expression) => Promise.reject(new Error(expression)))],
      ["a trouble with the answer", whileWriting(async (expression) => Promise.reject(new Trouble("The board threw " + expression, expression, 3)))],
      ["an answer that is an echo", whileWriting(async (expression) => expression)],
      ["the connection's end", whileWriting(async () => Promise.reject(new Trouble("tcp://x: the connection ended (gone)", "Is the board still plugged in?")))],
    ];
    for (const [what, evaluate] of leaks) {
      const error = await writeRecords(evaluate, [all[2]!]).then(() => assert.fail("taken"), (one) => one);
      assert.ok(isTrouble(error), what);
      const said = error.message + error.hint;
      assert.ok(!said.includes(secret), what);
      assert.match(said, /writing settings\.new, byte 0 of \d+: /, what);
      if (/end/.test(what)) assert.match(said, /the connection ended \(gone\).*left alone/);
    }
  });
  it("says when the flash is full", async () => {
    const board = await bootBoard({ storage: new Map([["big", "x".repeat(896 * 1024 - 300)]]) });
    await assert.rejects(writeRecords(evaluator(board), all), (error: Trouble) => /^writing ca\.der, byte 0 of 837: Unable to find or create file/.test(error.message) && /Is the flash full/.test(error.hint));
    board.stop();
  });
});
