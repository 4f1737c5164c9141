// espruino-aws provision on the virtual board, over tcp, with the certificates of the local cloud; cut, full, silent and foreign boards.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { PassThrough } from "node:stream";
import { fileURLToPath } from "node:url";
import { type Board, bootBoard } from "../../sim/board/index";
import { Typing } from "../../sim/board/typing";
import { imageRecords } from "../../sim/desk";
import { type Evaluate, readBoardSettings, writeRecords } from "../../tools/provision/board";
import { provision } from "../../tools/provision";
import { type Asker, askSettings, terminalAsker } from "../../tools/provision/questions";
import { checkForBoard } from "../../tools/provision/settings";
import { Findings } from "../../tools/provision/finding";
import { Listeners } from "../../tools/port/port";
import { isTrouble, Trouble } from "../../tools/trouble";
import { type ProvisionDesk, provisionDesk } from "./provision.desk";

type Content = Record<string, Buffer | string>;

function flash(records: Content): Map<string, string> {
  return new Map(Object.entries(records).map(([name, bytes]) => [name, Buffer.from(bytes as string).toString("latin1")]));
}

/** A board whose console is a cable. */
async function cabled(storage: Map<string, string>) {
  const data = new Listeners<string>();
  let board: Board | undefined;
  const typing: Typing = new Typing(() => board!, (bytes) => data.tell(bytes));
  board = await bootBoard({ storage, onOutput: (text) => board && typing.print(text), wifi: { networks: { desk: "desk-password" } } });
  return { board, cable: { write: (bytes: string) => void setImmediate(() => typing.type(bytes)), onData: (listener: (bytes: string) => void) => data.add(listener) } };
}

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

describe("provision: questions", function () {
  this.timeout(20_000);

  /** Answers by a part of the question; each answer of a list is tried until one is taken. */
  function scripted(answers: Record<string, string | boolean | string[]>, asked: string[] = []): Asker {
    async function answer(question: { message: string; validate?: (typed: string) => true | string; default?: unknown }): Promise<any> {
      const key = Object.keys(answers).find((one) => question.message.includes(one));
      const wanted = key === undefined ? question.default ?? "" : answers[key]!;
      for (const typed of wanted instanceof Array ? wanted : [wanted]) {
        const verdict = typeof typed === "string" && question.validate ? question.validate(typed) : true;
        asked.push(`${question.message}: ${verdict === true ? "taken" : verdict}`);
        if (verdict === true) return typed;
      }
      throw new Error("no answer was taken to " + question.message);
    }
    return { input: answer, password: answer, confirm: answer, select: answer };
  }

  const ANSWERS = {
    "WiFi network": "desk", "Its password": "desk-password", "Is the card at": false, "CS": "D22", Bucket: ["https://x", "Logs", "logs-of-17"], "Its region": ["eu-central-1a", "eu-central-1"],
    "credentials provider": ["a1-ats.iot.eu-central-1.amazonaws.com", "c0ffee17.credentials.iot.eu-central-1.amazonaws.com"], "Role alias": "device-logs-role", "Name of the thing": ["board 17", "board-17"],
    "talk to AWS IoT": true, "Data-ATS": ["c0ffee17.credentials.iot.eu-central-1.amazonaws.com", "abcdef17-ats.iot.eu-central-1.amazonaws.com"],
  };

  it("make settings without a mistake; a wrong answer is explained and asked again", async () => {
    const asked: string[] = [];
    const settings = await askSettings(scripted(ANSWERS, asked), {});
    const findings = new Findings();
    checkForBoard(settings, findings);
    assert.deepEqual(findings.list, []);
    assert.deepEqual([settings["card"].cs, settings["s3"].prefix, settings["credentials"].source], ["D22", "board-17/", "iot"]);
    assert.equal(asked.filter((line) => !line.endsWith("taken")).length, 7);
    assert.match(asked.join("\n"), /one of its zones/);
  });
  it("offer what the board has, keep secrets where nothing is typed, drop what belongs to the other source", async () => {
    const present = { ...(await askSettings(scripted(ANSWERS), {})), logLevel: "info" };
    const defaults: Record<string, string> = { "Its password": "", "Is the card at": true as unknown as string };
    assert.deepEqual(await askSettings(scripted(defaults), present), present);
    const changed = await askSettings(scripted({ ...defaults, "signed with": "static", "Access key id": "AKIAZZZZZZZZZZZZZZZZ", "Secret access": "s".repeat(40), "talk to": false }), present);
    assert.deepEqual(changed["credentials"], { source: "static", accessKeyId: "AKIAZZZZZZZZZZZZZZZZ", secretAccessKey: "s".repeat(40) });
    const kept = await askSettings(scripted({ ...defaults, "Secret access": "" }), changed);
    assert.deepEqual(kept["credentials"], changed["credentials"]);
    assert.deepEqual([changed["iot"], changed["wifi"].password, changed["logLevel"]], [undefined, "desk-password", "info"]);
  });
  it("ask for files and a foreign root, and write what was answered", async () => {
    const made = await cabled(flash({}));
    const desk = await provisionDesk(async () => made.cable);
    const [, ca, , cert, , key] = desk.files;
    const lines: string[] = [];
    const output = { line: (text: string) => void lines.push(text), error: (text: string) => void lines.push(text) };
    const answers = { "certificate (": ["nowhere.pem", cert!], "private key (": key!, "Write it?": true };
    try {
      await provision({ port: desk.bridge.address, ca: ca!, settings: desk.settings() }, output, scripted(answers));
      assert.deepEqual([...made.board.flash.keys()].sort(), ["ca.der", "cert.der", "key.der", "settings.json"]);
      await assert.rejects(provision({ port: desk.bridge.address, ca: ca!, settings: desk.settings() }, output, scripted({ ...answers, "Write it?": false })), /Nothing was written: one mistake/);
      // With files alone it asks for settings only where the board has none, and looks at the files first.
      await provision({ port: desk.bridge.address, ca: ca!, cert: cert!, key: key! }, output, scripted({ "Write it?": true, WiFi: [] }));
      made.board.flash.delete("settings.json");
      await assert.rejects(provision({ port: desk.bridge.address, cert: key!, key: key! }, output, scripted({ WiFi: [] })), /Nothing was written/);
      await provision({ port: desk.bridge.address, cert: cert!, key: key! }, output, scripted(ANSWERS));
      assert.equal(JSON.parse(made.board.flash.get("settings.json")!).s3.bucket, "logs-of-17");
      made.board.flash.clear();
      await provision({ port: desk.bridge.address }, output, scripted({ ...ANSWERS, ...answers }));
      assert.equal(JSON.parse(made.board.flash.get("settings.json")!).s3.bucket, "logs-of-17");
    } finally {
      made.board.stop();
      await desk.close();
    }
  });
  it("show no password on a terminal, and end at Ctrl-C", async () => {
    const input = new PassThrough(), output = new PassThrough();
    let shown = "";
    output.on("data", (bytes) => (shown += bytes));
    const asker = await terminalAsker({ input, output });
    const answer = asker.password({ message: "Its password", mask: true });
    await new Promise((done) => setTimeout(done, 50));
    input.write("desk-password\r");
    assert.equal(await answer, "desk-password");
    assert.match(shown, /Its password[^]*\*{13}/);
    assert.doesNotMatch(shown, /desk-password/);
    const stopped = asker.input({ message: "Bucket" });
    await new Promise((done) => setTimeout(done, 50));
    input.write("\x03");
    await assert.rejects(stopped, /Stopped: nothing was written/);
  });
});
