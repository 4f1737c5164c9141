// espruino-aws flash: what is looked at before, what is sent, what is read back, and every way it fails.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BoardFacts, flashFindings, interpreterVersion } from "../../tools/flash/facts";
import { espruinoProgram, upload } from "../../tools/flash/uploader";
import { flashScript } from "../../tools/flash";
import { readImage, storedSize } from "../../tools/image";
import { isTrouble } from "../../tools/trouble";
import { run } from "./commands";

const FACTS: BoardFacts = {
  version: "2v29", board: "ESP32", modules: "Flash,Storage,fs,net,dgram,tls,http,Wifi,crypto".split(","), variables: { total: 16383, usage: 100 }, heap: 2_700_000,
  storage: { total: 917504, free: 900000, trash: 0, files: 0 },
};
const image = readImage();

describe("what is looked at before flashing", () => {
  const cases: [what: string, facts: Partial<BoardFacts>, state: string, text: RegExp][] = [
    ["interpreter", {}, "ok", /2v29 on ESP32/],
    ["interpreter", { version: "2v27.45" }, "ok", /2v27/],
    ["interpreter", { version: "3v0" }, "ok", /3v0/],
    ["interpreter", { version: "2v26.99" }, "wrong", /needs 2v27/],
    ["interpreter", { version: "1v99" }, "wrong", /needs 2v27/],
    ["interpreter", { version: "" }, "wrong", /needs 2v27/],
    ["modules", {}, "ok", /tls/],
    ["modules", { modules: ["Storage", "fs", "net", "dgram", "crypto"] }, "wrong", /without tls, Wifi/],
    ["modules", { board: "LINUX", modules: FACTS.modules.filter((name) => name !== "Wifi") }, "ok", /crypto/],
    ["memory", {}, "ok", /16383/],
    ["memory", { variables: { total: 3400, usage: 1 } }, "warning", /Bluetooth/],
    ["memory", { heap: 35_444 }, "warning", /PSRAM \(WROVER\), or a build/],
    ["Storage", {}, "ok", /908000|bytes for the image/],
    ["Storage", { storage: { total: 917504, free: 100_000, trash: 0, files: 800_000 } }, "wrong", /Erase what is not needed/],
    ["Storage", { storage: { total: 917504, free: 100_000, trash: 300_000, files: 500_000 } }, "ok", /./],
  ];
  for (const [what, facts, state, text] of cases) {
    it(`${what}: ${JSON.stringify(facts)} is ${state}`, () => {
      const finding = flashFindings({ ...FACTS, ...facts }, image, {}).find((one) => one.what === what)!;
      assert.equal(finding.state, state);
      assert.match(`${finding.found} ${finding.next}`, text);
    });
  }
  it("what the image takes now is room for the new one", () => {
    const present = Object.fromEntries(image.map(({ entry }) => [entry.name, { length: entry.length }]));
    const facts = { ...FACTS, storage: { total: 917504, free: 10_000, trash: 0, files: 0 } };
    assert.equal(flashFindings(facts, image, present).at(-1)!.state, "ok");
    assert.equal(flashFindings(facts, image, {}).at(-1)!.state, "wrong");
    assert.equal(storedSize(5), 40);
  });
  it("versions are read, also of builds in between", () => {
    for (const [text, version] of [["2v27", [2, 27]], ["2v29.277", [2, 29]], ["10v1x", [10, 1]], ["v2", undefined], ["2.27", undefined]] as const) assert.deepEqual(interpreterVersion(text), version);
  });
});

describe("the script that is sent", () => {
  it("tells after every record, the boot code last", () => {
    const sent = [...flashScript(image).matchAll(/ print\("sent ([^"]+)"\);$/gm)].map(([, name]) => name);
    assert.deepEqual(sent, image.map(({ entry }) => entry.name));
    assert.equal(sent.at(-1), ".bootcde");
  });
});

describe("espruino-aws flash", function () {
  this.timeout(30000);
  const base = mkdtempSync(join(tmpdir(), "flash-"));
  after(() => rmSync(base, { recursive: true, force: true }));
  let count = 0;
  const desk = () => join(base, `desk${++count}`);
  const flashFile = (directory: string, name: string) => join(directory, "flash", encodeURIComponent(name));

  it("--dry-run says what would be sent, and writes nothing", async () => {
    const directory = desk(), { code, lines } = await run("flash", "--dry-run", "-p", `virtual:${directory}`);
    assert.equal(code, 0);
    assert.ok(lines.includes("to send: all of it"));
    for (const { entry } of image) assert.ok(lines.some((line) => line.includes(` ${entry.name} `) && line.includes(entry.crc32.toString(16))), entry.name);
    assert.ok(!existsSync(flashFile(directory, ".bootcde")));
  });
  it("writes every record into an empty board, verifies, restarts; again it sends nothing; a spoiled record alone is mended", async () => {
    const directory = desk(), address = `virtual:${directory}`;
    const first = await run("flash", "-p", address);
    assert.deepEqual([first.code, first.errors], [0, []]);
    assert.match(first.lines.slice(-2).join("\n"), /^verified: length and CRC of \d+ records\nrunning: espruino-aws \d/);
    for (const { entry, code } of image) assert.equal(readFileSync(flashFile(directory, entry.name), "latin1"), code);
    const again = await run("flash", "-p", address);
    assert.equal(again.code, 0);
    assert.ok(again.lines.includes("nothing to send: all of it is there"));
    const kms = flashFile(directory, "kms");
    writeFileSync(kms, readFileSync(kms, "latin1").replace("e", "f"), "latin1");
    const mended = await run("flash", "-p", address);
    assert.equal(mended.code, 0);
    assert.ok(mended.lines.includes("to send: kms"), mended.lines.join("\n"));
    assert.equal(readFileSync(kms, "latin1"), image.find(({ entry }) => entry.name === "kms")!.code);
  });

  /** A board whose first boot file does this, before and after every reset. */
  async function withBoot0(code: string): Promise<ReturnType<typeof run>> {
    const directory = desk();
    mkdirSync(join(directory, "flash"), { recursive: true });
    writeFileSync(flashFile(directory, ".boot0"), code);
    return run("flash", "--wait", "3", "-p", `virtual:${directory}`);
  }
  const refusals: [what: string, boot0: string, code: number, message: RegExp, hint: RegExp][] = [
    ["an old interpreter", 'process.env.VERSION="2v19"', 4, /cannot be flashed: interpreter: Espruino 2v19/, /needs 2v27 or later/],
    ["a build without TLS", 'process.env.MODULES="Storage,fs,net"', 4, /modules: without tls, dgram, crypto, Wifi/, /Another build/],
    ["a full Storage", 'if(!require("Storage").read("fill"))require("Storage").write("fill","x",0,850000)', 4, /Storage: \d+ bytes for the image/, /Erase what is not needed/],
    ["a flash that keeps something else", 'require("Storage").write=(function(w,s){return function(n,d,o,z){return w.call(s,n,n=="kms"&&o?d.replace(/a/g,"b"):d,o,z)}})(require("Storage").write,require("Storage"))', 4, /NOT installed: kms has \d+ bytes/, /what is right already is left alone/],
    ["a record that changes after the board's own check", 'E.CRC32=(function(c){return function(x){return typeof x=="string"&&x.length>999&&global.install===undefined&&global.late?1:(global.late=global.late||global.install!==undefined,c(x))}})(E.CRC32)', 4, /Verification failed/, /worn flash/],
    ["an image that does not start", 'setTimeout(function(){delete global.device},1)', 4, /does not start/, /console/],
  ];
  for (const [what, boot0, code, message, hint] of refusals) {
    it(`${what}: exit ${code}, and says what to do`, async () => {
      const ran = await withBoot0(boot0);
      assert.equal(ran.code, code, [...ran.lines, ...ran.errors].join("\n"));
      assert.match(ran.errors[0]!, message);
      assert.match(ran.errors[1]!, hint);
    });
  }
  it("no built image, no such port, a wrong rate: said before anything is opened", async () => {
    const unbuilt = await run("flash", "--dist", base, "-p", "virtual");
    assert.deepEqual([unbuilt.code, unbuilt.errors[1]], [1, "  npm run build"]);
    assert.equal((await run("flash", "-p", "/dev/there-is-none")).code, 1);
    assert.equal((await run("flash", "-p", "http://a")).code, 2);
    assert.equal((await run("flash", "-p", "/dev/x", "-b", "fast")).code, 2);
  });
});

describe("the espruino tool as a child", function () {
  this.timeout(20000);
  const base = mkdtempSync(join(tmpdir(), "tool-"));
  after(() => rmSync(base, { recursive: true, force: true }));

  /** A stand-in for the tool that runs this code; it ends with status 0, as the tool does. */
  function sent(code: string, milliseconds = 3000): Promise<string[]> {
    const program = join(base, "tool.cjs"), lines: string[] = [];
    writeFileSync(program, code);
    return upload({ address: "tcp://127.0.0.1:1", baud: 115200, script: "1\n", milliseconds, silenceMs: 1000, program, onLine: (line) => {
      lines.push(line);
      return line === "installed 1 bytes: ok";
    } }).then(() => lines);
  }
  async function failsWith(code: string, message: RegExp, hint: RegExp, milliseconds?: number): Promise<void> {
    const trouble = await sent(code, milliseconds).then(() => assert.fail("it did not fail"), (error) => error);
    assert.ok(isTrouble(trouble), String(trouble));
    assert.match(trouble.message, message);
    assert.match(trouble.hint, hint);
  }
  it("gives the board's lines, and is ended with the last of them though it would hang", async () => {
    const start = Date.now();
    assert.deepEqual(await sent('console.log("Connected");console.log("--] >sent kms\\r");process.stdout.write("--] installed 1 by");setTimeout(()=>console.log("tes: ok\\r"),50);setInterval(()=>{},1000)'), ["sent kms", "installed 1 bytes: ok"]);
    assert.ok(Date.now() - start < 2500);
  });
  it("is given a job with the port, in RAM, without the network", async () => {
    const [job] = await sent('console.log("--] "+require("fs").readFileSync(process.argv[3],"utf8").replace(/\\n/g,""));console.log("--] installed 1 bytes: ok")');
    const { ports, baudRate, noBle, espruino } = JSON.parse(job!);
    assert.deepEqual([ports, baudRate, noBle, espruino.SAVE_ON_SEND, espruino.MODULE_URL], [[{ type: "path", name: "tcp://127.0.0.1:1" }], 115200, true, 0, ""]);
  });
  it("that ends with status 0 without the line has failed", () => failsWith('console.error("Unable to connect!")', /ended before/, /could not open the port/));
  it("that hangs has a deadline, and what it said last is told", () => failsWith('console.log("Connected");setInterval(()=>{},1000)', /not sent within 1 s/, /said last: Connected/, 700));
  it("over which the board prints nothing for too long has failed", () => failsWith('console.log("--] sent kms");setInterval(()=>{},1000)', /printed nothing for 1 s/, /sent kms/, 20000));
  it("that says nothing has failed, too", async () => {
    await failsWith("", /ended before/, /nothing/);
    await failsWith("setInterval(()=>{},1000)", /printed nothing for 1 s/, /nothing/, 20000);
  });
  it("the real one takes espruino.json, which names no port and asks no network", function () {
    if (!existsSync(new URL("../../node_modules/espruino/package.json", import.meta.url))) this.skip();
    const job = fileURLToPath(new URL("../../espruino.json", import.meta.url)), script = join(base, "a.js"), out = join(base, "out.js");
    const neutral = JSON.parse(readFileSync(job, "utf8"));
    assert.deepEqual([neutral.ports, neutral.storageContents, neutral.espruino.MODULE_URL, neutral.espruino.MINIFICATION_LEVEL], [undefined, undefined, "", ""]);
    writeFileSync(script, 'require("nothing-of-that-name");print(1)\n');
    const done = spawnSync(process.execPath, [espruinoProgram(), "-j", job, "-n", "-o", out, script], { encoding: "utf8", timeout: 15000, stdio: ["ignore", "pipe", "pipe"] });
    assert.deepEqual([done.status, readFileSync(out, "utf8").trim().split("\n").at(-1)], [0, 'require("nothing-of-that-name");print(1)'], done.stdout + done.stderr);
  });
  it("the real one: nobody listens, and its status is 0", async function () {
    if (!existsSync(new URL("../../node_modules/espruino/package.json", import.meta.url))) this.skip();
    const trouble = await upload({ address: "tcp://127.0.0.1:1", baud: 115200, script: "1\n", milliseconds: 15000, onLine: () => false }).then(() => assert.fail("it did not fail"), (error) => error);
    assert.match(`${trouble.message} ${trouble.hint}`, /could not open the port/);
  });
});
