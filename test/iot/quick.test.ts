// Messages without a detour: the client takes them itself.
import assert from "node:assert/strict";
import { publish as ask, subscribe as subscribeTo } from "../../src/mqtt/ask";
import type { Failure } from "../../src/flow/failure";
import { breakOff, ended, expect, hold, readAll, wait } from "../host/script";
import { DISCONNECT, id, publish, says, suback, subscribe, tells } from "../mqtt/desk";
import { theirs } from "../mqtt/packets";
import { keeper, left, taken } from "./keeper";

type Keeper = ReturnType<typeof keeper>;

/** A keeper with a link, and the failures that were told. */
function linked(...scripts: Parameters<typeof keeper>) {
  const one = keeper(...scripts);
  const failures: Failure[] = [];
  const teller = {
    run: <T>(_name: string, action: (done: (failed?: Failure, value?: T) => void) => void): Promise<T> => {
      action((failed) => failures.push(failed!));
      return Promise.reject(failures.at(-1)).catch(() => undefined as T);
    },
  };
  one.start();
  one.pass(10);
  const send = (...given: unknown[]) => one.state.link?.quick(teller, given[0], given[1], given[2]);
  return { one, send, failures };
}

const end = (one: Keeper) => {
  one.stop();
  one.pass(10_000);
  one.host.verify();
};
const lines = (one: Keeper) => one.host.printed.filter((line) => line.startsWith("publish "));

describe("messages without a detour", () => {
  it("QoS 0 and 1 go at once, and resolve as the command does", async () => {
    const { one, send } = linked([...taken(), says(publish(0, 0)), says(publish(1, 1)), tells(id("puback", 1)), wait(1), says(publish(1, 2)), tells(id("puback", 2)), wait(1), ...left().slice(2)]);
    for (const [qos, options] of [[0, { qos: 0 }], [1, undefined], [1, { qos: 1 }]] as const) {
      const promise = send("a/b", "x", options);
      one.pass(10);
      assert.deepEqual(await promise, { topic: "a/b", qos, queued: false });
    }
    assert.deepEqual(one.state.session.outgoing, []);
    end(one);
  });

  it("QoS 0 that was cut off is told, and rejects", async () => {
    const { one, send, failures } = linked([...taken(), wait(5), hold(), wait(100), breakOff()], left());
    const zero = send("a/b", "x", { qos: 0 })!;
    const failed = assert.rejects(zero, { code: "connection-lost" });
    one.pass(120);
    await failed;
    assert.deepEqual(failures.map(({ code }) => code), ["connection-lost"]);
    one.pass(10_000);
    end(one);
  });

  it("at most four lines a second: a line tells how many were since the last", () => {
    const { one, send } = linked([...taken(), readAll(), ended()]);
    for (let n = 0; n < 4; n++) {
      send("a/b", "x", { qos: 0 });
      one.pass(2);
    }
    one.pass(250);
    send("a/c", "xy", { qos: 0 });
    one.pass(600);
    send("a/c", "xy", { qos: 0 });
    one.pass(1000);
    assert.deepEqual(lines(one), ["publish a/b: 1 bytes, sent", "publish and 3 more", "publish and 1 more", "publish a/c: 2 bytes, sent"]);
    end(one);
  });

  const unusual: [string, unknown[], ((one: Keeper) => void)?][] = [
    ["a payload that is no text", ["a/b", { x: 1 }]], ["no payload", ["a/b"]], ["a long payload", ["a/b", "x".repeat(513)]],
    ["a wildcard", ["a/#", "x"]], ["no topic", [undefined, "x"]], ["a number for a topic", [5, "x"]], ["an empty topic", ["", "x"]], ["retain", ["a/b", "x", { retain: true }]],
    ["by HTTPS", ["a/b", "x", { https: true }]], ["no option", ["a/b", "x", {}]], ["QoS 2", ["a/b", "x", { qos: 2 }]], ["QoS 3", ["a/b", "x", { qos: 3 }]], ["QoS as a text", ["a/b", "x", { qos: "1" }]], ["QoS true", ["a/b", "x", { qos: true }]],
    ["the link is being closed", ["a/b", "x"], (one) => one.state.link!.turn("mqttend", "leave")],
  ];
  for (const [name, given, before] of unusual) {
    it(`${name} is left to the command`, () => {
      const { one, send } = linked(left());
      before?.(one);
      assert.equal(send(...given), undefined);
      assert.equal(one.state.session.outgoing.length, 0);
      end(one);
    });
  }

  it("what comes while the socket is busy, or four are under way, is left to the command, and nothing overtakes it", () => {
    const { one, send } = linked([...taken(), says(publish(1, 1)), says(publish(1, 2, "y")), ...[3, 4].map((n) => says(publish(1, n))), wait(1), readAll(), ended()]);
    assert.ok(send("a/b", "x"));
    assert.equal(send("a/b", "x"), undefined);
    ask(one.state.session, one.state.link!, { topic: "a/b", payload: "y", qos: 1 });
    assert.equal(send("a/b", "x"), undefined);
    for (let n = 3; n < 5; n++) {
      one.pass(1);
      assert.ok(send("a/b", "x"), String(n));
    }
    one.pass(1);
    assert.equal(send("a/b", "x"), undefined);
    one.state.session.outgoing = [];
    end(one);
  });

  it("nor does one that a listener publishes overtake what it published before", () => {
    const { one, send } = linked([...taken(), says(subscribe(1, { a: 0 })), tells(suback(1, 0), publish(0, 0, "in", { topic: "a" })), says(publish(0, 0, "y")), ...left().slice(2)]);
    subscribeTo(one.state.session, one.state.link!, "a", 0, () => {
      ask(one.state.session, one.state.link!, { topic: "a/b", payload: "y", qos: 0 });
      assert.equal(send("a/b", "x"), undefined);
    });
    one.pass(10);
    end(one);
  });

  it("a message that fails is told, and rejects", async () => {
    const mute = (n: number) => [...taken(n > 0), says(publish(1, 1, "x", { dup: n > 0 })), ended()];
    const { one, send, failures } = linked(mute(0), mute(1), mute(2), left(true));
    const promise = send("a/b", "x")!;
    const failed = assert.rejects(promise, { code: "timeout" });
    one.pass(110_000);
    await failed;
    assert.deepEqual(failures.map(({ code }) => code), ["timeout"]);
    end(one);
  });
});
