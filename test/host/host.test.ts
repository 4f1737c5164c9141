// The rest of the host for tests: virtual time, the card, the flash, datagrams. What it forgave, the tests would not see.
import assert from "node:assert/strict";
import { PowerCut } from "./flash";
import { A_DAY, createHost } from "./host";

describe("virtual time", () => {
  it("runs timers in the order they are due, equal ones in the order they were made", () => {
    const { time } = createHost();
    const ran: string[] = [];
    for (const [name, after] of [["c", 20], ["a", 10], ["b", 10], ["d", 21]] as const) time.timers.after(after, () => ran.push(name));
    time.pass(20);
    assert.deepEqual(ran, ["a", "b", "c"]);
    time.settle();
    assert.deepEqual(ran, ["a", "b", "c", "d"]);
  });

  it("gives ids that are never 0 and forgets a cancelled timer", () => {
    const { time } = createHost();
    const id = time.timers.after(1, () => assert.fail("it was cancelled"));
    assert.notEqual(id, 0);
    assert.equal(time.timers.cancel(id), undefined);
    assert.throws(() => time.timers.cancel(id), /a timer that is over/);
    time.timers.cancel(undefined);
    time.settle();
  });

  it("moves the clock with it and leaves the ticks alone when the clock is set", () => {
    const { time } = createHost({ clockSet: false });
    assert.deepEqual([time.clock.isSet(), time.clock.now()], [false, 0]);
    const ticks = time.clock.ticks();
    time.pass(1500);
    time.clock.set(A_DAY);
    time.pass(500);
    assert.deepEqual([time.clock.isSet(), time.clock.now(), time.clock.ticks() - ticks], [true, A_DAY + 500, 2000]);
  });
});

describe("the card in memory", () => {
  it("takes what fits and says that it was not all", () => {
    const { card } = createHost();
    card.capacity = 10;
    const file = card.files.open("a", "w")!;
    assert.deepEqual([file.write("123456"), file.write("789012"), file.write("x")], [true, false, false]);
    file.close();
    assert.deepEqual([card.bytes("a"), card.files.stat("a")!.size], ["1234567890", 10]);
  });

  it("answers nothing once it was pulled out, and open files stay dead after it is back", () => {
    const { card } = createHost();
    card.put("a", "text");
    const file = card.files.open("a", "r")!;
    card.pullOut();
    assert.deepEqual([card.files.stat("a"), card.files.open("a", "r"), file.read(4), card.files.remove("a")], [undefined, undefined, "", false]);
    assert.equal(card.files.mount(undefined)?.code, "card");
    card.insert();
    assert.equal(card.files.stat("a"), undefined);
    assert.equal(card.files.mount(undefined), undefined);
    assert.deepEqual([card.files.stat("a")!.size, file.read(4)], [4, ""]);
  });

  it("takes paths of 63 bytes and knows no letter case", () => {
    const { card } = createHost();
    card.files.open("x".repeat(63), "w")!.close();
    assert.equal(card.files.open("x".repeat(64), "w"), undefined);
    assert.ok(card.files.stat("X".repeat(63)));
  });

  it("lists the names of a directory with its dots, and nothing where there is none", () => {
    const { card } = createHost();
    for (const path of ["logs/a", "LOGS/b", "logs/sub/c", "root"]) card.put(path, "");
    assert.deepEqual([card.files.list("logs"), card.files.list("none")], [[".", "..", "a", "b", "sub"], undefined]);
    card.pullOut();
    assert.equal(card.files.list("logs"), undefined);
  });

  it("loses what was not closed when the power goes", () => {
    const { card } = createHost();
    const file = card.files.open("a", "w")!;
    file.write("lost");
    card.powerCycle();
    assert.equal(card.bytes("a"), "");
    assert.equal(file.write("more"), false);
    file.close();
    assert.equal(card.openFiles, 0);
  });

  it("reads short where it is told to, and shows a change made while it is read", () => {
    const { card } = createHost();
    card.put("a", "0123456789");
    card.longestRead = 4;
    card.beforeRead = (path, position) => position === 4 && card.put(path, "ABCDEFGHIJ");
    const file = card.files.open("a", "r")!;
    assert.deepEqual([file.read(8), file.read(8), file.read(8), file.read(8)], ["0123", "EFGH", "IJ", ""]);
    file.close();
  });
});

describe("the flash in memory", () => {
  it("refuses long names and empty records, and loses both records when it is full", () => {
    const { flash } = createHost();
    flash.capacity = 10;
    assert.deepEqual([flash.flash.write("n".repeat(29), "x"), flash.flash.write("n", "")], [false, false]);
    assert.deepEqual([flash.flash.write("n", "12345"), flash.flash.write("n", "12345678901")], [true, false]);
    assert.equal(flash.flash.read("n"), undefined);
  });

  it("leaves a torn record when the power is cut in a write", () => {
    const { flash } = createHost();
    flash.cutPower(2, 3);
    assert.ok(flash.flash.write("a", "first"));
    assert.throws(() => flash.flash.write("b", "second"), PowerCut);
    assert.equal(flash.flash.read("b"), "sec\xff\xff\xff");
    assert.ok(flash.flash.write("b", "second"));
  });
});

describe("a record in pieces", () => {
  it("is made erased, takes a piece only where it is erased, and is torn by a power cut", () => {
    const { flash } = createHost();
    const write = flash.flash.write;
    assert.deepEqual([write("p", "ab", 2, 8), write("p", "ab", 0, 8), write("p", "cd", 4, 8), write("p", "x", 5, 8), write("p", "xyz", 6, 8)], [false, true, true, false, false]);
    assert.equal(flash.flash.read("p"), "ab\xff\xffcd\xff\xff");
    flash.cutPower(1, 1);
    assert.throws(() => write("p", "ef", 6, 8), PowerCut);
    assert.equal(flash.flash.read("p"), "ab\xff\xffcde\xff");
  });
});

describe("datagrams by a script", () => {
  it("come after send has returned, in time, and not after close", () => {
    const { datagrams, time } = createHost();
    datagrams.answers = [() => [{ data: "now", after: 0 }, { data: "soon", after: 5, port: 9 }, { data: "late", after: 50 }]];
    const got: string[] = [];
    const socket = datagrams.udp.send("h", 123, "?", (reply) => got.push(reply.data + ":" + reply.port));
    assert.deepEqual(got, []);
    time.pass(5);
    socket.close();
    time.settle();
    assert.deepEqual([got, datagrams.open, datagrams.sent.length], [["now:123", "soon:9"], 0, 1]);
  });
});
