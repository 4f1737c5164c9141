// The command line against the real interpreter with a board's memory, over TCP as a serial bridge offers it: from an empty flash to a log in the bucket.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Cloud, startCloud } from "../../sim/cloud/index";
import { deviceSettings } from "../../sim/desk";
import type { Finding } from "../../tools/flash/facts";
import { openPort } from "../../tools/port/port";
import { openRepl } from "../../tools/port/repl";
import { testCertificates } from "../cloud/certificates";
import { type Bridge, bridge, type RealBoard, realBoard } from "../tools/bridge";
import { run } from "../tools/commands";
import { interpreterProgram } from "./interpreter";

describe("the command line and the real interpreter", function () {
  this.timeout(240_000);
  let cloud: Cloud, directory: string, board: RealBoard, through: Bridge, log: Buffer;
  before(async () => {
    const program = interpreterProgram();
    if (!program) throw new Error("Set ESPRUINO to a Linux build of the interpreter: ESPRUINO=path npm run test:espruino");
    cloud = await startCloud({ directory: await testCertificates() });
    directory = mkdtempSync(join(tmpdir(), "cli-"));
    log = randomBytes(200_000);
    writeFileSync(join(directory, "log.txt"), log);
    board = realBoard(program, directory);
    through = await bridge(board);
  });
  after(async () => {
    await through?.close();
    await board?.stop();
    await cloud?.close();
    if (directory) rmSync(directory, { recursive: true, force: true });
  });
  /**
   * The Linux build reads its console in a thread of its own and without a lock, so that now and then it loses characters or ends: the command
   * says then that there was no answer, exit code 1, and is given again.
   */
  async function again<T>(action: () => Promise<T>, unheard: (result: T | Error) => boolean): Promise<T> {
    for (let tries = 1; ; tries++) {
      const result = await action().catch((error: Error) => error);
      if (tries < 3 && unheard(result)) {
        // A console whose thread has ended stays deaf: what the hint says, the reset button.
        await board.powerCycle();
        await new Promise((wait) => setTimeout(wait, 1000));
      } else if (result instanceof Error) throw result;
      else return result;
    }
  }
  // What the console said in the end, where a test fails.
  afterEach(function () {
    if (this.currentTest?.state === "failed") console.log(through.printed.slice(-1500));
  });
  const cli = (...words: string[]) => again(() => run(...words, "-p", through.address), (ran) => !(ran instanceof Error) && ran.code === 1);

  it("a question: values, failures, what is thrown, a long one in pieces", () => again(questions, (error) => error instanceof Error && /no answer|lost/.test(error.message)));
  async function questions(): Promise<void> {
    const port = await openPort(through.address), lines: string[] = [];
    const repl = await openRepl(port, { onLine: (line) => void lines.push(line) });
    // It may have started just now.
    lines.splice(0);
    const values: [string, unknown][] = [["1+1", 2], ["undefined", undefined], ["'\\0\\xff\"\\n'", "\0\xff\"\n"], ["'ü'", "\xc3\xbc"], ["print('>one\\n two'),3", 3], [`"${"0123456789".repeat(200)}".length`, 2000], ["new Promise(function(r){setTimeout(r,50,{a:[1]})})", { a: [1] }]];
    for (const [expression, value] of values) assert.deepEqual(await repl.evaluate(expression), value, expression);
    assert.deepEqual(lines, [">one", " two"]);
    const thrown = (expression: string) => repl.evaluate(expression).then(() => assert.fail("it did not throw"), ({ message, code, hint }) => [message, code, hint]);
    assert.deepEqual(await thrown("missing"), ['The board threw ReferenceError: "missing" is not defined', "thrown", ""]);
    assert.match((await thrown("((("))[0], /SyntaxError/);
    assert.deepEqual(await thrown("(function(){throw {code:'c',message:'m',hint:'h'}})()"), ["m", "c", "h"]);
    // What is half typed is cleared without Ctrl-C: two of those end this build.
    port.write("var half=(");
    assert.equal(await repl.evaluate("typeof half+typeof global.__a"), "undefinedundefined");
    const usage = () => repl.evaluate<number>("process.memory().usage");
    const before = await usage();
    for (let i = 0; i < 20; i++) await repl.evaluate(`"${"x".repeat(i * 100)}".length`);
    assert.ok(Math.abs((await usage()) - before) <= 2, "questions leave something behind");
    repl.stop();
    await port.close();
  }
  it("flash: an empty board gets the image by the espruino tool, verified, and runs it", async () => {
    const { code, lines, errors } = await cli("flash");
    assert.deepEqual([code, errors], [0, []]);
    assert.match(lines.slice(-2).join("\n"), /^verified: length and CRC of \d+ records\nrunning: espruino-aws \d/);
  });
  it("provision: settings and certificates from the files that AWS hands out, checked by the image that runs", async () => {
    const described = cloud.describe(), { ca, device } = described.certificates, settings = join(directory, "provision.json");
    writeFileSync(settings, JSON.stringify(deviceSettings(described)));
    const words = ["provision", "--settings", settings, "--ca", ca.pem, "--cert", device.certificate.pem, "--key", device.key.pem, "--allow-root"];
    const { code, lines, errors } = await cli(...words);
    assert.equal(code, 0, [...lines, ...errors].join("\n"));
    assert.match(lines.at(-1)!, /finds no mistake in its settings/);
    const again = await cli(...words);
    assert.deepEqual([again.code, again.lines.filter((line) => /is there already/.test(line)).length], [0, 4]);
  });
  it("doctor finds nothing wrong, after a restart", async () => {
    await board.powerCycle();
    const { code, lines, errors } = await cli("doctor", "--json");
    const { findings } = JSON.parse(lines.join("\n")) as { findings: Finding[] };
    assert.deepEqual([code, errors], [0, []], JSON.stringify(findings, null, 1));
    const states = Object.fromEntries(findings.map(({ what, state }) => [what, state]));
    for (const what of ["interpreter", "image", "settings", "root (ca.der)", "certificate (cert.der)", "key (key.der)", "time", "self test", "card", "bucket", "MQTT"]) assert.equal(states[what], "ok", what);
  });
  it("put: the log is in the bucket, byte for byte; status and why answer, also after a restart", async () => {
    const put = await cli("put", "log.txt");
    assert.deepEqual([put.code, put.errors], [0, []]);
    assert.match(put.lines.at(-1)!, /^put log\.txt: 200000 bytes/);
    assert.ok(cloud.s3.get("log.txt")!.equals(log));
    await board.powerCycle();
    const status = await cli("status", "--json");
    assert.equal(status.code, 0);
    assert.deepEqual(JSON.parse(status.lines[0]!).mistakes, []);
    assert.equal((await cli("why")).code, 0);
    const get = await cli("get", "log.txt", "back.txt");
    assert.deepEqual([get.code, get.errors], [0, []]);
    assert.ok(readFileSync(join(directory, "back.txt")).equals(log));
  });
  it("flash again sends nothing; a spoiled record is found by doctor and mended by flash", async () => {
    const first = await cli("flash");
    assert.ok(first.lines.includes("nothing to send: all of it is there"), [...first.lines, ...first.errors].join("\n"));
    const port = await openPort(through.address), repl = await openRepl(port);
    await repl.evaluate('(function(s){s.erase("help");s.erase("kms");s.write("kms","garbage")})(require("Storage"))');
    repl.stop();
    await port.close();
    const sick = await cli("doctor", "--json");
    assert.equal(sick.code, 4);
    assert.match(sick.errors[0]!, /image/);
    const mended = await cli("flash");
    assert.equal(mended.code, 0);
    assert.ok(mended.lines.includes("to send: kms"), mended.lines.join("\n"));
  });
});
