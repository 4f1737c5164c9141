// The link to AWS IoT on the real interpreter at a board's memory, where mutual TLS lives in the variables, too. A script in flash does
// everything and prints what came of it: nothing may be typed while a TLS link is open (this build's console then loses its place).
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Cloud, startCloud } from "../../sim/cloud/index";
import { testCertificates } from "../cloud/certificates";
import { mosquitto, startMosquitto } from "../mqtt/brokers";
import type { Interpreter, InterpreterOptions } from "./interpreter";
import { boot as bootAgain, bootImage, useInterpreter } from "./suite";

const MIB = 1024 * 1024;

/** A board's pool. IOT_VARS is for finding the smallest one that works. */
const VARIABLES = process.env["IOT_VARS"] ?? "6500";

/** What the interpreter prints when something went wrong. */
const BROKEN = /FAILED|Uncaught|ASSERT|Interrupted|interpreter error|out of memory/i;

/** Runs the steps that stand in flash, a line each, one after the other; each prints "@step variables value" or "@step FAILED code message". */
const SCRIPT = `
function run(i){var s=require("Storage").read("steps").split("\\n")[i];if(!s)return print("@THE"+" END");eval(s).then(function(v){print("@"+i+" "+process.memory().usage+" "+JSON.stringify(v));},function(e){print("@"+i+" FAILED "+(e&&e.code)+" "+(e&&e.message));}).then(function(){run(i+1);});}
function hear(t,p,i){print("@got "+t+" "+p+" q"+i.qos);if(t=="x")setTimeout(function(){print("@used "+process.memory().usage);},50);}
`;

const CONNECT = "device.connect()", OFF = "device.disconnect()";
const wait = (milliseconds: number) => `new Promise(function(d){setTimeout(d,${milliseconds});})`;
const publish = (topic: string, payload: string, qos: number) => `device.publish("${topic}","${payload}",{qos:${qos}})`;
const subscribe = (filter: string, qos: number) => `device.subscribe("${filter}",hear,{qos:${qos}})`;

describe("the link to AWS IoT on the real interpreter", function () {
  this.timeout(300_000);
  let cloud: Cloud;
  useInterpreter();
  before(async () => (cloud = await startCloud({ directory: await testCertificates() })));
  after(() => cloud?.close());
  beforeEach(() => {
    cloud.iot.mqtt.messages.length = cloud.iot.mqtt.packets.length = cloud.iot.mqtt.closings.length = 0;
    return cloud.iot.mqtt.forgetSession("board-17");
  });

  const environment = { ESPRUINO_VARS: VARIABLES };
  async function boot(settings: object = {}, options: InterpreterOptions = {}): Promise<Interpreter> {
    const one = await bootImage(cloud.describe(), { ...settings }, { ...options, environment, storage: { script: SCRIPT, ...options.storage } });
    await one.evaluate('(eval(require("Storage").read("script")),0)');
    return one;
  }

  /** Runs steps to their end; none may fail. Answers what each printed. */
  async function play(one: Interpreter, steps: string[], milliseconds = 60_000): Promise<string[]> {
    await one.evaluate(`require("Storage").write("steps",${JSON.stringify(steps.join("\n"))})`);
    const from = one.output.length;
    one.type("setTimeout(run,1,0)");
    await one.waitFor(/@THE END|interpreter error.*|ASSERT.*/i, milliseconds, from);
    const said = one.output.slice(from);
    assert.doesNotMatch(said, BROKEN, said.slice(0, 3000));
    return [...said.matchAll(/^@(.*)$/gm)].map(([, line]) => line!);
  }
  const got = (lines: string[]) => lines.filter((line) => line.startsWith("got ")).map((line) => line.slice(4));
  const line = (lines: string[], step: number) => lines.find((text) => text.startsWith(step + " "))!;
  const used = (lines: string[], step: number) => Number(line(lines, step).split(" ")[1]);
  const messages = () => cloud.iot.mqtt.messages.filter(({ clientId }) => clientId === "board-17").map(({ topic, payload, qos }) => `${topic} ${payload} q${qos}`);

  it("connects, and messages go both ways with QoS 0 and 1", async () => {
    const one = await boot();
    const lines = await play(one, [CONNECT, subscribe("a/#", 1), publish("a/b", "zero", 0), publish("a/b", "one", 1), wait(500), OFF]);
    assert.deepEqual(got(lines), ["a/b zero q0", "a/b one q1"]);
    assert.deepEqual(messages(), ["a/b zero q0", "a/b one q1"]);
    assert.deepEqual(cloud.iot.mqtt.closings.map(({ reason }) => reason), ["DISCONNECT"]);
    console.log(`      variables with TLS, of ${VARIABLES}: connected ${used(lines, 0)}, subscribed ${used(lines, 1)}, after messages ${used(lines, 4)}, disconnected ${used(lines, 5)}`);
  });

  it("tells its status while it is connected", async () => {
    const one = await boot();
    const lines = await play(one, [CONNECT, "device.status()", OFF]);
    assert.match(line(lines, 1), /"link":"up"/);
  });

  it("a put of 1 MiB in the middle, with one slot: no message is lost or doubled", async () => {
    const one = await boot();
    const bytes = randomBytes(MIB);
    writeFileSync(join(one.directory, "log.txt"), bytes);
    cloud.s3.requests.length = 0;
    const sent = (async () => {
      while (!cloud.s3.requests.some((request) => (request.bytes ?? 0) > 50_000)) await new Promise((done) => setTimeout(done, 5));
      for (const n of [1, 2]) await cloud.iot.mqtt.publish("to/board", "meanwhile " + n, { qos: 1 });
    })();
    const put = 'setTimeout(function(){device.publish("from/board","during").then(print,print)},300),device.put("log.txt")';
    const lines = await play(one, ["device.syncTime()", CONNECT, subscribe("to/board", 1), publish("from/board", "before", 1), put, wait(2500), publish("from/board", "after", 1), OFF, "device.status()"], 120_000);
    await sent;
    assert.ok(cloud.s3.get("log.txt")!.equals(bytes));
    assert.deepEqual(got(lines), ["to/board meanwhile 1 q1", "to/board meanwhile 2 q1"]);
    assert.deepEqual(messages(), ["before", "during", "after"].map((text) => `from/board ${text} q1`));
    assert.deepEqual(cloud.iot.mqtt.closings.map(({ reason }) => reason), ["DISCONNECT", "DISCONNECT"]);
    const status = line(lines, 8);
    console.log(`      hand-over: ${/"yielded":\d+/.exec(status)}, ${/"returned":\d+/.exec(status)} ms; with the session ${/"connects":\d+/.exec(status)}`);
  });

  it("a put of 10 MiB in the middle, with one slot: by its number every message arrives, and twice only with DUP", async () => {
    const one = await boot();
    const bytes = randomBytes(10 * MIB);
    writeFileSync(join(one.directory, "big.bin"), bytes);
    cloud.s3.requests.length = 0;
    let meanwhile = 0;
    const sent = (async () => {
      for (let n = 1; n <= 8; n++) {
        // In parts: all of them together.
        while (cloud.s3.requests.reduce((sum, request) => sum + (request.bytes ?? 0), 0) < n * MIB) await new Promise((done) => setTimeout(done, 5));
        await cloud.iot.mqtt.publish("to/board", String(n), { qos: 1 });
        meanwhile += cloud.s3.get("big.bin") === undefined ? 1 : 0;
      }
    })();
    const number = (n: number) => publish("from/board", String(n), 1);
    // While the put goes on: one after the other, from timers; what it leaves of the ten follows with the link.
    const put = 'next=4,over=0,(function f(){setTimeout(function(){over||next>10||device.publish("from/board",""+next++).then(f,print);},300);})(),device.put("big.bin").then(function(){over=1;return next;})';
    const rest = 'new Promise(function(d,no){function f(){if(next>13)return d();device.publish("from/board",""+next++).then(f,no);}f();})';
    const lines = await play(one, ["device.syncTime()", CONNECT, subscribe("to/board", 1), number(1), number(2), number(3), put, wait(4000), rest, wait(500), OFF], 180_000);
    const queued = Number(line(lines, 6).split(" ")[2]) - 4;
    assert.ok(queued > 0, "none was published while the put went on");
    await sent;
    assert.ok(cloud.s3.get("big.bin")!.equals(bytes));
    assert.equal(meanwhile, 8, "they came after the put");
    const count = (numbers: string[], most: number) => Array.from({ length: most }, (_, n) => numbers.filter((text) => text === String(n + 1)).length);
    const packets = (way: string) => cloud.iot.mqtt.packets.filter((record) => record.way === way).map(({ packet }) => packet as any).filter(({ cmd, topic }) => cmd === "publish" && /^(from|to)\/board$/.test(topic));
    const again = (way: string, most: number) => count(packets(way).filter(({ dup }) => dup).map(({ payload }) => String(payload)), most);
    // Each once, and once more for each time that it was sent with DUP at most.
    const arrived = count(cloud.iot.mqtt.messages.filter(({ clientId }) => clientId === "board-17").map(({ payload }) => String(payload)), 13);
    const heard = count(got(lines).map((text) => text.split(" ")[1]!), 8);
    for (const [counts, dups] of [[arrived, again("in", 13)], [heard, again("out", 8)]] as const) counts.forEach((times, n) => assert.ok(times >= 1 && times <= 1 + dups[n]!, `number ${n + 1}: ${times} times, ${dups[n]} with DUP`));
    assert.ok(cloud.iot.mqtt.closings.every(({ reason }) => reason === "DISCONNECT"), JSON.stringify(cloud.iot.mqtt.closings));
    console.log(`      13 messages from the board, ${queued} of them while the put went on, and 8 to it; with DUP ${again("in", 13).concat(again("out", 8)).filter(Boolean).length}; ${cloud.iot.mqtt.closings.length} connections`);
  });

  it("an object is published as JSON in UTF-8", async () => {
    const one = await bootImage(cloud.describe());
    await one.evaluate('device.publish("a/b",{name:"B\\xc3\\xbcro",quote:"\\"\\\\u00c3"})');
    const kept = Buffer.from(await one.evaluate('btoa(require("Storage").read("q.000001"))'), "base64").toString();
    assert.equal(kept, '1-0 3 a/b{"name":"B\u00fcro","quote":"\\"\\\\u00c3"}.');
  });

  it("what was published before a reset is sent after it, once and in order", async () => {
    const directory = mkdtempSync(join(tmpdir(), "iot-"));
    try {
      const one = await boot({}, { directory });
      for (const n of [1, 2, 3]) assert.equal((await one.evaluate(`device.publish("a/b","${n}")`)).queued, true);
      await one.stop();
      const again = await bootAgain({ directory, environment });
      await again.evaluate('(eval(require("Storage").read("script")),0)');
      await play(again, [CONNECT, wait(1500), OFF]);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
    assert.deepEqual(messages(), ["a/b 1 q1", "a/b 2 q1", "a/b 3 q1"]);
  });

  it("100 forced reconnects in a row without growth", async function () {
    this.timeout(600_000);
    const cycles = Number(process.env["IOT_RECONNECTS"] ?? 100);
    // The waits are cut short (hardly any of them is a multiple of 5 s, as deadlines are), and the board's clock runs as much faster: a wait is over
    // when the clock says so, and a connection that has lived begins the waits anew.
    const fast = "global.setTimeout=(function(T){return function(f,n,a){return T(f,n>=1000&&n%5000?20:n,a);};})(setTimeout);Date.now=(function(N){return function(){return N()*1000;};})(Date.now);";
    const one = await boot({}, { storage: { ".boot0": fast } });
    const from = one.output.length;
    cloud.iot.mqtt.packets.length = 0;
    await play(one, [CONNECT, subscribe("x", 1)]);
    const levels: number[] = [];
    for (let n = 1; n <= cycles; n++) {
      cloud.iot.mqtt.packets.length = 0;
      const at = one.output.length;
      cloud.iot.mqtt.drop("board-17");
      await one.waitFor(/next try/, 20_000, at);
      for (const end = Date.now() + 130_000; !cloud.iot.mqtt.packets.some(({ way, packet }) => way === "out" && packet.cmd === "connack"); await new Promise((done) => setTimeout(done, 5))) assert.ok(Date.now() < end, one.output.slice(at));
      await new Promise((done) => setTimeout(done, 30));
      // What is in use is told by the board itself, when it hears of it.
      const heard = one.output.length;
      await cloud.iot.mqtt.publish("x", String(n), { qos: 1 });
      await one.waitFor(new RegExp(`@got x ${n} q1`), 10_000, heard);
      levels.push(Number((await one.waitFor(/@used (\d+)\s/, 10_000, heard))[1]));
    }
    assert.doesNotMatch(one.output.slice(from), BROKEN);
    console.log(`      variables with TLS: ${levels[4]} at the fifth, ${levels.at(-1)} at the last of ${cycles}`);
    assert.ok(Math.abs(levels.at(-1)! - levels[4]!) <= 8, String(levels));
  });

  it("QoS 0, 1 and 2 both ways against mosquitto over mutual TLS", async function () {
    if (!mosquitto) {
      console.log("      mosquitto is not installed: skipped");
      return this.skip();
    }
    const broker = await startMosquitto(cloud.certificates);
    try {
      const one = await boot({ iot: { endpoint: "127.0.0.1", port: broker.port, thingName: "board-17" } });
      const lines = await play(one, [CONNECT, subscribe("a/#", 2), publish("a/b", "zero", 0), publish("a/b", "one", 1), publish("a/b", "two", 2), wait(800), OFF]);
      assert.deepEqual(got(lines), ["a/b zero q0", "a/b one q1", "a/b two q2"]);
      for (const line of ["Received PUBLISH from board-17 (d0, q2", "Received PUBREL from board-17", "Sending PUBCOMP to board-17", "Received DISCONNECT from board-17"]) assert.ok(broker.output().includes(line), line);
    } finally {
      await broker.stop();
    }
  });
});
