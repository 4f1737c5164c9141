// The link to AWS IoT that is kept: its phases, its waits, how it gives way, and what ends it.
import assert from "node:assert/strict";
import { publish as ask } from "../../src/mqtt/ask";
import { enqueue } from "../../src/iot/queue";
import { breakOff, ended, endClean, expect, refused, silentHandshake, wait } from "../host/script";
import { connack, CONNECT, DISCONNECT, id, publish, says, tells } from "../mqtt/desk";
import { theirs } from "../mqtt/packets";
import { keeper, left, lost, NEVER, taken } from "./keeper";

const finish = (one: ReturnType<typeof keeper>) => {
  one.stop();
  one.pass(10_000);
  assert.equal(one.now(), "off");
  assert.equal(one.log.at(-1), "stop");
  one.host.verify();
};

describe("the link to AWS IoT", () => {
  it("goes from off by connecting to up, tells who waits, and holds only its own modules", () => {
    const one = keeper(left(true));
    one.handshake = 100;
    assert.equal(one.now(), "off");
    one.start();
    one.start();
    assert.deepEqual([one.now(), one.log], ["connecting", []]);
    one.pass(50);
    assert.equal(one.now(), "connecting idial");
    one.pass(100);
    assert.equal(one.now(), "up mqtt");
    assert.deepEqual(one.log, ["connect true 0.1", "connect true 0.1"]);
    assert.equal(one.state.connects, 1);
    one.start();
    assert.equal(one.log.length, 3);
    finish(one);
  });

  it("waits after a loss, and connects again by itself; who asked first was told once", () => {
    const one = keeper(lost(5000), left(true));
    one.start();
    one.pass(5100);
    assert.equal(one.now(), "waiting");
    assert.match(one.state.lost!, /^connection-lost: /);
    assert.match(one.host.printed.at(-2)!, /^MQTT: .*; next try in [1-3] s$/);
    one.pass(3100);
    assert.equal(one.now(), "up mqtt");
    assert.deepEqual(one.log, ["connect false 0"]);
    assert.equal(one.state.connects, 2);
    finish(one);
  });

  it("tells who waits of the first failure, and goes on trying", () => {
    const one = keeper(NEVER, NEVER, left());
    one.start();
    one.pass(100);
    assert.deepEqual([one.now(), one.log], ["waiting", ["connect connect"]]);
    one.pass(20_000);
    assert.equal(one.now(), "up mqtt");
    finish(one);
  });

  it("what no connection acknowledges makes no storm: the waits grow, and the message fails", () => {
    const mute = (n: number) => [...taken(n > 0), says(publish(1, 1, "x", { dup: n > 0 })), ended()];
    const one = keeper(mute(0), mute(1), mute(2), left(true));
    one.start();
    one.pass(10);
    ask(one.state.session, one.state.link!, { topic: "a/b", payload: "x", qos: 1 }, (failed) => void one.log.push("publish " + failed!.code));
    one.pass(110_000);
    assert.equal(one.now(), "up mqtt");
    assert.deepEqual(one.log, ["connect false 0", "publish timeout"]);
    assert.equal(one.state.tries, 3);
    finish(one);
  });

  it("a message of the queue that no connection acknowledges lets the next pass, and stays in flash: the next connection that is asked for takes it again", () => {
    const mute = (n: number) => [...taken(n > 0), says(publish(1, 1, "1", { dup: n > 0 })), ended()];
    const one = keeper(mute(0), mute(1), mute(2), [...taken(true), says(publish(1, 2, "2")), tells(id("puback", 2)), expect(theirs(DISCONNECT)), endClean()],
      [...taken(true), says(publish(1, 1, "1", { dup: true })), tells(id("puback", 1)), expect(theirs(DISCONNECT)), endClean()]);
    for (const payload of "12") enqueue(one.host.platform.flash, "a/b", payload, 1, false);
    one.start();
    one.pass(110_000);
    assert.ok(one.host.printed.some((line) => /the message to a\/b stays in flash: .*did not acknowledge/.test(line)), one.host.printed.join("\n"));
    assert.deepEqual(one.host.platform.flash.list("q."), ["q.000001i"]);
    one.stop();
    one.pass(100);
    one.start();
    one.pass(1000);
    assert.deepEqual(one.host.platform.flash.list("q."), []);
    finish(one);
  });

  it("without a network tries again like after any loss", () => {
    const one = keeper(left());
    one.host.network.failed = { code: "wifi", message: "no network", hint: "x" };
    one.start();
    one.pass(500);
    assert.deepEqual([one.now(), one.log, one.state.lost], ["waiting", ["connect wifi"], "wifi: no network"]);
    one.host.network.failed = undefined;
    one.pass(4000);
    assert.equal(one.now(), "up mqtt");
    finish(one);
  });

  it("without its module in flash fails, tries again and loses no memory", () => {
    const one = keeper();
    one.host.modules.missing.add("idial");
    one.start();
    one.pass(500);
    assert.deepEqual([one.now(), one.log], ["waiting", ["connect storage"]]);
    finish(one);
  });

  it("whose client finds no memory beside TLS says so", () => {
    const one = keeper([says(CONNECT), ended()]);
    one.host.modules.missing.add("mqtt");
    one.start();
    one.pass(500);
    assert.deepEqual([one.now(), one.log], ["waiting", ["connect memory"]]);
    finish(one);
  });

  it("does not try again when what it has to say is wrong", () => {
    const one = keeper();
    one.state.session.clientId = "x".repeat(129);
    one.start();
    one.pass(500);
    assert.deepEqual([one.now(), one.log], ["off", ["connect argument"]]);
    one.host.verify();
  });

  it("gives each way to fail its reason", () => {
    for (const [rows, reason] of [
      [[refused("dns")], /^dns: /], [[refused("handshake")], /^handshake: /], [[refused("certificate")], /^certificate: /], [[silentHandshake()], /^timeout: /],
      ...[1, 2, 3, 4, 5, 7].map((code) => [[says(CONNECT), tells(connack(false, code)), ended()], new RegExp(`^mqtt-refused: .*: ${code} `)]),
      [[says(CONNECT), endClean()], /^mqtt-closed: .* without an answer to CONNECT/], [[says(CONNECT), breakOff()], /^mqtt-closed: .* without an answer to CONNECT/],
      [[says(CONNECT), ended()], /^timeout: .* CONNECT within 20 s/], [[...taken(), endClean()], /^mqtt-closed: The broker closed the connection$/],
      [[...taken(), breakOff()], /^connection-lost: /], [[...taken(), tells(connack()), ended()], /^mqtt-protocol: /],
    ] as [any[], RegExp][]) {
      const one = keeper(rows);
      one.start();
      for (let tick = 0; tick < 700 && one.state.phase !== "waiting"; tick++) one.pass(100);
      assert.match(one.state.lost!, reason);
      finish(one);
    }
  });
});

describe("the waits of the link", () => {
  it("are a second and a random part of a ceiling that doubles from 2 s to 120 s", () => {
    const highest: number[] = [];
    for (let seed = 1; seed <= 60; seed++) {
      const one = keeper(...Array.from({ length: 10 }, () => NEVER));
      for (let skip = 0; skip < seed * 7; skip++) one.host.chance.fraction();
      one.start();
      while (one.tries.length < 10) one.pass(1000);
      one.waits().forEach((wait, index) => {
        const ceiling = 1000 + Math.min(120_000, 2000 * 2 ** index);
        assert.ok(wait >= 1000 && wait < ceiling, `wait ${index} is ${wait}`);
        highest[index] = Math.max(highest[index] ?? 0, wait / ceiling);
      });
      finish(one);
    }
    // Full jitter: the waits fill the room below the ceiling.
    assert.ok(highest.every((part) => part > 0.9), String(highest));
  });

  it("are never a storm: 100 losses in a row take more than an hour, and none follows in less than a second", () => {
    for (const way of [NEVER, lost(0), lost(29_000)]) {
      const one = keeper(...Array.from({ length: 101 }, () => way));
      one.start();
      while (one.tries.length < 101) one.pass(500);
      const waits = one.waits();
      assert.ok(Math.min(...waits) >= 1000, String(Math.min(...waits)));
      assert.ok(waits.reduce((sum, wait) => sum + wait, 0) > 3_600_000);
      one.pass(30_000);
      finish(one);
    }
  });

  for (const [lived, anew] of [[29_900, false], [30_100, true]] as const) {
    it(`${anew ? "begin anew" : "go on growing"} after a connection of ${lived / 1000} s`, () => {
      const one = keeper(...Array.from({ length: 6 }, () => NEVER), lost(lived), NEVER);
      one.start();
      while (one.tries.length < 7) one.pass(1000);
      while (one.state.phase !== "waiting" || one.state.connects < 1) one.pass(1000);
      assert.equal(one.state.tries, anew ? 1 : 7);
      while (one.tries.length < 8) one.pass(1000);
      if (anew) assert.ok(one.waits()[6]! < 3000);
      one.pass(10);
      finish(one);
    });
  }

  it("keep a second between two CONNECTs also where transfers follow one another: AWS IoT takes no more of one client id", () => {
    const one = keeper(...Array.from({ length: 10 }, () => left(true)));
    one.start();
    one.pass(100);
    for (let n = 0; n < 9; n++) {
      one.pause();
      one.pass(300);
      one.wake();
      one.pass(100);
    }
    const apart = one.tries.slice(1).map((at, index) => at - one.tries[index]!);
    assert.ok(Math.min(...apart) >= 1000, String(apart));
  });

  it("do not count a connection that was given up for a transfer as a loss", () => {
    const one = keeper(left(), left(true));
    one.start();
    one.pass(100);
    one.pause();
    one.pass(100);
    assert.deepEqual([one.now(), one.state.tries, one.state.lost], ["paused", 0, undefined]);
    one.wake();
    one.pass(1000);
    assert.equal(one.now(), "up mqtt");
    finish(one);
  });

  it("are kept by transfers: ten short ones in a row do not make a broker in trouble hear ten CONNECTs at once", () => {
    const one = keeper(...Array.from({ length: 12 }, () => NEVER));
    one.start();
    one.pass(10);
    for (let n = 0; n < 10; n++) {
      one.pause();
      one.pass(50);
      one.wake();
      one.pass(50);
    }
    assert.ok(one.tries.length <= 3, `${one.tries.length} tries within ${one.host.time.elapsed} ms`);
  });
});

describe("device.disconnect in every phase of the link", () => {
  it("off, waiting and paused: at once", () => {
    for (const [phase, reach] of [["off", () => {}], ["waiting", (one: any) => (one.start(), one.pass(100))], ["paused", (one: any) => one.start(true)]] as const) {
      const one = keeper(...(phase === "waiting" ? [NEVER] : []));
      reach(one);
      assert.equal(one.state.phase, phase);
      one.stop();
      assert.equal(one.log.at(-1), "stop");
      one.wake();
      one.pass(300_000);
      assert.equal(one.now(), "off");
      one.host.verify();
    }
  });

  it("up: DISCONNECT is said, so that the broker sends no will", () => {
    const one = keeper(left());
    one.start();
    one.pass(100);
    one.stop();
    assert.equal(one.log.at(-1), "connect false 0");
    finish(one);
  });

  it("up with a message on its way: its promise fails, and the session keeps it", () => {
    const one = keeper([...taken(), says(publish(1, 1)), expect(theirs(DISCONNECT)), endClean()], [...taken(true), says(publish(1, 1, "x", { dup: true })), tells(id("puback", 1)), expect(theirs(DISCONNECT)), endClean()]);
    one.start();
    one.pass(100);
    ask(one.state.session, one.state.link!, { topic: "a/b", payload: "x", qos: 1 }, (failed) => one.log.push("published " + (failed && failed.code)));
    one.pass(100);
    one.stop();
    one.pass(100);
    one.start();
    one.pass(1000);
    assert.deepEqual(one.log, ["connect false 0", "published connection-lost", "stop", "connect true 0"]);
    finish(one);
  });

  for (const [when, passed, rows] of [
    ["while the network comes up", -1, []],
    ["before the socket is opened", 0, [[ended()]]],
    ["in the handshake", 100, [[silentHandshake()]]],
    ["before CONNACK", 100, [[says(CONNECT), ended()]]],
  ] as [string, number, any[][]][]) {
    it(`connecting, ${when}: ends it, within the patience of the handshake, and whoever waits is told`, () => {
      const one = keeper(...rows);
      if (passed < 0) one.host.network.after = 500;
      one.start();
      if (passed > 0) one.pass(passed);
      // The network is up, and the timer that dials has not run.
      if (passed === 0) (one.host.time as any).runNext();
      assert.equal(one.state.phase, "connecting");
      one.stop();
      one.pass(61_000);
      assert.deepEqual([one.now(), one.log], ["off", ["connect mqtt-closed", "stop"]]);
      one.pass(300_000);
      assert.equal(one.now(), "off");
    });
  }

  it("in a handshake that succeeds after it: nothing stays connected", () => {
    const one = keeper([...taken(), expect(theirs(DISCONNECT)), endClean()]);
    one.handshake = 3000;
    one.start();
    one.pass(1000);
    one.stop();
    one.pass(61_000);
    assert.deepEqual([one.now(), one.log], ["off", ["connect mqtt-closed", "stop"]]);
  });

  it("twice, the second before the first is through: both are answered", () => {
    const one = keeper(left());
    one.start();
    one.pass(100);
    one.stop();
    one.stop();
    one.pass(10_000);
    assert.deepEqual(one.log.slice(1), ["stop", "stop"]);
    one.host.verify();
  });

  it("while the link gives way: the transfer begins all the same", () => {
    const one = keeper(left());
    one.start();
    one.pass(100);
    one.pause();
    one.stop();
    one.pass(10_000);
    assert.deepEqual(one.log.slice(1).sort(), ["pause", "stop"]);
    assert.equal(one.now(), "off");
    one.host.verify();
  });

  it("and connect right after it: connected in the end", () => {
    const one = keeper(left(), left(true));
    one.start();
    one.pass(100);
    one.stop();
    one.start();
    one.pass(10_000);
    assert.equal(one.now(), "up mqtt", one.log.join());
    finish(one);
  });
});

describe("a transfer takes the TLS slot", () => {
  it("off: at once, and it stays off", () => {
    const one = keeper();
    one.pause();
    assert.deepEqual(one.log, ["pause"]);
    one.wake();
    one.pass(1000);
    assert.equal(one.now(), "off");
    one.host.verify();
  });

  it("up: after a clean DISCONNECT, and gives it back with the session", () => {
    const one = keeper(left(), left(true));
    one.start();
    one.pass(100);
    one.pause();
    assert.deepEqual(one.log, ["connect false 0"]);
    one.pass(100);
    assert.deepEqual([one.now(), one.log.at(-1)], ["paused", "pause"]);
    one.pass(60_000);
    assert.equal(one.now(), "paused");
    one.wake();
    one.pass(100);
    assert.equal(one.now(), "up mqtt");
    assert.ok(one.state.yielded! >= 0 && one.state.yielded! < 100, String(one.state.yielded));
    finish(one);
  });

  it("waiting: at once, and the wait is over after it", () => {
    const one = keeper(NEVER, left());
    one.start();
    one.pass(100);
    one.pause();
    assert.equal(one.log.at(-1), "pause");
    one.pass(200_000);
    assert.equal(one.tries.length, 1, "a link was opened beside the transfer");
    one.wake();
    one.pass(3000);
    assert.equal(one.now(), "up mqtt");
    finish(one);
  });

  it("connecting: when the connection has come about, so that transfers in a row do not starve it", () => {
    const one = keeper([says(CONNECT), wait(3000), tells(connack()), expect(theirs(DISCONNECT)), endClean()], left(true));
    one.start();
    one.pause();
    one.pass(2900);
    assert.deepEqual(one.log, []);
    one.pass(200);
    assert.deepEqual([one.now(), one.log], ["paused", ["connect false 3", "pause"]]);
    one.wake();
    one.pass(100);
    finish(one);
  });

  it("connecting in vain: when that is over", () => {
    const one = keeper([silentHandshake()]);
    one.start();
    one.pause();
    one.pass(59_000);
    assert.deepEqual(one.log, []);
    one.pass(1200);
    assert.deepEqual([one.now(), one.log], ["paused", ["connect timeout", "pause"]]);
    finish(one);
  });

  it("up with a message on its way: when it is acknowledged", () => {
    const one = keeper([...taken(), says(publish(1, 1)), wait(2000), tells(id("puback", 1)), expect(theirs(DISCONNECT)), endClean()]);
    one.start();
    one.pass(100);
    ask(one.state.session, one.state.link!, { topic: "a/b", payload: "x", qos: 1 }, () => one.log.push("published"));
    one.pause();
    one.pass(1900);
    assert.equal(one.state.phase, "up");
    one.pass(300);
    assert.deepEqual([one.now(), one.log.slice(1)], ["paused", ["published", "pause"]]);
    assert.ok(one.state.yielded! >= 2000 && one.state.yielded! < 2200, String(one.state.yielded));
    finish(one);
  });

  it("up with a message that nobody acknowledges: after 5 s, and it is sent again after the transfer", () => {
    const one = keeper([...taken(), says(publish(1, 1)), expect(theirs(DISCONNECT)), endClean()], [...taken(true), says(publish(1, 1, "x", { dup: true })), tells(id("puback", 1)), expect(theirs(DISCONNECT)), endClean()]);
    one.start();
    one.pass(100);
    ask(one.state.session, one.state.link!, { topic: "a/b", payload: "x", qos: 1 }, () => one.log.push("published"));
    one.pause();
    one.pass(4800);
    assert.equal(one.state.phase, "up");
    one.pass(400);
    assert.equal(one.now(), "paused");
    one.wake();
    one.pass(100);
    assert.deepEqual(one.log.slice(1), ["pause", "published"]);
    finish(one);
  });

  it("from a link that does not answer any more: within the 5 s of a farewell", () => {
    const one = keeper([...taken(), { row: "hold" }, ended()]);
    one.start();
    one.pass(100);
    one.pause();
    one.pass(5200);
    assert.deepEqual([one.now(), one.log.at(-1)], ["paused", "pause"]);
    finish(one);
  });

  it("while it has the slot a connect waits for its end", () => {
    const one = keeper(left());
    one.start(true);
    one.pass(60_000);
    assert.deepEqual([one.now(), one.tries.length], ["paused", 0]);
    one.wake();
    one.pass(100);
    assert.deepEqual([one.now(), one.log], ["up mqtt", ["connect false 0"]]);
    finish(one);
  });

  it("when the link breaks on the way out: all the same, and it comes back", () => {
    const one = keeper([...taken(), { row: "hold" }, wait(1000), breakOff()], left(true));
    one.start();
    one.pass(100);
    one.pause();
    one.pass(1000);
    assert.equal(one.now(), "paused");
    one.wake();
    one.pass(100);
    assert.equal(one.now(), "up mqtt");
    finish(one);
  });

  it("the time until the link is up again is counted from the end of the transfer", () => {
    const one = keeper(left(), [says(CONNECT), wait(700), tells(connack(true)), expect(theirs(DISCONNECT)), endClean()]);
    one.start();
    one.pass(100);
    one.pause();
    one.pass(20_000);
    one.wake();
    one.pass(1000);
    assert.ok(one.state.returned! >= 700 && one.state.returned! < 720, String(one.state.returned));
    finish(one);
  });
});

describe("the link and the queue", () => {
  it("sends what waits in flash when it comes up, in order, one at a time", () => {
    const rows = [1, 2, 3].flatMap((n) => [says(publish(1, n, "m" + n)), wait(50), tells(id("puback", n))]);
    const one = keeper([...taken(), ...rows, expect(theirs(DISCONNECT)), endClean()]);
    for (const payload of ["m1", "m2", "m3"]) enqueue(one.host.flash.flash, "a/b", payload, 1, false);
    one.start();
    one.pass(1000);
    assert.equal(one.host.flash.records.size, 0);
    finish(one);
  });

  it("sends again with DUP and its id what was on its way when the link was lost, once", () => {
    const one = keeper([...taken(), says(publish(1, 1, "m")), breakOff()], [...taken(true), says(publish(1, 1, "m", { dup: true })), wait(50), tells(id("puback", 1)), says(publish(1, 2, "n")), tells(id("puback", 2)), expect(theirs(DISCONNECT)), endClean()]);
    for (const payload of ["m", "n"]) enqueue(one.host.flash.flash, "a/b", payload, 1, false);
    one.start();
    one.pass(5000);
    assert.equal(one.host.flash.records.size, 0);
    finish(one);
  });
});
