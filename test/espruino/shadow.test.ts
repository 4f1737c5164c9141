// The shadow on the real interpreter, by HTTPS and by MQTT. Mutual TLS lives in this build's variables: 6,500 of them are enough for a small shadow,
// after a version conflict as well. The steps lie in flash, and only their output is read: nothing may be typed while a TLS link is open.
import assert from "node:assert/strict";
import { startCloud, type Cloud } from "../../sim/cloud/index";
import { deviceRecords, imageRecords } from "../../sim/desk";
import { bootInterpreter, interpreterProgram, type Interpreter } from "./interpreter";

/** Runs the steps s0, s1 ... one after the other: each is an expression in flash, whose promise is waited for. */
const SCRIPT = `exports.next=function(i){var s=require("Storage").read("s"+i);if(!s)return print("@@"+"end");var p=eval(s);
function told(v){print("@@"+i+" "+process.memory().usage+" "+JSON.stringify(v));setTimeout(exports.next,100,i+1);}
if(p&&p.then)p.then(told,told);else setTimeout(told,500,p);}`;

describe("the shadow on the real interpreter", function () {
  this.timeout(120000);
  let cloud: Cloud;
  let one: Interpreter;
  /** Done to the cloud before the board boots. */
  let prepare = (): void => {};
  afterEach(async () => {
    prepare = () => {};
    await one?.stop();
    await cloud?.close();
  });

  /** What the steps came to. */
  async function run(...steps: string[]): Promise<any[]> {
    if (!interpreterProgram()) throw new Error("Set ESPRUINO to a Linux build of the interpreter: ESPRUINO=path npm run test:espruino");
    cloud = await startCloud();
    prepare();
    const records = Object.fromEntries(steps.map((text, n) => ["s" + n, text]));
    one = await bootInterpreter({ environment: { ESPRUINO_VARS: "6500" }, storage: { ...deviceRecords(cloud.describe()), script: SCRIPT, ...records, ...imageRecords() } });
    const from = one.output.length;
    one.type('setTimeout(require("script").next,10,0)');
    await one.waitFor(/@@end/, 60000, from);
    const said = one.output.slice(from);
    assert.doesNotMatch(said, /memory|Uncaught|ASSERT/i);
    console.log(`      variables after each step: ${[...said.matchAll(/@@\d+ (\d+)/g)].map(([, used]) => used).join(" ")}`);
    return [...said.matchAll(/@@\d+ \d+ (.*)/g)].map(([, json]) => JSON.parse(json!));
  }
  const REPORT = 'device.shadow.report({led:"off"})', DESIRE = 'device.shadow.desire({led:"on"})', GET = "device.shadow.get()", MISSING = 'device.shadow.get("none")';
  const BOTH = { reported: { led: "off" }, desired: { led: "on" }, delta: { led: "on" } };

  it("by HTTPS: reported, desired, read, and a missing one explained; a message published", async () => {
    const [reported, desired, got, missing, published] = await run(REPORT, DESIRE, GET, MISSING, 'device.publish("a/b","hello",{https:true})');
    assert.deepEqual([reported.version, desired.version, got.version, got.state], [1, 2, 2, BOTH]);
    assert.deepEqual([missing.code, missing.cause.status], ["iot", 404]);
    assert.deepEqual(published, { topic: "a/b", qos: 1, queued: false });
    assert.equal(cloud.iot.mqtt.messages.at(-1)!.payload.toString(), "hello");
  });

  it("by MQTT: the same, and the delta is heard; nothing stays in memory", async () => {
    const listen = 'device.shadow.onDelta(function(d,v){print("DELTA",JSON.stringify(d),v)})';
    const [, reported, desired, got, missing, listening] = await run("device.connect()", REPORT, DESIRE, GET, MISSING, listen, 'device.shadow.desire({led:"blue"})', "1", "device.disconnect()");
    assert.deepEqual([reported.version, desired.version, got.version, got.state], [1, 2, 2, BOTH]);
    assert.deepEqual([missing.code, missing.cause.status, listening.active], ["iot", 404, true]);
    assert.match(one.output, /DELTA \{"led":"blue"\} 3/);
    assert.equal(cloud.iot.rest.requests.length, 0);
  });

  for (const [way, ...steps] of [["HTTPS", REPORT], ["MQTT", "device.connect()", REPORT, "1", "device.disconnect()"]] as const) {
    it(`by ${way}: after a version conflict the change is merged into what others made of the shadow`, async () => {
      prepare = () => {
        const { shadows } = cloud.iot;
        shadows.set("board-17", { reported: { led: "old" }, desired: { led: "on" } });
        shadows.next({ code: 409, message: "Version conflict" });
        shadows.outrun(() => ({ reported: { led: "theirs", others: 1 } }));
      };
      const reported = (await run(...steps)).find((told) => told.version);
      assert.equal(reported.version, 3, JSON.stringify(reported));
      assert.deepEqual(cloud.iot.shadows.read("board-17")!.state, { reported: { led: "off", others: 1 }, desired: { led: "on" } });
    });
  }
});
