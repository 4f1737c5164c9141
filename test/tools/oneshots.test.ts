// status, why, logs, put, get and the console: on a virtual board, over TCP too; exit codes, what is printed, what is kept.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { completions, Echo, hasSecret, historyFile, readHistory, runConsole, writeHistory } from "../../tools/console";
import { BoardLines, call, plainLines } from "../../tools/oneshots";
import { openRepl } from "../../tools/port/repl";
import { openVirtual } from "../../tools/port/virtual";
import { progressOf } from "../../tools/progress";
import { Trouble } from "../../tools/trouble";
import { bridge } from "./bridge";
import { run } from "./commands";

describe("commands of the board as one-shots", function () {
  this.timeout(30000);
  const base = mkdtempSync(join(tmpdir(), "oneshot-"));
  after(() => rmSync(base, { recursive: true, force: true }));

  it("status and why print what the board prints, or JSON", async () => {
    const status = await run("status", "-p", "virtual");
    assert.deepEqual([status.code, status.errors], [0, []]);
    assert.match(status.lines[0]!, /^espruino-aws \d/);
    const json = await run("status", "--json", "-p", "virtual");
    assert.equal(json.lines.length, 1);
    assert.deepEqual(JSON.parse(json.lines[0]!).mistakes, []);
    assert.deepEqual((await run("why", "-p", "virtual")).lines, ["Nothing has failed since the start."]);
    assert.deepEqual((await run("why", "--json", "-p", "virtual")).lines, ["null"]);
  });
  it("put and get over TCP move the bytes; a clock that was never set is set first", async () => {
    const board = await openVirtual("virtual"), through = await bridge(board);
    const log = readFileSync(join(board.desk.card, "log.txt"));
    const put = await run("put", "log.txt", "a/b.txt", "-p", through.address);
    assert.deepEqual([put.code, put.errors, put.lines.length], [0, [], 2]);
    assert.match(put.lines[0]!, /^time /);
    assert.match(put.lines[1]!, /^put a\/b\.txt: \d+ bytes/);
    assert.ok(board.desk.cloud.s3.get("a/b.txt")!.equals(log));
    const get = await run("get", "a/b.txt", "copy.txt", "--json", "-p", through.address);
    assert.equal(get.code, 0);
    assert.deepEqual(JSON.parse(get.lines[0]!).size, log.length);
    assert.ok(readFileSync(join(board.desk.card, "copy.txt")).equals(log));
    await through.close();
    await board.close();
  });
  it("a failure of the board is one line and a hint on the standard error, once, and exit 3", async () => {
    const { code, lines, errors } = await run("put", "nothing.txt", "-p", "virtual");
    assert.equal(code, 3);
    assert.deepEqual(lines.filter((line) => !line.startsWith("time ")), []);
    assert.deepEqual(errors, ["There is no file nothing.txt on the card", "  Names as on the card, without a leading slash; is the card in?"]);
  });
  it("a board without the image says to flash it; usage is 2", async () => {
    const empty = await run("status", "-p", `virtual:${join(base, "empty")}`);
    assert.deepEqual([empty.code, empty.errors[0]], [1, "The image does not run on this board"]);
    for (const words of [["put"], ["get"], ["status", "x"], ["put", "a", "--timeout", "soon", "-p", "virtual"], ["status", "-p", "tcp://"]]) assert.equal((await run(...words)).code, 2, words.join(" "));
  });
  it("settings that are missing can be mended from here", async () => {
    const port = `virtual:${join(base, "unset")}`;
    assert.equal((await run("flash", "-p", port)).code, 0);
    const { code, errors } = await run("put", "log.txt", "-p", port);
    assert.deepEqual([code, errors.length, errors[0]], [3, 2, "settings: s3: missing"]);
    assert.match(errors[1]!, /device\.configure\(\{s3:.*; or from here: espruino-aws provision$/);
  });
  it("logs says what the status says of them, or that there are none", async () => {
    assert.equal((await run("logs", "-p", "virtual")).code, 0);
    assert.deepEqual(plainLines({ running: false, tasks: [{ path: "a.log", state: "failed", reason: "x" }], none: [] }), ["running      false", "tasks:", "  path a.log, state failed, reason x", "none:", "  none"]);
  });
  it("a virtual board in a directory keeps its card, its flash and its bucket", async () => {
    const address = `virtual:${join(base, "kept")}`, provision = async () => {
      // What provision does: the settings and certificates of this desk's cloud.
      const port = await openVirtual(address), repl = await openRepl(port), { ca, device } = port.desk.cloud.describe().certificates;
      const write = (name: string, bytes: Buffer) => repl.evaluate(`require("Storage").write(${JSON.stringify(name)},atob("${bytes.toString("base64")}"))`);
      await write("settings.json", readFileSync(join(base, "kept", "settings.json")));
      await write("ca.der", readFileSync(ca.der));
      await write("cert.der", readFileSync(device.certificate.der));
      await write("key.der", readFileSync(device.key.der));
      repl.stop();
      await port.close();
    };
    assert.equal((await run("flash", "-p", address)).code, 0);
    await provision();
    assert.equal((await run("put", "log.txt", "-p", address)).code, 0);
    const get = await run("get", "log.txt", "again.txt", "-p", address);
    assert.deepEqual([get.code, get.errors], [0, []]);
    assert.ok(readFileSync(join(base, "kept", "card", "again.txt")).equals(readFileSync(join(base, "kept", "card", "log.txt"))));
  });
});

describe("what the board prints during a command", () => {
  const cases: [lines: string[], failed: Trouble | undefined, shown: string[]][] = [
    [["a", "put x failed: why", "  hint"], new Trouble("why", "hint", 3), ["a"]],
    [["put x failed: why", "  hint", "b"], new Trouble("why", "hint", 3), ["put x failed: why", "  hint", "b"]],
    [["get y failed: other", "  hint"], new Trouble("why", "hint", 3), ["get y failed: other", "  hint"]],
    [["put x failed: why", "  hint"], undefined, ["put x failed: why", "  hint"]],
    [["put x failed: why", "put x failed: why", "  hint"], new Trouble("why", "hint", 3), ["put x failed: why"]],
  ];
  for (const [lines, failed, shown] of cases) {
    it(`${lines.join("|")} ${failed ? "failed" : "done"}`, () => {
      const got: string[] = [], passed = new BoardLines((line) => void got.push(line));
      lines.forEach((line) => passed.line(line));
      passed.end(failed);
      assert.deepEqual(got, shown);
    });
  }
  it("progress is read from its lines alone", () => {
    assert.deepEqual(progressOf("  14 %, 1.4 MiB of 10.0 MiB, 178.2 KiB/s, 49 s left"), { percent: 14, rest: "1.4 MiB of 10.0 MiB, 178.2 KiB/s, 49 s left" });
    for (const line of ["14", "put a: 10 % done", "  140 %, x", "% , "]) assert.equal(progressOf(line), undefined);
  });
  it("arguments are passed as texts, whatever they hold", () => {
    assert.equal(call("device.put", "a", undefined), 'device.put("a")');
    assert.equal(call("device.get", 'a"\n);reset()', undefined), 'device.get("a\\"\\n);reset()")');
  });
});

describe("the console", function () {
  this.timeout(20000);
  const base = mkdtempSync(join(tmpdir(), "console-"));
  after(() => rmSync(base, { recursive: true, force: true }));

  /** A session with these lines typed; what was shown. */
  async function session(lines: string[], terminal = false): Promise<{ shown: string; history: string }> {
    const port = await openVirtual("virtual"), repl = await openRepl(port);
    const input = Object.assign(new PassThrough(), { isTTY: terminal, setRawMode: () => {} }), screen = Object.assign(new PassThrough(), { isTTY: terminal, columns: 200 });
    let shown = "";
    screen.on("data", (bytes) => void (shown += bytes));
    const history = join(base, "history");
    const over = runConsole(repl, { input, screen, history });
    await new Promise((done) => setTimeout(done, 100));
    for (const line of lines) {
      input.write(line + (line === "\x03" ? "" : "\n"));
      await new Promise((done) => setTimeout(done, 60));
    }
    input.end(terminal ? "\x04" : undefined);
    await over;
    repl.stop();
    await port.close();
    return { shown, history: existsSync(history) ? readFileSync(history, "utf8") : "" };
  }
  it("types lines at the board and shows what it prints, not what was typed", async () => {
    const { shown } = await session(["1+2", "var f=function(a){", "return a*2}", "f(21)", "print('x')", "device.put(", ")"]);
    assert.deepEqual(shown.split("\n").slice(0, 5), ["=3", "=undefined", "=42", "x", "=undefined"]);
    assert.match(shown, /put failed/);
  });
  it("on a terminal it keeps a history without secrets, for its owner alone", async () => {
    const { history, shown } = await session(["1+1", 'device.configure({credentials:{secretAccessKey:"oops"}})', "2+2", ".help"], true);
    assert.equal(history, "1+1\n2+2\n.help\n");
    assert.equal(statSync(join(base, "history")).mode & 0o777, 0o600);
    assert.match(shown, /Ctrl-C/);
    assert.doesNotMatch(readFileSync(join(base, "history"), "utf8"), /oops/);
  });
  it("Ctrl-C on an empty line goes to the board", async () => {
    const port = await openVirtual("virtual"), repl = await openRepl(port), written: string[] = [];
    const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} }), screen = Object.assign(new PassThrough().resume(), { isTTY: true });
    const over = runConsole(repl, { input, screen, history: join(base, "other") });
    await new Promise((done) => setTimeout(done, 300));
    port.write = (bytes) => void written.push(bytes);
    input.write("abc\x03");
    await new Promise((done) => setTimeout(done, 50));
    assert.deepEqual(written, []);
    input.write("\x03");
    await new Promise((done) => setTimeout(done, 50));
    assert.deepEqual(written, ["\x03"]);
    input.end("\x04");
    await over;
    repl.stop();
    await port.close();
  });
  it("names that are secret are known", () => {
    for (const line of ['x({secretAccessKey:"a"})', "{password:1}", "sessionToken", "-----BEGIN RSA PRIVATE KEY-----", "?X-Amz-Signature=ab"]) assert.ok(hasSecret(line), line);
    for (const line of ["device.put('log.txt')", "1+1"]) assert.ok(!hasSecret(line), line);
  });
  it("an old history that holds a secret loses it", () => {
    const file = join(base, "old");
    writeFileSync(file, "a\npassword=1\nb\n");
    assert.deepEqual(readHistory(file), ["b", "a"]);
    writeHistory(file, ["c", "secretAccessKey", "b"]);
    assert.equal(readFileSync(file, "utf8"), "b\nc\n");
    assert.equal(historyFile({ XDG_CONFIG_HOME: "/c" }), join("/c", "espruino-aws", "history"));
  });
  it("completes the device's commands", () => {
    const names = ["device.", "device.put(", "device.putUrl(", "device.shadow.", "device.shadow.get("];
    assert.deepEqual(completions(names, "x=device.pu"), [["device.put(", "device.putUrl("], "device.pu"]);
    assert.deepEqual(completions(names, "1+"), [[], ""]);
  });
  it("an echo is taken away once, with its prompt, also over several lines", () => {
    const echo = new Echo();
    echo.sent("f(");
    echo.sent("1)");
    assert.deepEqual([">f(", ":1)", "1)", ">f("].map((line) => echo.is(line)), [true, true, false, false]);
  });
});
