// The queue in flash: its records, its bounds, what a power cut and strange records do to it.
import assert from "node:assert/strict";
import { enqueue, MOST_BYTES, MOST_MESSAGES, noteId, type Queued, queuedNames, readQueued, sendNext } from "../../src/iot/queue";
import { queuedSome } from "../../src/iot/queued";
import type { IotState } from "../../src/iot/state";
import { AGAIN, createSession, NEW } from "../../src/mqtt/session";
import { Chance } from "../host/chance";
import { FlashRecords, PowerCut } from "../host/flash";
import { createHost } from "../host/host";

/** A queue in memory that tells what it holds. */
function queue() {
  const records = new FlashRecords();
  const { flash } = records;
  return {
    records, flash,
    put: (payload: string, topic = "a/b", qos = 1, retain = false) => enqueue(flash, topic, payload, qos, retain),
    payloads: () => queuedNames(flash).map((name) => readQueued(flash, name)?.payload),
    first: (): Queued => readQueued(flash, queuedNames(flash)[0]!)!,
  };
}

/** State of a link that is up, and what it was given to send. */
function linkUp(records = new FlashRecords()) {
  const platform = { ...createHost().platform, flash: records.flash };
  const session = createSession("thing");
  session.nextId = 7;
  let woken = 0;
  const state = { session, phase: "up", sending: false, link: { wake: () => void woken++ } } as unknown as IotState;
  return { platform, session, state, records, woken: () => woken, send: () => sendNext(platform, state) };
}

const everyByte = String.fromCharCode(...Array.from({ length: 256 }, (_, byte) => byte));

describe("the queue of messages in flash", () => {
  it("gives back every message as it was: any bytes, both QoS, retained or not, empty", () => {
    for (const [topic, payload, qos, retain] of [
      ["a", "", 1, false], ["a/b c", everyByte, 1, true], ["$aws/things/t/shadow/update", "{}", 2, false], ["b\xc3\xbcro", "\n \n 12", 2, true], ["a", "1r0 b\nc", 1, false],
    ] as const) {
      const one = queue();
      assert.ok(one.put(payload, topic, qos, retain));
      assert.deepEqual(one.first(), { name: "q.000001", topic, payload, qos, retain, id: 0 });
    }
  });

  it("keeps a topic with a line break apart from its payload", () => {
    const one = queue();
    one.put("payload", "a\nb");
    assert.deepEqual([one.first().topic, one.first().payload], ["a\nb", "payload"]);
  });

  it("is in the order in which it was filled, whatever order flash lists", () => {
    const one = queue();
    for (let n = 1; n <= 12; n++) one.put(String(n));
    const { list } = one.flash;
    one.flash.list = (prefix) => list(prefix).reverse();
    assert.deepEqual(one.payloads(), Array.from({ length: 12 }, (_, n) => String(n + 1)));
  });

  it("goes on counting after its last record, and begins anew when it is empty", () => {
    const one = queue();
    for (const payload of "abc") one.put(payload);
    one.flash.erase("q.000001");
    one.put("d");
    assert.deepEqual(queuedNames(one.flash), ["q.000002", "q.000003", "q.000004"]);
    for (const name of queuedNames(one.flash)) one.flash.erase(name);
    assert.ok(!queuedSome(one.flash));
    one.put("e");
    assert.deepEqual(queuedNames(one.flash), ["q.000001"]);
    assert.ok(queuedSome(one.flash));
  });

  it("loses nothing and keeps its order when its numbers end", () => {
    const one = queue();
    one.put("old");
    one.records.records.set("q.999999", one.records.records.get("q.000001")!);
    one.flash.erase("q.000001");
    for (const payload of ["new", "newer"]) one.put(payload);
    assert.deepEqual(one.payloads(), ["old", "new", "newer"]);
  });

  it(`takes ${MOST_MESSAGES} messages and refuses the next, until one is gone`, () => {
    const one = queue();
    for (let n = 0; n < MOST_MESSAGES; n++) assert.ok(one.put(String(n)));
    const before = new Map(one.records.records);
    assert.ok(!one.put("one more"));
    assert.deepEqual(one.records.records, before);
    one.flash.erase("q.000001");
    assert.ok(one.put("one more"));
    assert.equal(one.payloads().at(-1), "one more");
  });

  it(`takes ${MOST_BYTES} bytes of topic and payload, not one more`, () => {
    const one = queue();
    assert.ok(one.put("x".repeat(MOST_BYTES - 3)));
    assert.ok(!one.put("x".repeat(MOST_BYTES - 2)));
    assert.equal(one.payloads().length, 1);
  });

  it("refuses what flash has no room for, and leaves nothing of it", () => {
    const one = queue();
    one.put("kept");
    one.records.capacity = 60;
    assert.ok(!one.put("y".repeat(100)));
    assert.deepEqual(one.payloads(), ["kept"]);
  });

  it("survives a power cut at every byte of a record: the new one is whole or gone, the old ones stand", () => {
    const length = "1-0 a/b\nsecond".length;
    for (let bytes = 0; bytes <= length; bytes++) {
      const one = queue();
      one.put("first");
      one.records.cutPower(1, bytes);
      assert.throws(() => one.put("second"), PowerCut);
      const [first, second] = one.payloads();
      assert.equal(first, "first");
      // Its caller was told nothing: whole or nothing are both right, a part of it is not.
      assert.ok(second === undefined || second === "second", `after ${bytes} bytes ${JSON.stringify(second)} was taken for a message`);
      assert.ok(one.put("third"));
      assert.equal(one.payloads().at(-1), "third");
    }
  });

  it("survives a power cut while a packet id is noted: the message stands", () => {
    const length = "1-12345 a/b\nmessage".length;
    for (let bytes = 0; bytes <= length; bytes++) {
      const one = queue();
      one.put("message");
      one.records.cutPower(1, bytes);
      assert.throws(() => noteId(one.flash, one.first(), 12345), PowerCut);
      assert.deepEqual(one.payloads(), ["message"], `it was acknowledged to the caller, and a cut after ${bytes} bytes loses it`);
    }
  });

  it("erases what is no record of its own, and goes on with the next", () => {
    const chance = new Chance(3);
    const garbage = ["", "1", "1-0", "1-0 a", "1-0\na", "3-0 a\nb", "0-0 a\nb", "1x0 a\nb", "1-x a\nb", "1-  \n", " 1-0 a\nb", "\n1-0 a", "\xff".repeat(20), everyByte, ...chance.some(200, 200, () => chance.bytes(chance.below(40)))];
    for (const text of garbage) {
      const up = linkUp();
      if (text) up.records.records.set("q.000001", text);
      enqueue(up.records.flash, "a/b", "good", 1, false);
      up.send();
      assert.equal(up.session.outgoing[0]?.payload, "good", JSON.stringify(text));
      assert.equal(up.records.records.size, 1);
    }
  });

  it("loses nothing to a record whose name is no number", () => {
    const one = queue();
    one.records.records.set("q.notes", "mine");
    for (const payload of ["first", "second"]) assert.ok(one.put(payload));
    assert.deepEqual(one.payloads().filter((payload) => payload !== undefined), ["first", "second"]);
  });
});

describe("sending from the queue", () => {
  it("is one at a time; each leaves flash when it is acknowledged, and the next follows", () => {
    const up = linkUp();
    for (const payload of "abc") enqueue(up.records.flash, "a/b", payload, 1, false);
    up.send();
    up.send();
    const sent: string[] = [];
    while (up.session.outgoing.length) {
      assert.equal(up.session.outgoing.length, 1);
      const message = up.session.outgoing.pop()!;
      sent.push(message.payload);
      assert.equal(up.records.records.size, 4 - sent.length);
      message.done!(undefined);
    }
    assert.deepEqual(sent, ["a", "b", "c"]);
    assert.equal(up.records.records.size, 0);
    assert.equal(up.state.sending, false);
    assert.equal(up.woken(), 3);
  });

  it("notes the packet id before it goes out; after a reset it goes with that id and DUP", () => {
    const up = linkUp();
    enqueue(up.records.flash, "a/b", "x", 1, true);
    up.send();
    const { id, stage, retain } = up.session.outgoing[0]!;
    assert.deepEqual([id, stage, retain], [7, NEW, true]);
    const booted = linkUp(up.records);
    booted.session.nextId = 100;
    booted.send();
    assert.deepEqual([booted.session.outgoing[0]!.id, booted.session.outgoing[0]!.stage], [7, AGAIN]);
  });

  it("does nothing without a link, and nothing when it is empty", () => {
    const up = linkUp();
    up.send();
    for (const phase of ["off", "connecting", "waiting", "paused"] as const) {
      enqueue(up.records.flash, "a/b", "x", 1, false);
      up.state.phase = phase;
      up.send();
    }
    assert.deepEqual([up.session.outgoing.length, up.woken(), up.state.sending], [0, 0, false]);
  });

  it("takes no packet id that another message has", () => {
    const up = linkUp();
    for (const id of [7, 8, 9]) up.session.outgoing.push({ id, qos: 1, topic: "t", payload: "", retain: false, stage: NEW });
    enqueue(up.records.flash, "a/b", "x", 1, false);
    up.send();
    assert.equal(up.session.outgoing.at(-1)!.id, 10);
  });

  it("gives the id of an earlier life to nobody else, and takes another if it is taken", () => {
    const up = linkUp();
    enqueue(up.records.flash, "a/b", "x", 1, false);
    noteId(up.records.flash, readQueued(up.records.flash, "q.000001")!, 7);
    up.session.outgoing.push({ id: 7, qos: 1, topic: "t", payload: "", retain: false, stage: NEW });
    up.send();
    assert.equal(new Set(up.session.outgoing.map(({ id }) => id)).size, 2, "two messages under one packet id");
  });
});
