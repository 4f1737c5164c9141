// The shadow of a thing, by MQTT and by HTTPS, and messages published by HTTPS: a virtual board against the local cloud.
import assert from "node:assert/strict";
import type { Desk } from "../../sim/desk";
import { bootedDesk, closeDesks, failure, said, until } from "./desks";

describe("shadow", function () {
  this.timeout(30000);
  afterEach(() => closeDesks());

  const version = (one: Desk, name?: string) => one.cloud.iot.shadows.read("board-17", name)?.version;
  const state = (one: Desk, name?: string) => one.cloud.iot.shadows.read("board-17", name)?.state;
  const packets = (one: Desk) => one.cloud.iot.mqtt.packets.map(({ way, packet }) => `${way} ${packet.cmd}`);
  /** A desk whose board has a link, or none. */
  async function desk(way: "MQTT" | "HTTPS"): Promise<Desk> {
    const one = await bootedDesk();
    if (way === "MQTT") await one.command("device.connect()");
    return one;
  }

  for (const way of ["HTTPS", "MQTT"] as const) {
    it(`the named ones are listed, page by page, with a link too (${way})`, async () => {
      const one = await desk(way);
      assert.deepEqual([...(await one.command("device.shadow.list()"))], []);
      said(one, /^shadow\.list: no named shadow$/);
      const names = Array.from({ length: 30 }, (_, n) => "s" + (10 + n));
      for (const name of names) one.cloud.iot.shadows.update({ thing: "board-17", name }, Buffer.from('{"state":{"reported":{"a":1}}}'));
      one.cloud.iot.rest.next({ status: 429, message: "Rate exceeded", exception: "ThrottlingException" });
      assert.deepEqual([...(await one.command("device.shadow.list()"))], names);
      assert.equal(one.cloud.iot.rest.requests.length, 4);
      one.cloud.iot.rest.next({ status: 403, message: "Forbidden", exception: "ForbiddenException" }, { status: 200, body: '{"results":[1]}' }, { status: 200, body: "<html>" });
      assert.match((await failure(one, "device.shadow.list()")).hint, /iot:ListNamedShadowsForThing on thing\/board-17/);
      for (let n = 0; n < 2; n++) assert.match((await failure(one, "device.shadow.list()")).message, /is no list/);
    });
  }

  for (const way of ["HTTPS", "MQTT"] as const) {
    describe("by " + way, () => {
      it("is reported, desired, read and removed, with a name too", async () => {
        const one = await desk(way);
        for (const name of [undefined, "net"]) {
          const given = name ? `,"${name}"` : "";
          const reported = await one.command(`device.shadow.report({led:"off",n:{a:1}}${given})`);
          assert.equal(reported.version, 1);
          assert.equal((await one.command(`device.shadow.desire({led:"on"}${given})`)).version, 2);
          assert.deepEqual(state(one, name), { reported: { led: "off", n: { a: 1 } }, desired: { led: "on" } });
          const { timestamp, ...got } = await one.command(`device.shadow.get(${name ? `"${name}"` : ""})`);
          assert.deepEqual(JSON.parse(JSON.stringify(got)), { state: { reported: { led: "off", n: { a: 1 } }, desired: { led: "on" }, delta: { led: "on" } }, version: 2 });
          assert.ok(timestamp > 1e9);
          await one.command(`device.shadow.report({n:null}${given})`);
          assert.deepEqual(state(one, name), { reported: { led: "off" }, desired: { led: "on" } });
          await one.command(`device.shadow.desire(null${given})`);
          assert.deepEqual(state(one, name), { reported: { led: "off" } });
          assert.equal((await one.command(`device.shadow.remove(${name ? `"${name}"` : ""})`)).version, 4);
          assert.equal(state(one, name), undefined);
        }
        said(one, /^shadow\.report net: version 1$/);
        assert.equal(one.cloud.iot.rest.requests.length > 0, way === "HTTPS");
      });

      it("explains that there is none, and what is refused", async () => {
        const one = await desk(way);
        const failed = await failure(one, 'device.shadow.get("none")');
        assert.deepEqual([failed.code, failed.cause.status], ["iot", 404]);
        assert.match(failed.message, /No shadow exists/);
        assert.match(failed.hint, /device\.shadow\.report/);
        await failure(one, "device.shadow.remove()");
      });

      for (const code of [409, 429, 500, 503]) {
        it(`tries again after ${code}`, async () => {
          const one = await desk(way);
          one.cloud.iot.shadows.next({ code }, { code });
          await one.command("device.shadow.report({a:1})");
          assert.deepEqual(state(one), { reported: { a: 1 } });
        });
      }

      describe("a version conflict", () => {
        const updates = (one: Desk): any[] =>
          (way === "MQTT"
            ? one.cloud.iot.mqtt.messages.filter(({ topic, clientId }) => clientId && topic.endsWith("/update")).map(({ payload }) => payload.toString())
            : one.cloud.iot.rest.requests.filter(({ method }) => method === "POST").map(({ body }) => body)
          ).map((text) => JSON.parse(text));
        const conflict = (one: Desk) => one.cloud.iot.shadows.next({ code: 409, message: "Version conflict" });
        let count = 0;
        const others = () => ({ reported: { led: "theirs", others: ++count } });

        it("is read anew and merged: ours wins in what it names, and the rest of theirs stays", async () => {
          count = 0;
          const one = await desk(way);
          one.cloud.iot.shadows.set("board-17", { reported: { led: "old" }, desired: { led: "on" } });
          conflict(one);
          one.cloud.iot.shadows.outrun(others, 2);
          assert.equal((await one.command('device.shadow.report({led:"ours",n:{a:1}})')).version, 4);
          assert.deepEqual(state(one), { reported: { led: "ours", others: 2, n: { a: 1 } }, desired: { led: "on" } });
          assert.deepEqual(updates(one).map((body) => body.version), [undefined, 1, 2, 3]);
          for (const body of updates(one)) assert.deepEqual(body.state, { reported: { led: "ours", n: { a: 1 } } });
        });
        it("again and again ends after three more tries, with what to do", async () => {
          const one = await desk(way);
          one.cloud.iot.shadows.set("board-17", { reported: {} });
          conflict(one);
          one.cloud.iot.shadows.outrun(others, 9);
          const failed = await failure(one, 'device.shadow.desire({a:1})');
          assert.deepEqual([failed.code, failed.cause.status, updates(one).length], ["iot", 409, 4]);
          assert.match(failed.hint, /Others change this shadow all the time/);
        });
        it("a shadow that would get over 8 KB is not sent", async () => {
          const one = await desk(way);
          one.cloud.iot.shadows.set("board-17", { desired: { a: "x".repeat(5000) } });
          conflict(one);
          const failed = await failure(one, 'device.shadow.report({b:"y".repeat(4000)})');
          assert.deepEqual([failed.code, updates(one).length], ["argument", 1]);
          assert.match(failed.message, /would have 90\d\d bytes/);
          assert.match(failed.hint, /null takes members away/);
        });
        it("of a shadow that is gone by then makes it anew", async () => {
          const one = await desk(way);
          conflict(one);
          await one.command('device.shadow.report({a:1},"net")');
          assert.deepEqual([state(one, "net"), updates(one).map((body) => body.version)], [{ reported: { a: 1 } }, [undefined, undefined]]);
        });
      });

      it("texts in any letters go and come as they are", async () => {
        const one = await desk(way);
        const text = 'Grüße "\\\\u00e9" 温度 \u{1f600}';
        await one.command(`device.shadow.report({text:"${[...Buffer.from(text)].map((byte) => "\\x" + byte.toString(16).padStart(2, "0")).join("")}"})`);
        assert.deepEqual(state(one), { reported: { text } });
        const got = await one.command("device.shadow.get()");
        assert.equal(Buffer.from(got.state.reported.text, "latin1").toString(), text);
      });
    });
  }

  it("the exchange of the ESP32-AT guide goes byte by byte: prop1 is desired, and read back", async () => {
    const one = await desk("HTTPS");
    await one.command('device.shadow.desire({prop1:"12"})');
    const got = await one.command("device.shadow.get()");
    assert.equal(got.state.desired.prop1, "12");
    const host = `${one.cloud.iot.host}:${one.cloud.iot.rest.port}`;
    const body = '{"state":{"desired":{"prop1":"12"}}}';
    assert.deepEqual(one.cloud.iot.rest.requests.map(({ method, target, headers, body }) => [method, target, headers, body]), [
      ["POST", "/things/board-17/shadow", { host, "content-type": "application/json", "content-length": String(body.length), connection: "close" }, body],
      ["GET", "/things/board-17/shadow", { host, connection: "close" }, ""],
    ]);
  });

  it("by MQTT leaves no subscription behind, and answers to others are not taken", async () => {
    const one = await desk("MQTT");
    one.cloud.iot.shadows.set("board-17", { reported: { a: 1 } });
    const get = one.command("device.shadow.get()");
    await one.cloud.iot.mqtt.publish("$aws/things/board-17/shadow/get/accepted", '{"state":{},"version":99,"clientToken":"other"}', { qos: 1 });
    assert.equal((await get).version, 1);
    await one.command('device.publish("a","b")');
    assert.equal(packets(one).filter((packet) => packet === "in subscribe").length, 1);
    assert.equal(packets(one).filter((packet) => packet === "in unsubscribe").length, 1);
  });

  it("two questions at once: the same is busy, others go", async () => {
    const one = await desk("MQTT");
    const results = await Promise.allSettled(["device.shadow.report({a:1})", "device.shadow.report({b:1})", "device.shadow.onDelta(print)"].map((text) => one.command(text)));
    assert.deepEqual(results.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
  });

  it("onDelta hears what is desired, once, over connections", async () => {
    const one = await bootedDesk();
    await one.command("(heard=[],device.shadow.onDelta(function(delta,version){heard.push([delta,version])}))");
    await one.command('device.shadow.onDelta(function(delta,version){heard.push(["net",delta,version])},"net")');
    await one.command("device.connect()");
    await until(() => packets(one).includes("out suback"));
    const heard = async (count: number) => {
      for (const end = Date.now() + 10000; ; await new Promise((done) => setTimeout(done, 20))) {
        const list = JSON.parse(await one.command("JSON.stringify(heard)"));
        if (list.length >= count || Date.now() > end) return list;
      }
    };
    one.cloud.iot.shadows.set("board-17", { desired: { led: "on" } });
    assert.deepEqual(await heard(1), [[{ led: "on" }, 1]]);
    one.cloud.iot.mqtt.drop();
    await until(() => one.cloud.iot.mqtt.clients().length === 0);
    one.cloud.iot.shadows.set("board-17", { desired: { big: "x".repeat(5000) } }, "net");
    assert.deepEqual((await heard(2))[1], ["net", { big: "x".repeat(5000) }, 1]);
  });

  it("a policy that forbids the topics: the connection closes, and HTTPS says what is missing", async () => {
    const one = await desk("MQTT");
    one.cloud.iot.policy.deny("iot:Subscribe", "*shadow/get*");
    one.cloud.iot.policy.deny("iot:GetThingShadow");
    const failed = await failure(one, "device.shadow.get()");
    assert.deepEqual([failed.code, failed.cause?.status], ["iot", 403]);
    assert.match(failed.hint, /iot:GetThingShadow on thing\/board-17/);
  });

  it("a board whose certificate is inactive, or that asks port 443, is told so", async () => {
    const orders: [(one: Desk) => unknown, RegExp][] = [
      [(one) => (one.cloud.iot.device.active = false), /certificate active/],
      [(one) => one.command(`device.configure({iot:{restPort:${one.cloud.iot.signedOnly.port}}})`), /Port 443.*ALPN.*8443/],
      [(one) => one.cloud.iot.rest.next({ status: 413, message: "The payload exceeds the maximum size allowed" }), /8 KB/],
    ];
    for (const [order, hint] of orders) {
      const one = await desk("HTTPS");
      await order(one);
      const failed = await failure(one, "device.shadow.get()");
      assert.equal(failed.code, "iot");
      assert.match(failed.hint, hint);
    }
  });

  it("one inactive certificate is turned away by the credentials provider, too", async () => {
    const one = await bootedDesk({ iot: true });
    one.cloud.iot.device.active = false;
    await one.command("device.syncTime()");
    assert.equal((await failure(one, "device.list()")).cause.message, "Certificate is invalid on this endpoint");
  });

  it("a failure is told under the command's own name", async () => {
    const one = await desk("HTTPS");
    for (const [name, args] of [["get", '"none"'], ["report", "5"], ["desire", "5"], ["remove", '"none"'], ["onDelta", "5"]]) {
      await failure(one, `device.shadow.${name}(${args})`);
      said(one, new RegExp(`^shadow\\.${name} failed: `));
    }
    await failure(one, 'device.get("none")');
    said(one, /^get none failed: /);
  });

  describe("publish by HTTPS", () => {
    it("sends bytes, QoS and retain, for any topic, with a link or without", async () => {
      for (const way of ["HTTPS", "MQTT"] as const) {
        const one = await desk(way);
        assert.deepEqual({ ...(await one.command('device.publish("a b/c","12",{https:true})')) }, { topic: "a b/c", qos: 1, queued: false });
        await one.command('device.publish("a/d",{x:1},{https:true,qos:0,retain:true})');
        assert.deepEqual(one.cloud.iot.rest.requests.map(({ method, target, headers, body }) => [method, target, headers["content-length"], body]), [
          ["POST", "/topics/a%20b%2Fc?qos=1", "2", "12"], ["POST", "/topics/a%2Fd?qos=0&retain=true", "7", '{"x":1}'],
        ]);
        const [first, second] = one.cloud.iot.mqtt.messages.slice(-2);
        assert.deepEqual([first!.topic, first!.payload.toString(), second!.topic, second!.payload.toString()], ["a b/c", "12", "a/d", '{"x":1}']);
        said(one, /^publish a b\/c: 2 bytes, taken by HTTPS$/);
        // What gave way comes back.
        if (way === "MQTT") await until(() => one.cloud.iot.mqtt.clients().length === 1);
      }
    });
    it("is tried again where AWS IoT is busy, of QoS 0 is not", async () => {
      const one = await desk("HTTPS");
      one.cloud.iot.rest.next({ status: 503 });
      await one.command('device.publish("a","b",{https:true})');
      one.cloud.iot.rest.next({ status: 503 });
      assert.equal((await failure(one, 'device.publish("a","b",{https:true,qos:0})')).cause.status, 503);
      assert.equal(one.cloud.iot.rest.requests.length, 3);
    });
    it("a refusal names the right, or the port", async () => {
      const one = await desk("HTTPS");
      one.cloud.iot.policy.deny("iot:Publish", "topic/a/*");
      assert.match((await failure(one, 'device.publish("a/b","b",{https:true})')).hint, /iot:Publish on topic\/a\/b/);
      await one.command(`device.configure({iot:{restPort:${one.cloud.iot.signedOnly.port}}})`);
      assert.match((await failure(one, 'device.publish("a/b","b",{https:true})')).hint, /ALPN.*8443/);
      assert.equal((await failure(one, 'device.publish("a","b",{https:true,qos:2})')).code, "argument");
      await one.command("device.configure({iot:null})");
      assert.equal((await failure(one, 'device.publish("a","b",{https:true})')).code, "settings");
      assert.equal((await failure(one, "device.shadow.get()")).code, "settings");
    });
  });

  const wrong: [command: string, message: RegExp][] = [
    ["report(5)", /not an object/], ["report([1])", /not an object/], ["report()", /not an object/], ['report({},"a b")', /name of a shadow/], ['get("")', /name of a shadow/],
    ["report({a:{b:{c:{d:{e:{f:{g:1}}}}}}})", /more than 6 levels/], ['report({a:"x".repeat(8200)})', /too long: \d+/], ["onDelta(5)", /not a function/],
  ];
  it("what AWS IoT would refuse is refused before it is sent", async () => {
    const one = await desk("HTTPS");
    for (const [command, message] of wrong) {
      const failed = await failure(one, "device.shadow." + command);
      assert.equal(failed.code, "argument");
      assert.match(failed.message, message);
    }
    assert.equal(one.cloud.iot.rest.requests.length, 0);
    await one.command("device.shadow.report({a:{b:{c:{d:{e:{f:1}}}}}})");
    await one.command('device.shadow.report({a:"x".repeat(8000)})');
    assert.equal(version(one), 2);
  });
});
