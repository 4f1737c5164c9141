// The link to AWS IoT on a virtual board: messages both ways, transfers in between, power cuts, and everything that a broker refuses.
import assert from "node:assert/strict";
import { type AddressInfo, createServer } from "node:net";
import { type Desk, type DeskOptions } from "../../sim/desk";
import { mqttClient } from "../cloud/iot-client";
import { closeDesks, desk, failure, file, powerCycle, printed, said, until } from "./desks";

const MIB = 1024 * 1024;
const ID = "board-17";

/** A desk whose board notes what it hears in `got`. */
async function iotDesk(options: DeskOptions = {}): Promise<Desk> {
  const one = await desk(options);
  one.board.run("got=[];hear=function(t,p,i){got.push(t+' '+p+' q'+i.qos+(i.retain?' retained':''))}");
  return one;
}

async function connected(options: DeskOptions = {}): Promise<Desk> {
  const one = await iotDesk(options);
  await one.command("device.connect()");
  return one;
}

const got = (one: Desk): string[] => [...(one.board.run("got") as string[])];
const iot = async (one: Desk) => {
  const { iot: told } = await one.command("device.status()");
  return told && { ...told };
};
const messages = (one: Desk) => one.cloud.iot.mqtt.messages.filter(({ clientId }) => clientId === ID).map(({ topic, payload, qos }) => `${topic} ${payload} q${qos}`);
const packets = (one: Desk, cmd: string, way: "in" | "out" = "in"): any[] => one.cloud.iot.mqtt.packets.filter((record) => record.way === way && record.packet.cmd === cmd).map(({ packet }) => packet);
const up = (one: Desk, times: number) => until(() => packets(one, "connack", "out").filter(({ returnCode }) => returnCode === 0).length >= times);
const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));
const place = (one: Desk, changes: object) => ({ endpoint: "127.0.0.1", port: one.cloud.iot.mqtt.port, thingName: ID, ...changes });

describe("MQTT to AWS IoT on a virtual board", function () {
  this.timeout(60_000);
  afterEach(() => closeDesks());

  it("an object is published as JSON in UTF-8, directly, from flash, by HTTPS and as the will", async () => {
    const value = { name: "B\u00fcro \u20ac \ud83d\ude00", "k\u00e9y": ["\u00e9", 'quote " \\ \n \u0001'] };
    const one = await iotDesk();
    const published = () => one.cloud.iot.mqtt.messages.filter(({ clientId }) => clientId === ID).at(-1)!.payload.toString();
    await one.command(`device.configure({iot:{will:{topic:"gone",payload:${JSON.stringify(value)}}}})`);
    const typed = `device.publish("a/b",${JSON.stringify(value)}`;
    await one.command(typed + ")");
    await one.command("device.connect()");
    await until(() => one.cloud.iot.mqtt.messages.some(({ clientId }) => clientId === ID));
    assert.deepEqual(JSON.parse(published()), value, "from flash");
    await one.command(typed + ")");
    assert.deepEqual(JSON.parse(published()), value, "directly");
    assert.deepEqual(JSON.parse(packets(one, "connect")[0].will.payload.toString()), value, "the will");
    await one.command("device.disconnect()");
    await one.command(typed + ",{https:true})");
    assert.deepEqual(JSON.parse(one.cloud.iot.mqtt.messages.at(-1)!.payload.toString()), value, "by HTTPS");
  });

  it("connect, subscribe and publish, both ways with QoS 0 and 1, unsubscribe, disconnect", async () => {
    const one = await iotDesk();
    const { seconds, ...result } = await one.command("device.connect()");
    assert.deepEqual({ ...result }, { clientId: ID, sessionPresent: false });
    assert.ok(seconds > 0 && seconds < 10);
    said(one, /^connect: board-17 in \d+\.\d s, new session$/);
    assert.deepEqual({ ...(await one.command('device.subscribe("to/+/board",hear)')) }, { filter: "to/+/board", qos: 1, active: true });
    assert.deepEqual({ ...(await one.command('device.subscribe("low",hear,{qos:0})')) }, { filter: "low", qos: 0, active: true });
    said(one, /^subscribe low: QoS 0$/);
    assert.deepEqual({ ...(await one.command('device.publish("from/board","hello")')) }, { topic: "from/board", qos: 1, queued: false });
    await one.command('device.publish("from/board",{x:1},{qos:0})');
    await one.command('device.publish("from/board",new Uint8Array([65,66,67]),{retain:true})');
    await one.command('device.publish("from/board")');
    said(one, /^publish from\/board: 5 bytes, acknowledged$/);
    said(one, /^publish from\/board: 7 bytes, sent$/);
    await until(() => messages(one).length === 4);
    assert.deepEqual(messages(one), ["from/board hello q1", 'from/board {"x":1} q0', "from/board ABC q1", "from/board  q1"]);
    assert.equal(one.cloud.iot.mqtt.messages.filter(({ retain }) => retain).length, 1);
    const { mqtt } = one.cloud.iot;
    for (const [topic, qos] of [["to/my/board", 1], ["to/my/board", 0], ["low", 1], ["elsewhere", 1]] as const) await mqtt.publish(topic, "m" + qos, { qos });
    await until(() => got(one).length === 3);
    assert.deepEqual(got(one), ["to/my/board m1 q1", "to/my/board m0 q0", "low m1 q0"]);
    await until(() => packets(one, "puback").length === 1);
    await one.command('device.unsubscribe("to/+/board")');
    await mqtt.publish("to/my/board", "late", { qos: 1 });
    await mqtt.publish("low", "last");
    await until(() => got(one).length > 3);
    assert.equal(got(one)[3], "low last q0");
    await one.command("device.disconnect()");
    said(one, /^disconnect: done$/);
    await until(() => mqtt.closings.length === 1);
    assert.deepEqual(mqtt.closings, [{ clientId: ID, reason: "DISCONNECT" }]);
    assert.equal(mqtt.clients().length, 0);
  });

  it("each command has its help", async () => {
    const one = await desk();
    for (const name of ["connect", "disconnect", "publish", "subscribe", "unsubscribe"]) {
      const lines: string[] = await one.command(`device.help("${name}")`);
      assert.match(lines.join("\n"), new RegExp(`^device\\.${name}\\(.*\\)\n  \\w`));
    }
  });

  it("status tells link, session, queue and the last loss, also before a link was asked for", async () => {
    const one = await iotDesk();
    const told = async () => {
      const { line, ...rest } = await iot(one);
      said(one, new RegExp("^MQTT {6}" + line.replace(/[.*+?^${}()|[\]\\]/g, "\\$&") + "$"));
      return { rest, line };
    };
    const nothing = { link: "off", clientId: ID, cleanSession: false, connects: 0, lost: "", subscriptions: 0, unacknowledged: 0, queued: 0, yielded: 0, returned: 0 };
    assert.deepEqual(await told(), { rest: nothing, line: "off, 0 messages waiting; board-17, session kept" });
    await one.command('device.publish("a/b","kept")');
    await one.command('device.subscribe("x",hear)');
    assert.deepEqual(await told(), { rest: { ...nothing, subscriptions: 1, queued: 1 }, line: "off, 1 messages waiting; board-17, session kept" });
    await one.command("device.connect()");
    await until(() => messages(one).length === 1);
    await pause(50);
    assert.deepEqual(await told(), { rest: { ...nothing, link: "up", connects: 1, subscriptions: 1, sessionPresent: false }, line: "up, 0 messages waiting; board-17, session kept, a new one" });
    one.cloud.iot.mqtt.drop();
    await until(() => printed(one, /^MQTT: .*; next try in \d+ s$/) === 1);
    const { rest, line } = await told();
    assert.deepEqual([rest.link, rest.connects], ["waiting", 1]);
    assert.match(rest.lost, /^(connection-lost|mqtt-closed): \w/);
    assert.ok(rest.lostAgo >= 0 && rest.lostAgo < 2, String(rest.lostAgo));
    assert.match(line, /^waiting, 0 messages waiting; board-17, session kept, a new one; last loss [01] s ago: \w/);
    await up(one, 2);
    await pause(50);
    const again = await told();
    assert.deepEqual([again.rest.link, again.rest.connects, again.rest.sessionPresent], ["up", 2, true]);
    assert.match(again.line, /^up, 0 messages waiting; board-17, session kept and found; last loss \d s ago: \w/);
    // That a link ends by a command is no loss: the last one gets older.
    await one.command("device.disconnect()");
    await pause(1600);
    const off = await told();
    assert.ok(off.rest.link === "off" && off.rest.lostAgo > again.rest.lostAgo, String(off.rest.lostAgo));
  });

  it("status tells of messages that wait after a reset, of a clean session and of the client id that is set", async () => {
    const one = await iotDesk();
    for (const n of [1, 2, 3]) await one.command(`device.publish("a/b","${n}")`);
    await powerCycle(one);
    await one.command('device.configure({iot:{clientId:"other",cleanSession:true}})');
    const { link, queued, clientId, cleanSession, line } = await iot(one);
    assert.deepEqual([link, queued, clientId, cleanSession, line], ["off", 3, "other", true, "off, 3 messages waiting; other, session clean"]);
    await one.command("device.configure({iot:null})");
    assert.equal((await iot(one)).queued, 3);
    for (const name of one.board.run('require("Storage").list(/^q\\./)') as string[]) await one.board.run(`require("Storage").erase("${name}")`);
    assert.equal(await iot(one), undefined);
  });

  it("refuses what AWS IoT would close the connection for, and stays connected", async () => {
    const one = await connected();
    for (const command of [
      'publish()', 'publish("")', 'publish(5,"x")', 'publish("a/#","x")', 'publish("a/+/b","x")', 'publish("1/2/3/4/5/6/7/8/9","x")', 'publish("x".repeat(257),"x")', 'publish("a\\0b","x")',
      'publish("a","x",{qos:3})', 'publish("a","x",{qos:"1"})', 'publish("a","x",{Qos:1})', 'publish("a","x".repeat(131073))', 'subscribe()', 'subscribe("a")', 'subscribe("a",1)', 'subscribe("",hear)',
      'subscribe("a/#/b",hear)', 'subscribe("a+",hear)', 'subscribe("a",hear,{qos:-1})', 'subscribe("a",hear,{retain:true})', 'unsubscribe("never")', 'unsubscribe()',
    ]) {
      const failed = await failure(one, "device." + command);
      assert.equal(failed.code, "argument", command);
      assert.ok(failed.message && failed.hint, command);
    }
    assert.deepEqual([one.cloud.iot.mqtt.closings, messages(one)], [[], []]);
    assert.equal((await iot(one)).link, "up");
  });

  it("a topic is UTF-8 or becomes it, a payload goes as it is; both also through flash", async () => {
    const one = await iotDesk();
    await one.command('device.publish("büro/20 €","queued €")');
    await one.command('device.publish("b\\xfcro","\\xfc\\0\\xff")');
    await one.command("device.connect()");
    await until(() => messages(one).length === 2 || one.cloud.iot.mqtt.closings.length > 0);
    assert.deepEqual(one.cloud.iot.mqtt.closings, []);
    await one.command('device.publish("büro/20 €","direct €")');
    await one.command('device.publish("b\\xfcro","\\xfc\\0\\xff")');
    await until(() => messages(one).length === 4);
    assert.deepEqual(one.cloud.iot.mqtt.messages.map(({ topic }) => topic), ["büro/20 €", "büro", "büro/20 €", "büro"]);
    assert.deepEqual(one.cloud.iot.mqtt.messages.map(({ payload }) => payload.toString("hex")), [Buffer.from("queued €").toString("hex"), "fc00ff", Buffer.from("direct €").toString("hex"), "fc00ff"]);
  });

  describe("a transfer in between", () => {
    const will = { topic: "dead", payload: "the board is gone" };

    it("with one TLS slot: a clean farewell, the session comes back, and no message is lost or doubled", async () => {
      const one = await iotDesk();
      await one.command(`device.configure(${JSON.stringify({ iot: { ...place(one, { will }) } })})`);
      await one.command("device.connect()");
      await one.command('device.subscribe("to/board",hear)');
      const bytes = file(one, "log.txt", MIB);
      const before = one.command('device.publish("from/board","before")');
      const put = one.command('device.put("log.txt")');
      await until(() => (one.cloud.s3.requests[0]?.bytes ?? 0) > 50_000);
      assert.equal((await iot(one)).link, "paused");
      assert.deepEqual(one.cloud.iot.mqtt.closings, [{ clientId: ID, reason: "DISCONNECT" }]);
      for (const n of [1, 2, 3]) await one.cloud.iot.mqtt.publish("to/board", "meanwhile " + n, { qos: 1 });
      for (const n of [1, 2, 3]) assert.equal((await one.command(`device.publish("from/board","during ${n}")`)).queued, true);
      const failed = await failure(one, 'device.publish("from/board","lost",{qos:0})');
      assert.equal(failed.code, "connection-lost");
      await put;
      await before;
      await up(one, 2);
      await until(() => got(one).length === 3 && messages(one).length === 4);
      await pause(300);
      assert.deepEqual(got(one), [1, 2, 3].map((n) => `to/board meanwhile ${n} q1`));
      assert.deepEqual(messages(one), ["before", "during 1", "during 2", "during 3"].map((text) => `from/board ${text} q1`));
      assert.deepEqual(packets(one, "connack", "out").map(({ sessionPresent }) => sessionPresent), [false, true]);
      assert.equal(packets(one, "subscribe").length, 1);
      assert.equal(packets(one, "publish").filter(({ dup }) => dup).length, 0);
      assert.ok(!one.cloud.iot.mqtt.messages.some(({ topic }) => topic === "dead"), "the will was sent");
      assert.ok(one.cloud.s3.get("log.txt")!.equals(bytes));
      const { link, queued, yielded, returned } = await iot(one);
      assert.deepEqual([link, queued], ["up", 0]);
      assert.ok(yielded >= 0 && yielded < 5000 && returned > 0 && returned < 5000, `yielded ${yielded}, returned ${returned}`);
    });

    it("with two slots: both run, and messages go both ways meanwhile", async () => {
      const one = await connected({ settings: { tls: { slots: 2 } } });
      await one.command('device.subscribe("to/board",hear)');
      const bytes = file(one, "log.txt", MIB);
      let over = false;
      const put = one.command('device.put("log.txt")').then(() => (over = true));
      await until(() => (one.cloud.s3.requests[0]?.bytes ?? 0) > 50_000);
      await one.cloud.iot.mqtt.publish("to/board", "meanwhile", { qos: 1 });
      assert.equal((await one.command('device.publish("from/board","during")')).queued, false);
      await until(() => got(one).length === 1);
      assert.ok(!over, "the upload was over before");
      await put;
      assert.ok(one.cloud.s3.get("log.txt")!.equals(bytes));
      assert.deepEqual(one.cloud.iot.mqtt.closings, []);
      assert.equal((await iot(one)).connects, 1);
    });

    it("many in a row do not keep messages away, neither those to the board nor those from it", async () => {
      const one = await connected();
      await one.command('device.subscribe("to/board",hear)');
      file(one, "log.txt", 100_000);
      const puts = 8;
      one.board.run(`left=${puts};(function next(){if(left--)device.put("log.txt").then(next,next)})()`);
      await until(() => printed(one, /^put log.txt: /) >= 1);
      await one.cloud.iot.mqtt.publish("to/board", "in", { qos: 1 });
      await one.command('device.publish("from/board","out")');
      await until(() => got(one).length === 1 && messages(one).length === 1);
      assert.ok(printed(one, /^put log.txt: /) < puts, "only after the last put");
      await until(() => printed(one, /^put log.txt: /) === puts);
      assert.deepEqual([got(one), messages(one)], [["to/board in q1"], ["from/board out q1"]]);
    });

    it("that fails gives the slot back, too", async () => {
      const one = await connected();
      await failure(one, 'device.get("nothing")');
      await up(one, 2);
      await one.command('device.publish("a/b","x")');
    });

    it("connect in the middle of one waits for its end", async () => {
      const one = await iotDesk();
      file(one, "log.txt", MIB);
      let over = false;
      const put = one.command('device.put("log.txt")').then(() => (over = true));
      await until(() => (one.cloud.s3.requests[0]?.bytes ?? 0) > 50_000);
      const connect = one.command("device.connect()").then(() => assert.ok(over, "two links"));
      await put;
      await connect;
    });

    it("disconnect in the middle of one holds after it", async () => {
      const one = await connected();
      file(one, "log.txt", MIB);
      const put = one.command('device.put("log.txt")');
      await until(() => (one.cloud.s3.requests[0]?.bytes ?? 0) > 50_000);
      await one.command("device.disconnect()");
      await put;
      await pause(500);
      assert.equal((await iot(one)).link, "off");
      assert.equal(packets(one, "connect").length, 1);
    });

    it("disconnect while the link gives way: the transfer runs all the same", async () => {
      const one = await connected();
      file(one, "log.txt", 20_000);
      const both = one.board.run('p=device.put("log.txt");device.disconnect();p') as Promise<unknown>;
      await Promise.race([both, pause(10_000).then(() => assert.fail("the upload never began"))]);
    });
  });

  describe("without a link, and over a power cut", () => {
    it("what was published waits in flash and is sent once, in order, after a reset", async () => {
      const one = await iotDesk();
      for (const n of [1, 2, 3]) assert.deepEqual({ ...(await one.command(`device.publish("a/b",{n:${n}})`)) }, { topic: "a/b", qos: 1, queued: true });
      said(one, /^publish a\/b: 7 bytes, kept in flash until there is a connection$/);
      await powerCycle(one);
      assert.deepEqual(messages(one), []);
      await one.command("device.connect()");
      await until(() => messages(one).length === 3);
      await pause(200);
      assert.deepEqual(messages(one), [1, 2, 3].map((n) => `a/b {"n":${n}} q1`));
      assert.equal((await iot(one)).queued, 0);
      await powerCycle(one);
      await one.command("device.connect()");
      await pause(300);
      assert.equal(messages(one).length, 3);
    });

    it("a message that was on its way when the power went is sent again with DUP and the same id", async () => {
      const one = await iotDesk();
      for (const n of [1, 2]) await one.command(`device.publish("a/b","${n}")`);
      one.cloud.iot.mqtt.faults.next({ kind: "swallow", packet: "puback" });
      await one.command("device.connect()");
      await until(() => messages(one).length === 1);
      await powerCycle(one);
      await one.command("device.connect()");
      await until(() => packets(one, "publish").length === 3);
      const [first, again, second] = packets(one, "publish");
      assert.deepEqual([again.payload.toString(), again.dup, again.messageId], ["1", true, first.messageId]);
      assert.deepEqual([second.payload.toString(), second.dup], ["2", false]);
    });

    it("a full queue refuses the next message and loses none", async () => {
      const one = await iotDesk();
      assert.equal((await failure(one, 'device.publish("a/b","x".repeat(1022))')).code, "queue-full");
      for (let n = 1; n <= 16; n++) await one.command(`device.publish("a/b","${n}")`);
      const failed = await failure(one, 'device.publish("a/b","17")');
      assert.equal(failed.code, "queue-full");
      assert.match(failed.hint, /device\.connect\(\)/);
      assert.equal((await failure(one, 'device.publish("a/b","18",{qos:0})')).code, "connection-lost");
      await one.command("device.connect()");
      await until(() => messages(one).length === 16);
      await pause(100);
      assert.deepEqual(messages(one), Array.from({ length: 16 }, (_, n) => `a/b ${n + 1} q1`));
      assert.equal((await one.command('device.publish("a/b","19")')).queued, false);
    });

    it("a message published while older ones are being sent goes behind them", async () => {
      const one = await iotDesk();
      for (let n = 1; n <= 8; n++) await one.command(`device.publish("a/b","${n}")`);
      one.board.run('device.connect().then(function(){for(var n=9;n<=12;n++)device.publish("a/b",""+n)})');
      await until(() => messages(one).length === 12);
      assert.deepEqual(messages(one), Array.from({ length: 12 }, (_, n) => `a/b ${n + 1} q1`));
    });

    it("subscriptions made before the first connection are made with it, those of a lost session again", async () => {
      const one = await iotDesk();
      assert.deepEqual({ ...(await one.command('device.subscribe("to/board",hear)')) }, { filter: "to/board", qos: 1, active: false });
      await one.command("device.connect()");
      await until(() => packets(one, "suback", "out").length === 1);
      await one.cloud.iot.mqtt.forgetSession(ID);
      one.cloud.iot.mqtt.drop();
      await up(one, 2);
      await until(() => packets(one, "suback", "out").length === 2);
      await one.cloud.iot.mqtt.publish("to/board", "x");
      await until(() => got(one).length === 1);
    });

    it("a message that AWS IoT closes the connection for does not keep the others back for ever", async () => {
      const one = await iotDesk();
      one.cloud.iot.policy.deny("iot:Publish", "topic/forbidden");
      for (const topic of ["forbidden", "allowed"]) await one.command(`device.publish("${topic}","x")`);
      await one.command("device.connect()");
      await until(() => messages(one).includes("allowed x q1"), 45_000);
    });
  });

  describe("a link that is lost", () => {
    it("before PUBACK: the message is sent again with DUP, and its promise resolves", async () => {
      const one = await connected();
      await one.command("device.disconnect()");
      one.cloud.iot.mqtt.faults.next({ kind: "swallow", packet: "puback" });
      await one.command("device.connect()");
      const sent = one.command('device.publish("a/b","x")');
      await until(() => messages(one).length === 1);
      assert.equal((await iot(one)).unacknowledged, 1);
      one.cloud.iot.mqtt.drop();
      assert.equal((await sent).queued, false);
      const [first, again] = packets(one, "publish");
      assert.deepEqual([again.dup, again.messageId], [true, first.messageId]);
    });

    it("to another client with its id: it says so, and does not fight for it", async () => {
      const one = await connected();
      const tries: number[] = [];
      // The other comes back at once whenever it is thrown out, as a second board with the same settings does.
      let other = await mqttClient(one.cloud, { clientId: ID });
      for (let fights = 0; fights < 3; fights++) {
        await until(() => one.cloud.iot.mqtt.clients().length === 1 && printed(one, /^MQTT: .*; next try in/) === fights + 1);
        const since = Date.now();
        await until(() => packets(one, "connect").length === 3 + 2 * fights);
        tries.push(Date.now() - since);
        other.end(true);
        await up(one, 3 + 2 * fights);
        other = await mqttClient(one.cloud, { clientId: ID });
      }
      other.end(true);
      assert.ok(Math.min(...tries) >= 950, String(tries));
      const { lost, connects } = await iot(one);
      assert.match(lost, /^(mqtt-closed|connection-lost): /);
      assert.equal(connects, 4);
    });

    it("for want of an answer to a ping: keep-alive, and it connects again", async () => {
      const one = await connected();
      // Less than configure takes, so that the test is over today.
      one.board.run('S=require("Storage");s=JSON.parse(S.read("settings.json"));s.iot.keepAlive=2;S.write("settings.json",JSON.stringify(s))');
      one.cloud.iot.mqtt.faults.next({ kind: "swallow", packet: "pingresp", count: 1 });
      one.cloud.iot.mqtt.drop();
      await up(one, 2);
      await until(() => printed(one, /^MQTT: The broker did not answer a ping/) === 1);
      assert.match((await iot(one)).lost, /^keep-alive: /);
      await up(one, 3);
      await until(() => packets(one, "pingresp", "out").length >= 2);
      assert.equal((await iot(one)).link, "up");
    });

    it("for want of an acknowledgement: the message goes again with DUP, a subscription fails, nobody waits for ever", async () => {
      const one = await connected();
      // So that the 30 s are over today.
      one.board.run("setTimeout=(function(T){return function(f,n,a){return T(f,n==30000?300:n,a)}})(setTimeout)");
      one.cloud.iot.mqtt.faults.next({ kind: "swallow", packet: "puback" });
      one.cloud.iot.mqtt.faults.next({ kind: "swallow", packet: "suback" }, { skip: 1 });
      one.cloud.iot.mqtt.drop();
      await up(one, 2);
      await pause(100);
      assert.deepEqual({ ...(await one.command('device.publish("a/b","1")')) }, { topic: "a/b", qos: 1, queued: false });
      assert.deepEqual(packets(one, "publish").map(({ dup }) => dup), [false, true]);
      assert.match((await iot(one)).lost, /^timeout: The broker did not acknowledge a\/b/);
      assert.equal((await failure(one, 'device.subscribe("to/board",hear)')).code, "timeout");
      await up(one, 4);
      await one.command('device.subscribe("to/board",hear)');
    });

    it("while the settings say no more where to go: a failure in words, nothing thrown", async () => {
      const one = await connected();
      one.cloud.iot.mqtt.drop();
      await until(() => printed(one, /next try in/) === 1);
      await one.command("device.configure({iot:null})");
      await pause(4000);
      assert.equal(one.board.output.filter((line) => /Uncaught|TypeError|undefined/.test(line)).join("\n"), "");
      assert.match((await iot(one)).lost, /^settings: /);
      // Nor does it keep transfers waiting.
      file(one, "log.txt", 100);
      await Promise.race([one.command('device.put("log.txt")'), pause(5000).then(() => assert.fail("the upload never began"))]);
    });
  });

  describe("a link that does not come about says why", () => {
    const refused = async (prepare: (one: Desk) => unknown): Promise<any> => {
      const one = await iotDesk();
      await prepare(one);
      const failed = await failure(one, "device.connect()");
      assert.equal((await iot(one)).lost, failed.code + ": " + failed.message);
      assert.equal((await iot(one)).link, "waiting");
      await one.command("device.disconnect()");
      assert.equal((await iot(one)).link, "off");
      return failed;
    };
    /** A server without TLS. */
    const plain = createServer((socket) => void socket.on("error", () => {}).on("data", () => socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")));
    before((done) => void plain.listen(0, "127.0.0.1", done));
    after(() => void plain.close());
    const to = (port: (one: Desk) => number) => (one: Desk) => one.command(`device.configure({iot:{port:${port(one)}}})`);

    for (const code of [1, 2, 3, 4, 5, 6, 7]) {
      it(`CONNACK ${code}`, async () => {
        const failed = await refused((one) => one.cloud.iot.mqtt.faults.next({ kind: "refuse", code }));
        assert.deepEqual([failed.code, failed.cause.status], ["mqtt-refused", code]);
        assert.match(failed.message, new RegExp(`: ${code} \\w`));
        assert.match(failed.hint, code === 5 || code === 7 ? /iot:Connect on client\/board-17/ : /\w/);
      });
    }

    for (const [what, code, words, prepare] of [
      ["a broker that just closes", "mqtt-closed", /certificate active|iot:Connect/, (one) => one.cloud.iot.mqtt.faults.next({ kind: "refuse" })],
      ["an inactive certificate", "mqtt-closed|handshake|certificate", /certificate active/, (one) => (one.cloud.iot.device.active = false)],
      ["a policy that denies iot:Connect", "mqtt-refused", /iot:Connect on client\/board-17/, (one) => one.cloud.iot.policy.deny("iot:Connect")],
      ["the port of HTTPS", "mqtt-closed|mqtt-protocol|timeout|connection-lost", /8883/, to((one) => one.cloud.iot.rest.port)],
      ["a port where nobody listens", "connect", /port/, to(() => 1)],
      ["no certificate in flash", "certificate", /cert\.der/, (one) => one.board.run('require("Storage").erase("cert.der")')],
      ["no key in flash", "certificate", /key\.der/, (one) => one.board.run('require("Storage").erase("key.der")')],
      ["a cert.der that holds a line end", "certificate", /^cert\.der in flash is cut.*DER/, (one) => one.board.run('require("Storage").write("cert.der","\\n")')],
      ["a key.der that is PEM text, cut", "certificate", /^key\.der in flash is cut.*not PEM/, (one) => one.board.run('require("Storage").write("key.der","-----BEGIN EC PRIVATE KEY-----\\nMHcC")')],
      ["a port that answers in plain HTTP", "handshake", /-0x7200.*Does this port speak TLS/, async (one) => to(() => (plain.address() as AddressInfo).port)(one)],
      ["a host that is not there", "dns", /spelled/, (one) => one.command('device.configure({iot:{endpoint:"no-such-host.invalid"}})')],
    ] as [string, string, RegExp, (one: Desk) => unknown][]) {
      it(what, async () => {
        const failed = await refused(prepare);
        assert.match(failed.code, new RegExp(`^(${code})$`));
        assert.match(failed.message + " " + failed.hint, words);
      });
    }

    it("settings without iot, or with a wrong one", async () => {
      const one = await iotDesk();
      await one.command("device.configure({iot:null})");
      for (const command of ["device.connect()", 'device.subscribe("a",hear)']) assert.match((await failure(one, command)).message, /^iot: missing/);
      assert.equal((await failure(one, 'device.configure({iot:{endpoint:"x",thingName:"t",keepAlive:5}})')).code, "settings");
    });

    for (const [will, mistake] of [["gone", /^iot\.will: found "gone"/], [{ payload: "x" }, /^iot\.will\.topic: missing/], [{ topic: "a/#", payload: "x" }, /^iot\.will\.topic: found "a\/#"/]] as const) {
      it("a will that is wrong: " + JSON.stringify(will), async () => {
        const one = await iotDesk();
        const configured = await failure(one, `device.configure(${JSON.stringify({ iot: place(one, { will }) })})`);
        assert.match(configured.message, mistake);
        // Written by another tool.
        await one.command(`device.configure(${JSON.stringify({ iot: place(one, { will: null }) })})`);
        const write = (text: string) => one.board.run(`(function(s){var v=JSON.parse(s.read("settings.json"));v.iot.will=${text};s.write("settings.json",JSON.stringify(v))})(require("Storage"))`);
        await write(JSON.stringify(will));
        const failed = await failure(one, "device.connect()");
        assert.deepEqual([failed.code, mistake.test(failed.message)], ["settings", true]);
        assert.match((await one.command("device.status()")).mistakes[0], mistake);
        // Nobody checks: the module for that is not there. What CONNECT cannot say is told all the same, and no link hangs.
        await one.board.run('require("Storage").erase("check")');
        const unchecked = await failure(one, "device.connect()");
        assert.deepEqual([unchecked.code, /will/.test(unchecked.message)], ["argument", true]);
        assert.equal((await iot(one)).link, "off");
        await one.command("device.disconnect()");
        await write("undefined");
        await one.command("device.connect()");
      });
    }

    it("a subscription that the policy denies", async () => {
      const one = await connected();
      one.cloud.iot.policy.deny("iot:Subscribe", "topicfilter/secret");
      one.cloud.iot.mqtt.deniedSubscribe = "refuse";
      const failed = await failure(one, 'device.subscribe("secret",hear)');
      assert.deepEqual([failed.code, failed.cause.status], ["mqtt-refused", 128]);
      assert.match(failed.hint, /iot:Subscribe on topicfilter\/secret/);
      assert.equal((await iot(one)).subscriptions, 0);
      await one.command('device.publish("a/b","still here")');
    });
  });
});
