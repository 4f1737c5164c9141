// espruino-aws provision to the real interpreter, its console behind TCP, its flash emulated: from empty to connected, a power cut, a patch.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { imageRecords } from "../../sim/desk";
import { openPort } from "../../tools/port/port";
import { openRepl } from "../../tools/port/repl";
import { type RealBoard, realBoard } from "../tools/bridge";
import { type ProvisionDesk, provisionDesk } from "../tools/provision.desk";
import { interpreterProgram } from "./interpreter";
import { boot, useInterpreter } from "./suite";

describe("provision on the real interpreter", function () {
  this.timeout(180_000);
  let directory: string, board: RealBoard, desk: ProvisionDesk, unplugged: boolean;
  useInterpreter();
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "espruino-"));
    await (await boot({ storage: imageRecords(), directory })).stop();
    board = realBoard(interpreterProgram()!, directory);
    unplugged = false;
    desk = await provisionDesk(async () => ({ write: (bytes) => void (unplugged || board.write(bytes)), onData: board.onData }), {});
  });
  afterEach(async () => {
    await board?.stop();
    await desk?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  /** Evaluates over the same console. */
  async function evaluate(expression: string): Promise<any> {
    const port = await openPort(desk.bridge.address);
    const repl = await openRepl(port);
    try {
      return await repl.evaluate(expression, 60_000);
    } finally {
      repl.stop();
      await port.close();
    }
  }

  it("from an empty flash to MQTT with the certificate; records byte for byte; nothing secret on the console", async () => {
    const run = await desk.provision("--settings", desk.settings(), ...desk.files, "--allow-root");
    assert.equal(run.code, 0, run.errors.join("\n"));
    assert.match(run.lines.at(-1)!, /has started again and finds no mistake/);
    const { ca, device } = desk.cloud.describe().certificates;
    for (const [name, path] of [["ca.der", ca.der], ["cert.der", device.certificate.der], ["key.der", device.key.der]]) {
      assert.equal(await evaluate(`btoa(require("Storage").read("${name}"))`), readFileSync(path!).toString("base64"), name);
    }
    assert.equal(await evaluate('device.syncTime().then(function(){return device.connect()}).then(function(r){return device.disconnect().then(function(){return r.clientId})})'), "board-17");
    const again = await desk.provision("--settings", desk.settings(), ...desk.files, "--allow-root");
    assert.deepEqual([again.code, again.lines.filter((line) => /already/.test(line)).length], [0, 4]);
  });
  it("goes on after a power cut in the middle, and patches with letters beyond ASCII", async () => {
    const words = ["--settings", desk.settings(), ...desk.files, "--allow-root"];
    const cut = desk.provision(...words);
    while (!desk.bridge.sent.includes('write(\\"key.der')) await new Promise((done) => setTimeout(done, 5));
    unplugged = true;
    await board.powerCycle();
    const { code, errors } = await cut;
    assert.equal(code, 1);
    assert.match(errors.join("\n"), /^writing key\.der, byte \d+ of \d+: .*no answer[^]*give the same command again/m);
    unplugged = false;
    const run = await desk.provision(...words);
    assert.equal(run.code, 0, run.errors.join("\n"));
    assert.match(run.lines.join("\n"), /ca\.der +is there already\n[^]*settings\.json written and verified/);
    const patched = await desk.provision("--patch", "--settings", desk.file("patch.json", '{"s3":{"prefix":"Gerät €/"},"logLevel":"info"}'));
    assert.equal(patched.code, 0, patched.errors.join("\n"));
    const codes = await evaluate('(function(t){for(var r=[],i=0;i<t.length;i++)r.push(t.charCodeAt(i));return r})(JSON.parse(require("Storage").read("settings.json")).s3.prefix)');
    assert.equal(Buffer.from(codes).toString("utf8"), "Gerät €/");
  });
});
