// The client on a mock socket: what it says, what it takes, how it ends.
import assert from "node:assert/strict";
import { createSession, takeId } from "../../src/mqtt/session";
import { breakOff, endClean, ended, expect, hold, readAll, refused, release, type Row, send, silent, silentHandshake, stall, wait } from "../host/script";
import { CONNECT, connack, desk, DISCONNECT, hexOf, id, opening, publish, says, suback, subscribe, tells, unsubscribe } from "./desk";
import { fromHex, theirs } from "./packets";

const BYE = [says(DISCONNECT), ended()];
const PING = { cmd: "pingreq" }, PONG = { cmd: "pingresp" };

describe("MQTT connect", () => {
  it("MQTT-3.1.0-1 MQTT-3.1.0-2 MQTT-3.1.2-1 MQTT-3.1.2-3 CONNECT is the first packet, the only one, and says MQTT", () => {
    const one = desk([[...opening(), silent(), ...BYE]]);
    one.host.time.pass(10);
    one.link.disconnect();
    assert.deepEqual(one.finish(), ["up false", "down"]);
    assert.equal(hexOf(one.host.tls.connections[0]!.received), "101100044d515454040000000005" + Buffer.from("thing").toString("hex") + "e000");
  });

  const connects: [string, object, object][] = [
    ["MQTT-3.1.2-4 a session that is kept", {}, {}],
    ["MQTT-3.1.2-6 a clean session", { clean: true }, { clean: true }],
    ["MQTT-3.1.2-23 keep alive", { keepAlive: 1200 }, { keepalive: 1200 }],
    ["MQTT-3.1.2-9 MQTT-3.1.2-14 a will with its QoS", { will: { topic: "w", payload: "gone", qos: 2 } }, { will: { topic: "w", payload: "gone", qos: 2, retain: false } }],
    ["MQTT-3.1.3-10 a will, retained, to a topic beyond ASCII", { will: { topic: "\u00e4", payload: "\x00\xff", qos: 1, retain: true } }, { will: { topic: "\u00e4", payload: Buffer.from([0, 255]), qos: 1, retain: true } }],
    ["an empty will", { will: { topic: "w", payload: "" } }, { will: { topic: "w", payload: Buffer.alloc(0), qos: 0, retain: false } }],
    ["MQTT-3.1.2-19 MQTT-3.1.2-20 MQTT-3.1.3-11 a user name", { userName: "\u20ac" }, { username: "\u20ac" }],
    ["MQTT-3.1.2-21 a password", { userName: "u", password: "p\xff" }, { username: "u", password: Buffer.from([112, 255]) }],
    ["MQTT-3.1.3-1 all of it, in its order", { will: { topic: "w", payload: "x" }, userName: "u", password: "p" }, { will: { topic: "w", payload: "x", qos: 0, retain: false }, username: "u", password: "p" }],
  ];
  for (const [name, options, packet] of connects) {
    it(name, () => {
      const one = desk([[says({ ...CONNECT, ...packet }), breakOff()]], options);
      assert.deepEqual(one.finish(), ["down mqtt-closed"]);
    });
  }

  it("MQTT-3.1.2-11 MQTT-3.1.2-13 MQTT-3.1.2-15 MQTT-3.1.2-18 without will and user name there are neither flags nor fields", () => {
    const one = desk([[...opening(), endClean()]]);
    one.finish();
    assert.equal(one.host.tls.connections[0]!.received.charCodeAt(9), 0);
  });

  it("MQTT-3.1.3-3 MQTT-3.1.3-4 MQTT-3.1.3-2 the client id is there, first, in UTF-8, the session's", () => {
    const one = desk([[says({ ...CONNECT, clientId: "t\u00e4st\u{1f600}" }), endClean()]], {}, createSession("t\u00e4st\u{1f600}"));
    assert.deepEqual(one.finish(), ["down mqtt-closed"]);
  });

  it("MQTT-3.1.3-7 an empty client id goes with a clean session", () => {
    const one = desk([[says({ ...CONNECT, clientId: "", clean: true }), tells(connack()), endClean()]], { clean: true }, createSession(""));
    assert.deepEqual(one.finish(), ["up false", "down mqtt-closed"]);
  });

  const wrong: [string, object, string?][] = [
    ["an empty client id in a session that is kept", {}, ""], ["a client id with U+0000", {}, "a\0"], ["a client id of 129 bytes", {}, "x".repeat(129)],
    ["MQTT-3.1.2-22 a password without a user name", { password: "p" }], ["a user name with U+0000", { userName: "a\0" }], ["a keep alive of 65536", { keepAlive: 65536 }], ["a negative one", { keepAlive: -1 }],
    ["MQTT-3.1.2-14 a will of QoS 3", { will: { topic: "w", payload: "", qos: 3 } }], ["a will without a topic", { will: { payload: "x" } }], ["a will to a topic that is a number", { will: { topic: 5, payload: "" } }], ["a will to a wildcard", { will: { topic: "w/#", payload: "" } }], ["a will of 64 KB", { will: { topic: "w", payload: "x".repeat(65536) } }],
  ];
  for (const [name, options, clientId] of wrong) {
    it("refuses " + name + ", and connects nowhere", () => {
      const one = desk([], options, createSession(clientId ?? "thing"));
      assert.deepEqual(one.log, []);
      one.link.disconnect();
      assert.deepEqual(one.finish(), ["down" + (one.failures.length ? " argument" : "")]);
      assert.doesNotMatch(JSON.stringify(one.failures), /"p"/);
    });
  }

  it("MQTT-3.1.4-5 nothing is sent before CONNACK", () => {
    const one = desk([[says(CONNECT), wait(5000), silent(), tells(connack()), says(subscribe(1, { "a/#": 1 })), says(publish(1, 2)), endClean()]]);
    one.link.publish({ topic: "a/b", payload: "x", qos: 1 });
    one.link.subscribe("a/#", 1, one.listener("l"));
    assert.deepEqual(one.finish(), ["up false", "down mqtt-closed"]);
  });

  it("the certificate is presented", () => {
    const one = desk([[...opening(), endClean()]]);
    one.finish();
    const { hello, ...options } = one.host.tls.connections[0]!.options;
    assert.ok(hello);
    assert.deepEqual(options, { host: "broker", port: 8883, deviceCertificate: true, handshakeSeconds: 60, silenceSeconds: 0, stride: 0 });
  });
});

describe("MQTT endings", () => {
  const codes: [code: number, meaning: string, hint: RegExp][] = [
    [1, "unacceptable protocol version", /3\.1\.1/], [2, "client identifier rejected", /clientId/], [3, "server unavailable", /later/], [4, "bad user name or password", /iot\.endpoint/],
    [5, "not authorized", /iot:Connect on client\/thing/], [6, "unknown code", /MQTT 3\.1\.1/], [7, "not authorized", /iot:Connect on client\/thing/], [8, "unknown code", /MQTT 3\.1\.1/], [255, "unknown code", /MQTT 3\.1\.1/],
  ];
  for (const [code, meaning, hint] of codes) {
    it(`MQTT-3.1.2-2 MQTT-3.1.3-8 MQTT-3.2.2-5 refused with code ${code}: ${meaning}`, () => {
      const one = desk([[says(CONNECT), send("\x20\x02\0" + String.fromCharCode(code)), ended()]]);
      assert.deepEqual(one.finish(), ["down mqtt-refused " + code]);
      assert.equal(one.failures[0]!.message, `The broker refused the connection: ${code} ${meaning}`);
      assert.match(one.failures[0]!.hint, hint);
    });
  }

  const said = theirs(CONNECT).length;
  const violations: [string, string[]][] = [
    ["MQTT-3.2.0-1 a message before CONNACK", ["300300016178"]], ["an acknowledgement before CONNACK", ["40020001"]], ["a PINGRESP before CONNACK", ["d000"]],
    ["a second CONNACK", ["20020000", "20020000"]], ["reserved flags of CONNACK", ["20020200"]], ["MQTT-3.2.2-4 session present in a refusal", ["20020105"]],
    ["MQTT-4.8.0-1 MQTT-3.3.1-4 a PUBLISH of QoS 3", ["20020000", "3606000161000178"]], ["MQTT-1.5.3-1 an ill-formed topic", ["20020000", "30040002c328"]],
    ["MQTT-1.5.3-1 an ill-formed topic after a good one", ["20020000", "300400016178", "30040002c328"]], ["MQTT-1.5.3-2 U+0000 in a topic after a good one", ["20020000", "300400016178", "3003000100"]],
    ["MQTT-4.7.1-1 MQTT-3.3.2-2 a wildcard in a topic after a good one", ["20020000", "300400016178", "300300012b"]],
    ["id 0 in an acknowledgement", ["20020000", "40020000"]], ["id 0 in a PUBREL", ["20020000", "62020000"]], ["garbage", ["20020000", "474554202f20"]],
    ["MQTT-2.2.2-2 wrong header flags", ["20020000", "41020001"]],
  ];
  for (const [name, hexes] of violations) {
    for (const apart of [true, false]) {
      it(`${name}: closed without a DISCONNECT, ${apart ? "in pieces" : "at once"}`, () => {
        const rows = apart ? hexes.map((hex) => send(fromHex(hex), 1)) : [send(fromHex(hexes.join("")))];
        const one = desk([[says(CONNECT), ...rows, ended()]]);
        assert.deepEqual(one.finish().slice(-1), ["down mqtt-protocol"]);
        assert.equal(one.host.tls.connections[0]!.received.length, said, "something was said");
      });
    }
  }

  it("MQTT-3.2.2-1 session present in a clean session is against the rules", () => {
    const one = desk([[says({ ...CONNECT, clean: true }), tells(connack(true)), ended()]], { clean: true });
    assert.deepEqual(one.finish(), ["down mqtt-protocol"]);
  });

  const losses: [string, Row[], string, RegExp][] = [
    ["not reached", [refused("dns", 5)], "down dns", /./], ["no TLS", [refused("handshake", 5)], "down handshake", /./], ["a handshake without end", [silentHandshake()], "down timeout", /./],
    ["closed at once after CONNECT", [says(CONNECT), endClean()], "down mqtt-closed", /certificate active/], ["broken off at once after CONNECT", [says(CONNECT), breakOff()], "down mqtt-closed", /certificate active/],
    ["no CONNACK", [says(CONNECT), wait(20000), ended()], "down timeout", /8883/],
    ["MQTT-3.1.4-2 thrown out", [...opening(), wait(5000), endClean()], "down mqtt-closed", /Another client with the id thing/],
    ["MQTT-3.3.5-2 broken", [...opening(), wait(5000), breakOff()], "down connection-lost", /./],
  ];
  for (const [name, rows, last, hint] of losses) {
    it(`${name}: ${last}`, () => {
      const one = desk([rows]);
      assert.equal(one.finish().at(-1), last);
      assert.match(one.failures[0]!.hint, hint);
    });
  }

  it("MQTT-3.14.1-1 MQTT-3.14.4-1 MQTT-3.14.4-2 DISCONNECT is the last thing said, then the connection is closed", () => {
    const one = desk([[...opening(), ...BYE]]);
    one.host.time.pass(1);
    one.link.disconnect();
    one.link.publish({ topic: "a", payload: "late" });
    one.link.disconnect();
    assert.deepEqual(one.finish(), ["up false", "down"]);
    assert.equal(one.session.outgoing.length, 1);
    one.link.disconnect();
    one.host.time.settle();
    assert.equal(one.log.length, 2);
  });

  /** What goes on when DISCONNECT is said; what stands in the way of it, and what must not come after it. */
  const farewells: [string, (one: ReturnType<typeof desk>) => void, Row[], Row[]][] = [
    ["with a publish of the same moment", (one) => {
      one.link.disconnect();
      one.link.publish({ topic: "a/b", payload: "late", qos: 1 });
    }, [], []],
    ["with a message that waits behind another", (one) => {
      for (const payload of ["first", "second"]) one.link.publish({ topic: "a/b", payload, qos: 1 });
      one.link.disconnect();
    }, [says(publish(1, 1, "first"))], []],
    ["with messages beyond the window", (one) => {
      for (const payload of ["1", "2", "3", "4", "5"]) one.link.publish({ topic: "a/b", payload, qos: 1 });
      one.host.time.pass(10);
      one.link.disconnect();
    }, [1, 2, 3, 4].map((n) => says(publish(1, n, "" + n))), []],
    ["with a message that comes in meanwhile", (one) => one.link.disconnect(), [], [tells(publish(1, 9))]],
    ["with an acknowledgement that makes room", (one) => {
      for (const payload of ["1", "2", "3", "4", "5"]) one.link.publish({ topic: "a/b", payload, qos: 1 });
      one.host.time.pass(10);
      one.link.disconnect();
    }, [1, 2, 3, 4].map((n) => says(publish(1, n, "" + n))), [tells(id("puback", 1))]],
  ];
  for (const answerFirst of [false, true]) {
    for (const [name, act, before, after] of farewells) {
      it(`MQTT-3.14.4-1 MQTT-3.14.4-2 after DISCONNECT nothing is said, and the client closes at once, ${name}${answerFirst ? ", before the drain" : ""}`, () => {
        const one = desk([[...opening(), ...before, says(DISCONNECT), ...(answerFirst ? after : []), ended()]], {}, undefined, answerFirst);
        one.host.time.pass(5);
        act(one);
        // Much less than the time after which a DISCONNECT is given up.
        one.host.time.pass(500);
        assert.deepEqual(one.log, ["up false", "down"]);
        one.finish();
        assert.equal(one.said().at(-1).cmd, "disconnect");
      });
    }
  }

  it("disconnect before CONNACK closes at once", () => {
    const one = desk([[says(CONNECT), ended()]]);
    one.host.time.pass(1);
    one.link.disconnect();
    assert.deepEqual(one.finish(), ["down"]);
  });

  it("acknowledgements go before DISCONNECT, also when a listener disconnects", () => {
    const one = desk([[...opening(true), tells(publish(1, 9), publish(1, 10)), says(id("puback", 9)), says(id("puback", 10)), ...BYE]]);
    // The subscription is the broker's already.
    one.session.subscriptions = [{ filter: "a/#", qos: 1, state: 1, listener: () => one.link.disconnect() }];
    assert.deepEqual(one.finish(), ["up true", "down"]);
  });

  it("a DISCONNECT that cannot be sent does not hold up the end", () => {
    const one = desk([[...opening(), wait(10), hold(), wait(20), ended()]]);
    one.host.time.pass(15);
    one.link.disconnect();
    one.finish();
    assert.deepEqual(one.log, ["up false", "down"]);
  });
});

describe("MQTT keep alive", () => {
  it("MQTT-3.1.2-23 MQTT-3.12.4-1 an idle connection is pinged within the time", () => {
    const one = desk([[...opening(false, { keepalive: 30 }), says(PING), tells(PONG), says(PING), tells(PONG), says(PING), tells(PONG), ...BYE]], { keepAlive: 30 });
    const at: number[] = [];
    for (let second = 0; second < 82; second++) {
      const before = one.said().length;
      one.host.time.pass(1000);
      if (one.said().length > before && second) at.push(second);
    }
    one.link.disconnect();
    assert.deepEqual(one.finish(), ["up false", "down"]);
    assert.equal(at.length, 3);
    for (let n = 0; n < 3; n++) assert.ok(at[n]! - (at[n - 1] ?? 0) < 30, String(at));
  });

  it("MQTT-3.1.2-23 who only hears, and sends nothing, pings within the time all the same", () => {
    const rows = Array.from({ length: 19 }, () => [wait(5000), tells(publish(0, 0), PONG)]).flat();
    const one = desk([[...opening(false, { keepalive: 30 }), readAll(), ...rows, ended()]], { keepAlive: 30 });
    const at: number[] = [];
    for (let second = 1; second < 98; second++) {
      const before = one.said().length;
      one.host.time.pass(1000);
      if (one.said().length > before && second > 1) at.push(second);
    }
    assert.deepEqual(one.log, ["up false"]);
    assert.ok(one.said().slice(1).every((packet) => packet.cmd === "pingreq"));
    for (const [n, second] of [...at, 98].entries()) assert.ok(second - (at[n - 1] ?? 0) < 30, String(at));
    one.link.disconnect();
    one.finish();
  });

  it("MQTT-3.12.4-1 a ping without an answer ends the connection, without a DISCONNECT", () => {
    const one = desk([[...opening(false, { keepalive: 60 }), says(PING), wait(15000), silent(), ended()]], { keepAlive: 60 });
    assert.deepEqual(one.finish(), ["up false", "down keep-alive"]);
  });

  it("who sends all the time and hears nothing pings too", () => {
    const one = desk([[...opening(false, { keepalive: 20 }), readAll(), ended()]], { keepAlive: 20 });
    for (let n = 0; n < 30; n++) {
      one.host.time.pass(1000);
      one.link.publish({ topic: "a", payload: "" });
    }
    assert.deepEqual(one.finish(), ["up false", "down keep-alive"]);
    assert.ok(one.said().some((packet) => packet.cmd === "pingreq"));
  });

  it("what is sent and heard makes pings needless", () => {
    const rows: Row[] = [];
    for (let n = 0; n < 20; n++) rows.push(says(publish(1, n + 1, "x")), tells(id("puback", n + 1)));
    const one = desk([[...opening(false, { keepalive: 10 }), ...rows, ...BYE]], { keepAlive: 10 });
    for (let n = 0; n < 20; n++) {
      one.host.time.pass(2000);
      one.link.publish({ topic: "a/b", payload: "x", qos: 1 });
    }
    one.host.time.pass(10);
    one.link.disconnect();
    assert.deepEqual(one.finish(), ["up false", "down"]);
  });

  it("a peer that takes nothing is found out", () => {
    const one = desk([[...opening(false, { keepalive: 30 }), wait(10), hold(), stall()]], { keepAlive: 30 });
    one.host.time.pass(15);
    one.link.publish({ topic: "a", payload: "x".repeat(3000), qos: 0 }, one.done("p"));
    one.host.time.settle();
    assert.deepEqual(one.log, ["up false", "p failed connection-lost", "down keep-alive"]);
  });

  it("a long message that goes out slowly is no silence", () => {
    const rows: Row[] = [];
    for (let n = 0; n < 12; n++) rows.push(hold(), wait(4000), release(), wait(0));
    const one = desk([[...opening(false, { keepalive: 30 }), readAll(), ...rows, tells(id("puback", 1)), wait(10), endClean()]], { keepAlive: 30 });
    one.host.time.pass(1);
    one.link.publish({ topic: "a", payload: "x".repeat(20000), qos: 1 }, one.done("p"));
    one.host.time.settle();
    assert.deepEqual(one.log, ["up false", "p done", "down mqtt-closed"]);
  });

  it("no keep alive, no pings", () => {
    const one = desk([[...opening(), wait(3600_000), silent(), endClean()]]);
    assert.deepEqual(one.finish(), ["up false", "down mqtt-closed"]);
  });
});

describe("MQTT acknowledgements that never come", () => {
  const pings = (count: number): Row[] => Array.from({ length: count }, () => [says(PING), tells(PONG)]).flat();
  const asks: [string, any, (one: ReturnType<typeof desk>) => void][] = [
    ["QoS 1", publish(1, 1), (one) => one.link.publish({ topic: "a/b", payload: "x", qos: 1 }, one.done("p"))],
    ["QoS 2", publish(2, 1), (one) => one.link.publish({ topic: "a/b", payload: "x", qos: 2 }, one.done("p"))],
    ["SUBSCRIBE", subscribe(1, { "a/b": 1 }), (one) => one.link.subscribe("a/b", 1, one.listener("l"), one.done("s"))],
  ];
  for (const [name, packet, ask] of asks) {
    for (const keepAlive of [0, 30, 300]) {
      it(`${name}, keep alive ${keepAlive}: after 30 s the connection ends without a DISCONNECT`, () => {
        const one = desk([[...opening(false, { keepalive: keepAlive }), says(packet), ...pings(keepAlive === 30 ? 1 : 0), silent(), ended()]], { keepAlive });
        one.host.time.pass(100);
        ask(one);
        one.host.time.pass(29_800);
        assert.deepEqual(one.log, ["up false"]);
        one.host.time.pass(15_300);
        assert.deepEqual(one.finish(), name === "SUBSCRIBE" ? ["up false", "s failed timeout", "down timeout"] : ["up false", "down timeout"]);
        assert.match(one.failures.at(-1)!.message, /did not acknowledge a\/b within 30 s/);
        assert.equal(one.session.subscriptions.length, 0);
      });
    }
  }

  it("the release of a QoS 2 message has a deadline of its own", () => {
    const one = desk([[...opening(), says(publish(2, 1)), wait(29_000), tells(id("pubrec", 1)), says(id("pubrel", 1)), wait(29_000), tells(id("pubcomp", 1)), wait(60_000), endClean()]]);
    one.link.publish({ topic: "a/b", payload: "x", qos: 2 }, one.done("p"));
    assert.deepEqual(one.finish(), ["up false", "p done", "down mqtt-closed"]);
  });

  it("the next connection says it again, with DUP; others were acknowledged meanwhile and are not", () => {
    const one = desk([[...opening(), says(publish(1, 1)), says(publish(1, 2)), tells(id("puback", 2)), readAll(), ended()], [...opening(true), says(publish(1, 1, "x", { dup: true })), tells(id("puback", 1)), wait(60_000), silent(), endClean()]]);
    for (const name of ["p", "q"]) one.link.publish({ topic: "a/b", payload: "x", qos: 1 }, one.done(name));
    one.host.time.settle();
    one.connect();
    assert.deepEqual(one.finish(), ["up false", "q done", "down timeout", "up true", "p done", "down mqtt-closed"]);
  });

  it("what three connections do not acknowledge fails, and what stands behind it goes", () => {
    const silentOnes = [0, 1, 2].map((n) => [...opening(n > 0), says(publish(1, 1, "x", { dup: n > 0 })), readAll(), ended()]);
    const one = desk([...silentOnes, [...opening(true), readAll(), tells(id("puback", 6)), wait(1000), endClean()]]);
    for (const name of "abcdef") one.link.publish({ topic: "a/b", payload: "x", qos: 1 }, name === "a" ? one.done(name) : undefined);
    for (let n = 0; n < 2; n++) {
      one.host.time.settle();
      one.connect();
    }
    one.host.time.settle();
    assert.deepEqual(one.log, ["up false", "down timeout", "up true", "down timeout", "up true", "a failed timeout", "down timeout"]);
    assert.deepEqual(one.session.outgoing.map(({ id }) => id), [2, 3, 4, 0, 0]);
    one.connect();
    one.host.time.pass(10);
    assert.deepEqual(one.said(3).slice(1).map(({ messageId, dup }) => [messageId, dup]), [[2, true], [3, true], [4, true], [5, false]]);
  });

  it("an UNSUBSCRIBE without an answer is asked again in the next connection; who asked is told", () => {
    const one = desk([[...opening(), says(subscribe(1, { "a/b": 1 })), tells(suback(1, 1)), says(unsubscribe(2, "a/b")), silent(), ended()], [...opening(true), says(unsubscribe(3, "a/b")), tells(id("unsuback", 3)), wait(60_000), silent(), endClean()]]);
    one.link.subscribe("a/b", 1, one.listener("l"), one.done("s"));
    one.host.time.pass(10);
    one.link.unsubscribe("a/b", one.done("u"));
    one.host.time.settle();
    one.connect();
    assert.deepEqual(one.finish(), ["up false", "s done 1", "u failed timeout", "down timeout", "up true", "down mqtt-closed"]);
  });

  it("a subscription that is renewed without an answer is not forgotten", () => {
    const one = desk([[...opening(), says(subscribe(1, { "a/b": 1 })), tells(suback(1, 1)), breakOff()], [...opening(), says(subscribe(2, { "a/b": 1 })), silent(), ended()], [...opening(), says(subscribe(3, { "a/b": 1 })), endClean()]]);
    one.link.subscribe("a/b", 1, one.listener("l"), one.done("s"));
    for (let n = 0; n < 2; n++) {
      one.host.time.settle();
      one.connect();
    }
    assert.deepEqual(one.finish(), ["up false", "s done 1", "down connection-lost", "up false", "down timeout", "up false", "down mqtt-closed"]);
  });
});

describe("MQTT publish", () => {
  it("MQTT-4.3.1-1 MQTT-3.3.1-2 MQTT-2.3.1-5 QoS 0 goes once, without id and DUP", () => {
    const one = desk([[...opening(), says(publish(0, 0)), breakOff()], [...opening(), wait(50), silent(), endClean()]]);
    one.link.publish({ topic: "a/b", payload: "x" }, one.done("p"));
    one.host.time.settle();
    one.connect();
    assert.deepEqual(one.finish(), ["up false", "p done", "down connection-lost", "up false", "down mqtt-closed"]);
  });

  it("MQTT-4.3.2-1 MQTT-2.3.1-6 QoS 1 is done with its PUBACK, not with another", () => {
    const one = desk([[...opening(), says(publish(1, 1)), says(publish(1, 2, "y")), tells(id("puback", 7), id("puback", 2)), wait(10), tells(id("puback", 1)), wait(10), endClean()]]);
    one.link.publish({ topic: "a/b", payload: "x", qos: 1 }, one.done("x"));
    one.link.publish({ topic: "a/b", payload: "y", qos: 1 }, one.done("y"));
    assert.deepEqual(one.finish(), ["up false", "y done", "x done", "down mqtt-closed"]);
  });

  it("MQTT-4.3.3-1 MQTT-3.6.1-1 QoS 2: PUBLISH, PUBREC, PUBREL, PUBCOMP", () => {
    const one = desk([[...opening(), says(publish(2, 1)), tells(id("pubrec", 1)), says(id("pubrel", 1)), tells(id("pubcomp", 1)), wait(10), endClean()]]);
    one.link.publish({ topic: "a/b", payload: "x", qos: 2 }, one.done("p"));
    assert.deepEqual(one.finish(), ["up false", "p done", "down mqtt-closed"]);
    assert.deepEqual(one.session.outgoing, []);
  });

  it("a PUBREC of a message that nobody remembers is answered, a second PUBREC too", () => {
    const one = desk([[...opening(), tells(id("pubrec", 9)), says(id("pubrel", 9)), says(publish(2, 1)), tells(id("pubrec", 1)), says(id("pubrel", 1)), tells(id("pubrec", 1)), says(id("pubrel", 1)), tells(id("pubcomp", 1), id("pubcomp", 1)), wait(1), endClean()]]);
    one.host.time.pass(5);
    one.link.publish({ topic: "a/b", payload: "x", qos: 2 }, one.done("p"));
    assert.deepEqual(one.finish(), ["up false", "p done", "down mqtt-closed"]);
  });

  for (const [name, qos, answer] of [["PUBACK for QoS 2", 2, "puback"], ["PUBREC for QoS 1", 1, "pubrec"], ["PUBCOMP for QoS 1", 1, "pubcomp"], ["PUBCOMP before PUBREC", 2, "pubcomp"]] as const) {
    it(name + " is against the rules", () => {
      const one = desk([[...opening(), says(publish(qos, 1)), tells(id(answer, 1)), ended()]]);
      one.link.publish({ topic: "a/b", payload: "x", qos });
      assert.deepEqual(one.finish(), ["up false", "down mqtt-protocol"]);
      assert.equal(one.session.outgoing.length, 1);
    });
  }

  it("MQTT-4.6.0-4 PUBRELs go in the order of the PUBRECs", () => {
    const one = desk([[...opening(), ...[1, 2, 3].map((n) => says(publish(2, n))), tells(id("pubrec", 3), id("pubrec", 1), id("pubrec", 2)), says(id("pubrel", 3)), says(id("pubrel", 1)), says(id("pubrel", 2)), breakOff()], [...opening(true), says(id("pubrel", 3)), says(id("pubrel", 1)), says(id("pubrel", 2)), endClean()]]);
    for (let n = 0; n < 3; n++) one.link.publish({ topic: "a/b", payload: "x", qos: 2 });
    one.host.time.settle();
    one.connect();
    one.finish();
  });

  it("MQTT-2.3.1-1 MQTT-2.3.1-2 ids are never 0 and never in use", () => {
    const session = createSession("a");
    session.nextId = 65534;
    session.outgoing = [65535, 1, 3].map((taken) => ({ id: taken, qos: 1, topic: "", payload: "", retain: false, stage: 2 }));
    assert.deepEqual([takeId(session, 0), takeId(session, 4), takeId(session, 4), takeId(session, 0)], [65534, 2, 5, 6]);
  });

  it("the first id is one of chance", () => {
    const session = createSession("thing");
    const one = desk([[...opening(), endClean()]], {}, session);
    one.finish();
    const other = createSession("x");
    other.nextId = 0;
    assert.ok(session.nextId >= 1 && session.nextId <= 65535);
  });

  it("four messages are under way, the others wait their turn", () => {
    const rows: Row[] = [];
    for (let n = 1; n <= 4; n++) rows.push(says(publish(1, n, "" + n)));
    rows.push(wait(500), silent(), tells(id("puback", 2)), says(publish(1, 5, "5")), wait(500), silent(), tells(id("puback", 1), id("puback", 3)), says(publish(1, 6, "6")), endClean());
    const one = desk([[...opening(), ...rows]]);
    for (let n = 1; n <= 6; n++) one.link.publish({ topic: "a/b", payload: "" + n, qos: 1 });
    one.finish();
    assert.equal(one.session.outgoing.length, 3);
  });

  it("MQTT-3.3.1-10 retain, with and without a payload; MQTT-3.3.2-1 a topic beyond ASCII first", () => {
    const one = desk([[...opening(), says(publish(0, 0, "x", { retain: true, topic: "\u00e4" })), says(publish(0, 0, "", { retain: true })), endClean()]]);
    one.link.publish({ topic: "\u00e4", payload: "x", retain: true });
    one.link.publish({ topic: "a/b", payload: "", retain: true });
    one.finish();
  });

  const wrong: [string, object][] = [
    ["MQTT-3.3.2-2 MQTT-4.7.1-1 a wildcard", { topic: "a/+", payload: "" }], ["MQTT-4.7.3-1 an empty topic", { topic: "", payload: "" }], ["MQTT-4.7.3-2 U+0000", { topic: "a\0", payload: "" }],
    ["MQTT-4.7.3-3 AWS: a topic of 257 bytes", { topic: "\u00e4".repeat(129), payload: "" }], ["AWS: 8 slashes", { topic: "a/b/c/d/e/f/g/h/i", payload: "" }],
    ["AWS: more than 128 KB", { topic: "a", payload: "x".repeat(131073) }], ["QoS 3", { topic: "a", payload: "", qos: 3 }], ["a QoS that is no number", { topic: "a", payload: "", qos: "1" }],
  ];
  for (const [name, message] of wrong) {
    it("refuses " + name + ", and sends nothing", () => {
      const one = desk([[...opening(), wait(10), silent(), endClean()]]);
      one.link.publish(message as never, one.done("p"));
      assert.deepEqual(one.log, ["p failed argument"]);
      assert.deepEqual(one.session.outgoing, []);
      one.finish();
    });
  }

  it("128 KB go out in pieces, whole, and acknowledgements wait for the end of the packet", () => {
    const payload = Array.from({ length: 131072 }, (_, n) => String.fromCharCode(n % 251)).join("");
    const one = desk([[...opening(), tells(publish(1, 5)), readAll(), wait(500), tells(id("puback", 1)), wait(10), endClean()]]);
    one.link.publish({ topic: "a/b", payload, qos: 1 }, one.done("p"));
    assert.deepEqual(one.finish(), ["up false", "p done", "down mqtt-closed"]);
    const said = one.said();
    assert.deepEqual(said.map((packet) => packet.cmd).sort(), ["connect", "puback", "publish"]);
    assert.ok(said.find((packet) => packet.cmd === "publish").payload.equals(Buffer.from(payload, "latin1")));
  });

  it("QoS 0 cut off in the middle fails, QoS 1 goes again from its beginning", () => {
    const long = "x".repeat(50000);
    for (const qos of [0, 1]) {
      const again = qos ? [says(publish(1, 1, long, { dup: true })), tells(id("puback", 1)), wait(5)] : [wait(10), silent()];
      const one = desk([[...opening(), readAll(), hold(), wait(100), breakOff()], [...opening(true), ...again, endClean()]]);
      one.link.publish({ topic: "a/b", payload: long, qos }, one.done("p"));
      one.host.time.settle();
      one.connect();
      const [first, second] = qos ? [[], ["p done"]] : [["p failed connection-lost"], []];
      assert.deepEqual(one.finish(), ["up false", ...first, "down connection-lost", "up true", ...second, "down mqtt-closed"]);
    }
  });
});

describe("MQTT after a reconnect", () => {
  it("MQTT-4.4.0-1 MQTT-3.3.1-1 MQTT-2.3.1-3 MQTT-4.6.0-1 MQTT-4.1.0-1 what was not acknowledged goes again, with its id, DUP, in order, and before what is new", () => {
    const one = desk([
      [...opening(), says(publish(1, 1, "1")), says(publish(2, 2, "2")), says(publish(2, 3, "3")), says(publish(1, 4, "4")), tells(id("pubrec", 2)), says(id("pubrel", 2)), breakOff()],
      [...opening(true), says(id("pubrel", 2)), says(publish(1, 1, "1", { dup: true })), says(publish(2, 3, "3", { dup: true })), says(publish(1, 4, "4", { dup: true })), breakOff()],
      [...opening(true), says(id("pubrel", 2)), says(publish(1, 1, "1", { dup: true })), says(publish(2, 3, "3", { dup: true })), says(publish(1, 4, "4", { dup: true })),
        tells(id("pubcomp", 2), id("puback", 1), id("pubrec", 3), id("puback", 4)), says(id("pubrel", 3)), says(publish(1, 5, "5")), tells(id("pubcomp", 3), id("puback", 5)), wait(5), ...BYE],
    ]);
    for (const [payload, qos] of [["1", 1], ["2", 2], ["3", 2], ["4", 1], ["5", 1]] as const) one.link.publish({ topic: "a/b", payload, qos }, one.done(payload));
    one.host.time.settle();
    one.connect();
    one.host.time.settle();
    one.connect();
    one.host.time.pass(100);
    one.link.disconnect();
    assert.deepEqual(one.finish().filter((line) => !/up|down/.test(line)), ["2 done", "1 done", "4 done", "3 done", "5 done"]);
  });

  it("MQTT-4.3.3-1 after PUBREC the message itself never goes again, in no session the broker knows", () => {
    for (const present of [true, false]) {
      const one = desk([[...opening(), says(publish(2, 1)), tells(id("pubrec", 1)), says(id("pubrel", 1)), breakOff()], [...opening(present), says(id("pubrel", 1)), tells(id("pubcomp", 1)), wait(5), silent(), endClean()]]);
      one.link.publish({ topic: "a/b", payload: "x", qos: 2 }, one.done("p"));
      one.host.time.settle();
      one.connect();
      assert.ok(one.finish().includes("p done"));
    }
  });

  it("MQTT-3.1.2-6 MQTT-4.1.0-2 a clean session begins anew: new ids, no DUP, what the broker had received is done", () => {
    const clean = { clean: true };
    const one = desk([
      [...opening(false, clean), says(publish(1, 1, "1")), says(publish(2, 2, "2")), tells(id("pubrec", 2)), says(id("pubrel", 2)), breakOff()],
      [...opening(false, clean), says(publish(1, 3, "1")), tells(id("puback", 3)), wait(5), ...BYE],
    ], clean);
    for (const [payload, qos] of [["1", 1], ["2", 2]] as const) one.link.publish({ topic: "a/b", payload, qos }, one.done(payload));
    one.session.incoming = [5];
    one.host.time.settle();
    one.connect();
    one.host.time.pass(50);
    one.link.disconnect();
    assert.deepEqual(one.finish(), ["up false", "down connection-lost", "2 done", "up false", "1 done", "down"]);
    assert.equal(one.session.incoming, undefined);
  });

  it("MQTT-3.2.2-2 MQTT-3.1.2-4 a session that the broker has keeps its subscriptions", () => {
    const one = desk([[...opening(), says(subscribe(1, { "a/#": 1 })), tells(suback(1, 1)), ...BYE], [...opening(true), silent(), tells(publish(0, 0)), wait(5), endClean()]]);
    one.link.subscribe("a/#", 1, one.listener("l"), one.done("s"));
    one.host.time.pass(2);
    one.link.disconnect();
    one.host.time.settle();
    one.connect();
    assert.deepEqual(one.finish(), ["up false", "s done 1", "down", "up true", "l a/b x q0", "down mqtt-closed"]);
  });

  it("MQTT-3.2.2-3 MQTT-3.1.2-7 in one that it has not all is asked for again, and a refusal is told", () => {
    const one = desk([[...opening(), says(subscribe(1, { "a/#": 1, "b/#": 0 })), tells(suback(1, 1, 0)), wait(5), breakOff()], [...opening(false), says(subscribe(2, { "a/#": 1, "b/#": 0 })), tells(suback(2, 128, 0)), wait(5), endClean()]]);
    one.link.subscribe("a/#", 1, one.listener("l"), one.done("a"));
    one.link.subscribe("b/#", 0, one.listener("l"), one.done("b"));
    one.host.time.settle();
    one.connect();
    assert.deepEqual(one.finish(), ["up false", "a done 1", "b done 0", "down connection-lost", "up false", "refused mqtt-refused 128", "down mqtt-closed"]);
    assert.deepEqual(one.session.subscriptions.map(({ filter }) => filter), ["b/#"]);
  });

  it("a SUBSCRIBE and an UNSUBSCRIBE without an answer are said again", () => {
    const one = desk([[...opening(), says(subscribe(1, { a: 1 })), breakOff()], [...opening(true), says(subscribe(2, { a: 1 })), tells(suback(2, 1)), says(unsubscribe(3, "a")), breakOff()], [...opening(true), says(unsubscribe(4, "a")), tells(id("unsuback", 4)), wait(5), endClean()]]);
    one.link.subscribe("a", 1, one.listener("l"), one.done("s"));
    one.host.time.settle();
    one.connect();
    one.host.time.pass(0);
    while (!one.log.includes("s done 1")) one.host.time.pass(1);
    one.link.unsubscribe("a", one.done("u"));
    one.host.time.settle();
    one.connect();
    assert.ok(one.finish().includes("u done"));
    assert.deepEqual(one.session.subscriptions, []);
  });

  it("the session is plain data: written, read and connected again", () => {
    const one = desk([[...opening(), says(subscribe(1, { "a/#": 2 })), tells(suback(1, 2), publish(2, 7)), says(id("pubrec", 7)), says(publish(1, 2)), breakOff()]]);
    one.link.subscribe("a/#", 2, one.listener("l"));
    one.host.time.pass(1);
    one.link.publish({ topic: "a/b", payload: "x", qos: 1 });
    one.host.time.settle();
    const copy = JSON.parse(JSON.stringify(one.session));
    copy.subscriptions[0].listener = one.listener("m");
    const two = desk([[...opening(true), says(publish(1, 2, "x", { dup: true })), tells(publish(2, 7, "x", { dup: true })), says(id("pubrec", 7)), tells(id("pubrel", 7)), says(id("pubcomp", 7)), endClean()]], {}, copy);
    assert.deepEqual(two.finish(), ["up true", "down mqtt-closed"]);
  });
});

describe("MQTT messages that come in", () => {
  /** A desk whose subscription to a/# the broker has. */
  function listening(rows: Row[][], options: object = {}, filter = "a/#") {
    const session = createSession("thing");
    const one = desk(rows, options, session);
    session.subscriptions = [{ filter, qos: 2, state: 1, listener: one.listener("l") }];
    return one;
  }

  it("MQTT-3.3.4-1 MQTT-4.3.2-2 MQTT-3.3.1-3 QoS 0 is not acknowledged, 1 by PUBACK, and its id may come again", () => {
    const one = listening([[...opening(true), tells(publish(0, 0), publish(1, 7), publish(1, 7, "y", { dup: true })), says(id("puback", 7)), says(id("puback", 7)), endClean()]]);
    assert.deepEqual(one.finish(), ["up true", "l a/b x q0", "l a/b x q1", "l a/b y q1 dup", "down mqtt-closed"]);
  });

  it("MQTT-4.3.3-2 QoS 2 is delivered once, acknowledged each time; after PUBREL its id is free", () => {
    const one = listening([
      [...opening(true), tells(publish(2, 7)), says(id("pubrec", 7)), tells(publish(2, 7, "x", { dup: true })), says(id("pubrec", 7)), breakOff()],
      [...opening(true), tells(publish(2, 7, "x", { dup: true })), says(id("pubrec", 7)), tells(id("pubrel", 7)), says(id("pubcomp", 7)), tells(id("pubrel", 7)), says(id("pubcomp", 7)), tells(publish(2, 7, "y")), says(id("pubrec", 7)), endClean()],
    ]);
    one.host.time.settle();
    one.connect();
    assert.deepEqual(one.finish().filter((line) => line.startsWith("l")), ["l a/b x q2", "l a/b y q2"]);
    assert.deepEqual(one.session.incoming, [7]);
  });

  it("a session that the broker has lost makes the ids of QoS 2 free", () => {
    const one = listening([[...opening(true), tells(publish(2, 7)), says(id("pubrec", 7)), breakOff()], [...opening(false), says(subscribe(1, { "a/#": 2 })), tells(suback(1, 2), publish(2, 7, "new")), says(id("pubrec", 7)), endClean()]]);
    one.host.time.settle();
    one.connect();
    assert.deepEqual(one.finish().filter((line) => line.startsWith("l")), ["l a/b x q2", "l a/b new q2"]);
  });

  it("MQTT-4.6.0-2 MQTT-4.6.0-3 acknowledgements go in the order of the messages", () => {
    const one = listening([[...opening(true), tells(publish(2, 3), publish(1, 9), publish(2, 1), publish(1, 2)), says(id("pubrec", 3)), says(id("puback", 9)), says(id("pubrec", 1)), says(id("puback", 2)), endClean()]]);
    one.finish();
  });

  it("MQTT-3.3.1-8 MQTT-3.3.1-9 retained or live is told", () => {
    const one = listening([[...opening(true), tells(publish(0, 0, "x", { retain: true }), publish(0, 0)), wait(1), endClean()]]);
    assert.deepEqual(one.finish().slice(1, 3), ["l a/b x q0 retained", "l a/b x q0"]);
  });

  it("MQTT-3.3.2-3 MQTT-4.7.2-1 MQTT-4.7.3-4 MQTT-4.7.1-2 MQTT-4.7.1-3 every listener whose filter matches gets it, no other", () => {
    const one = desk([[...opening(true), tells(publish(0, 0), publish(0, 0, "s", { topic: "$SYS/b" })), wait(1), endClean()]]);
    one.session.subscriptions = ["a/+", "#", "a/b", "+/b", "A/b", "a", "$SYS/#"].map((filter) => ({ filter, qos: 0, state: 1, listener: one.listener(filter) }));
    assert.deepEqual(one.finish().slice(1, -1), ["a/+ a/b x q0", "# a/b x q0", "a/b a/b x q0", "+/b a/b x q0", "$SYS/# $SYS/b s q0"]);
  });

  it("MQTT-4.5.0-2 it is acknowledged whatever becomes of it: no listener, one that throws", () => {
    const one = listening([[...opening(true), tells(publish(1, 7, "x", { topic: "other" }), publish(1, 8), publish(1, 9)), says(id("puback", 7)), says(id("puback", 8)), says(id("puback", 9)), endClean()]]);
    let calls = 0;
    one.session.subscriptions.unshift({ filter: "a/b", qos: 1, state: 1, listener: () => { calls++; throw new Error("a listener's own"); } });
    assert.throws(() => one.host.time.settle(), /a listener's own/);
    assert.throws(() => one.host.time.settle(), /a listener's own/);
    assert.equal(calls, 2);
    assert.deepEqual(one.finish(), ["up true", "l a/b x q1", "l a/b x q1", "down mqtt-closed"]);
  });

  it("a listener may publish, subscribe and unsubscribe", () => {
    const one = desk([[...opening(true), tells(publish(1, 7), publish(1, 8)), says(id("puback", 7)), says(id("puback", 8)), says(subscribe(1, { "c": 0 })), says(publish(0, 0, "y")), tells(suback(1, 0)), says(unsubscribe(2, "a/b")), endClean()]]);
    one.session.subscriptions = [{
      filter: "a/b", qos: 1, state: 1, listener: () => {
        one.link.publish({ topic: "a/b", payload: "y" });
        one.link.subscribe("c", 0, one.listener("c"));
        one.link.unsubscribe("a/b");
      },
    }];
    one.finish();
  });

  it("a long payload comes in pieces, is acknowledged after the last, and begins again after a loss", () => {
    const payload = Array.from({ length: 131072 }, (_, n) => String.fromCharCode(n % 251)).join("");
    const packet = theirs(publish(2, 7, undefined, { payload: Buffer.from(payload, "latin1") }));
    const got: string[] = [];
    let longest = 0;
    const session = createSession("thing");
    const one = desk([[...opening(true), send(packet.slice(0, 50000), 536), breakOff()], [...opening(true), send(packet, 536), says(id("pubrec", 7)), endClean()]], {}, session);
    session.subscriptions = [{
      filter: "a/+", qos: 2, state: 1, listener: (_topic, piece, { offset, total }) => {
        assert.equal(total, payload.length);
        if (offset === 0) got.length = 0;
        assert.equal(offset, got.join("").length);
        got.push(piece);
        longest = Math.max(longest, piece.length);
      },
    }];
    one.host.time.settle();
    assert.equal(session.incoming, undefined);
    one.connect();
    assert.deepEqual(one.finish(), ["up true", "down connection-lost", "up true", "down mqtt-closed"]);
    assert.ok(got.join("") === payload && longest <= 536);
    assert.deepEqual(session.incoming, [7]);
  });

  it("`whole` says what comes in one", () => {
    for (const [whole, line] of [[1000, "l a/b 1000 q0"], [999, "l a/b 500 q0 500/1000"]] as const) {
      const packet = theirs(publish(0, 0, "x".repeat(1000)));
      const one = listening([[...opening(true), send(packet, [packet.length - 500]), wait(1), endClean()]], { whole });
      assert.equal(one.finish().at(-2), line);
    }
  });

  it("MQTT-4.8.0-2 reading that was interrupted ends the connection", () => {
    const one = listening([[...opening(true), tells(publish(1, 7)), wait(5), tells(publish(1, 8)), ended()]]);
    // The interpreter drops what runs when memory is out: nothing after it is executed.
    one.session.subscriptions[0]!.listener = () => void ((one.link as any).isReading = true);
    // So the mark that something is being read stays.
    Object.defineProperty(one.link, "isReading", { get: () => reading, set: (on) => (reading ||= on && one.log.length > 0), configurable: true });
    let reading = false;
    one.host.time.settle();
    assert.deepEqual(one.log, ["up true", "down memory"]);
  });
});

describe("MQTT subscriptions", () => {
  it("MQTT-3.8.4-1 MQTT-3.8.4-2 MQTT-2.3.1-7 MQTT-3.8.1-1 the answer with the request's id counts, no other", () => {
    const one = desk([[...opening(), says(subscribe(1, { "a/+": 1 })), tells(suback(9, 0, 0), id("unsuback", 9)), wait(10), tells(suback(1, 1)), wait(1), endClean()]]);
    one.link.subscribe("a/+", 1, one.listener("l"), one.done("s"));
    one.host.time.pass(5);
    assert.deepEqual(one.log, ["up false"]);
    assert.deepEqual(one.finish(), ["up false", "s done 1", "down mqtt-closed"]);
  });

  it("MQTT-3.9.3-1 MQTT-3.8.4-5 MQTT-3.8.4-6 MQTT-3.9.3-2 one code for each filter, in their order, lower or a refusal", () => {
    const one = desk([[...opening(), says(subscribe(1, { a: 2, b: 2, c: 1, d: 0 })), tells(suback(1, 1, 0, 128, 0)), wait(1), endClean()]]);
    for (const [filter, qos] of [["a", 2], ["b", 2], ["c", 1], ["d", 0]] as const) one.link.subscribe(filter, qos, one.listener(filter), one.done(filter));
    assert.deepEqual(one.finish(), ["up false", "a done 1", "b done 0", "c failed mqtt-refused 128", "d done 0", "down mqtt-closed"]);
    assert.match(one.failures[0]!.hint, /topicfilter\/c/);
    assert.deepEqual(one.session.subscriptions.map(({ filter }) => filter), ["a", "b", "d"]);
  });

  for (const [name, answer] of [["MQTT-3.9.3-2 a code that does not exist", "90030001" + "03"], ["too many codes", "900400010000"], ["an UNSUBACK", "b0020001"]] as const) {
    it(name + " is against the rules", () => {
      const one = desk([[...opening(), says(subscribe(1, { a: 0 })), send(fromHex(answer)), ended()]]);
      one.link.subscribe("a", 0, one.listener("l"), one.done("s"));
      assert.deepEqual(one.finish(), ["up false", "down mqtt-protocol"]);
      assert.equal(one.session.subscriptions.length, 1);
    });
  }

  it("AWS: eight filters at most go in one SUBSCRIBE, and MQTT-3.8.3-3 never none", () => {
    const filters = Array.from({ length: 11 }, (_, n) => "t" + n);
    const some = (from: number, to: number) => Object.fromEntries(filters.slice(from, to).map((filter) => [filter, 1]));
    const one = desk([[...opening(), says(subscribe(1, some(0, 8))), wait(100), silent(), tells(suback(1, ...Array(8).fill(1))), says(subscribe(2, some(8, 11))), tells(suback(2, 1, 1, 1)), wait(1), silent(), endClean()]]);
    for (const filter of filters) one.link.subscribe(filter, 1, one.listener("l"), one.done("s"));
    assert.equal(one.finish().filter((line) => line === "s done 1").length, 11);
  });

  it("MQTT-3.10.1-1 MQTT-3.10.4-5 MQTT-3.10.3-2 MQTT-3.10.4-1 unsubscribe ends the listener at once, and is said also if nothing is known of it", () => {
    const one = desk([[...opening(), says(subscribe(1, { "a/#": 1 })), tells(suback(1, 1)), wait(10), says(unsubscribe(2, "a/#", "x")), tells(publish(2, 7)), says(id("pubrec", 7)), tells(id("unsuback", 2), id("pubrel", 7)), says(id("pubcomp", 7)), endClean()]]);
    one.link.subscribe("a/#", 1, one.listener("l"), one.done("s"));
    one.host.time.pass(5);
    one.session.nextId = 2;
    const { wake } = one.link;
    one.link.wake = () => {};
    one.link.unsubscribe("a/#", one.done("u"));
    one.link.wake = wake;
    one.link.unsubscribe("x", one.done("x"));
    assert.deepEqual(one.finish(), ["up false", "s done 1", "u done", "x done", "down mqtt-closed"]);
  });

  it("MQTT-3.10.4-3 what is under way when a subscription ends is completed", () => {
    const one = desk([[...opening(true), tells(publish(2, 7)), says(id("pubrec", 7)), says(unsubscribe(1, "a/b")), tells(id("unsuback", 1), id("pubrel", 7)), says(id("pubcomp", 7)), endClean()]]);
    one.session.subscriptions = [{ filter: "a/b", qos: 2, state: 1, listener: () => one.link.unsubscribe("a/b") }];
    one.finish();
    assert.deepEqual([one.session.incoming, one.session.subscriptions], [[], []]);
  });

  it("MQTT-3.8.4-3 the same filter again replaces its listener", () => {
    const one = desk([[...opening(), says(subscribe(1, { "a/b": 0 })), tells(suback(1, 0), publish(0, 0)), says(subscribe(2, { "a/b": 1 })), tells(suback(2, 1), publish(0, 0, "r", { retain: true })), wait(1), endClean()]]);
    one.link.subscribe("a/b", 0, one.listener("old"), (_failed, granted) => {
      one.log.push("first " + granted);
      setImmediate(() => {});
    });
    while (!one.log.includes("old a/b x q0")) one.host.time.pass(1);
    one.link.subscribe("a/b", 1, one.listener("new"), one.done("second"));
    assert.deepEqual(one.finish(), ["up false", "first 0", "old a/b x q0", "second done 1", "new a/b r q0 retained", "down mqtt-closed"]);
  });

  it("who is overtaken by another call for the same filter is told", () => {
    const one = desk([[...opening(), says(subscribe(1, { a: 1 })), tells(suback(1, 1)), wait(1), endClean()]]);
    one.link.subscribe("a", 0, one.listener("old"), one.done("first"));
    one.link.subscribe("a", 1, one.listener("new"), one.done("second"));
    assert.deepEqual(one.finish(), ["first failed busy", "up false", "second done 1", "down mqtt-closed"]);
  });

  it("a subscription given up while it is asked for is taken back", () => {
    const one = desk([[...opening(), says(subscribe(1, { a: 1 })), wait(10), tells(suback(1, 1)), says(unsubscribe(2, "a")), tells(id("unsuback", 2)), wait(1), endClean()]]);
    one.link.subscribe("a", 1, one.listener("l"), one.done("s"));
    one.host.time.pass(5);
    one.link.unsubscribe("a", one.done("u"));
    assert.deepEqual(one.finish(), ["up false", "s done 1", "u done", "down mqtt-closed"]);
    assert.deepEqual(one.session.subscriptions, []);
  });

  const wrong: [string, string, number][] = [
    ["MQTT-4.7.1-2 # in the middle", "a/#/b", 0], ["MQTT-4.7.1-3 + in a level", "a+", 0], ["MQTT-4.7.3-1 nothing", "", 0], ["MQTT-3.8.3-1 MQTT-3.10.3-1 U+0000", "a\0", 0], ["AWS: 8 slashes", "a/b/c/d/e/f/g/h/#", 0],
    ["AWS: 257 bytes", "x".repeat(257), 0], ["MQTT-3.8.3-4 QoS 3", "a", 3],
  ];
  for (const [name, filter, qos] of wrong) {
    it("refuses " + name, () => {
      const one = desk([[...opening(), wait(10), silent(), endClean()]]);
      one.link.subscribe(filter, qos, one.listener("l"), one.done("s"));
      if (qos < 3) one.link.unsubscribe(filter, one.done("u"));
      assert.deepEqual(one.finish().slice(0, qos < 3 ? 2 : 1), qos < 3 ? ["s failed argument", "u failed argument"] : ["s failed argument"]);
    });
  }

  it("AWS: fifty subscriptions, no more", () => {
    const one = desk([[says(CONNECT), endClean()]]);
    for (let n = 0; n < 51; n++) one.link.subscribe("t" + n, 0, one.listener("l"), n > 49 ? one.done("s" + n) : undefined);
    assert.deepEqual(one.finish(), ["s50 failed argument", "down mqtt-closed"]);
  });
});

describe("MQTT in any slices", () => {
  for (const size of [1, 2, 3, 7]) {
    it(`a whole conversation in slices of ${size}, and with answers before the drain`, () => {
      for (const answerFirst of [false, true]) {
        const long = "y".repeat(500);
        const one = desk([[
          says(CONNECT), send(theirs(connack()), size), says(subscribe(1, { "a/#": 2 })), says(publish(2, 2)), send(theirs(suback(1, 2)) + theirs(id("pubrec", 2)) + theirs(publish(2, 7, long)), size),
          expect((bytes) => (bytes.length >= 8 ? 8 : undefined)), send(theirs(id("pubcomp", 2)) + theirs(id("pubrel", 7)), size), says(id("pubcomp", 7)), wait(1), endClean(),
        ]], {}, undefined, answerFirst);
        one.link.subscribe("a/#", 2, one.listener("l"), one.done("s"));
        one.link.publish({ topic: "a/b", payload: "x", qos: 2 }, one.done("p"));
        assert.deepEqual(one.finish(), ["up false", "s done 2", "l a/b 500 q2", "p done", "down mqtt-closed"]);
      }
    });
  }
});
