// What a broker closes connections over, as AWS IoT does for a topic that the policy forbids: it is found, told, and holds nothing else up.
import assert from "node:assert/strict";
import { publish as ask, subscribe as askFor } from "../../src/mqtt/ask";
import { enqueue } from "../../src/iot/queue";
import { breakOff, endClean, expect, silent, wait } from "../host/script";
import { CONNECT, DISCONNECT, id, publish, says, suback, subscribe, tells } from "../mqtt/desk";
import { theirs } from "../mqtt/packets";
import { keeper, left, lost, taken } from "./keeper";

const BYE = [expect(theirs(DISCONNECT)), endClean()];
/** Sent in the connection of this number, from 0 on. */
const sent = (number: number, messageId: number, payload: string) => says(publish(1, messageId, payload, { dup: number > 0 }));
const finish = (one: ReturnType<typeof keeper>) => {
  one.stop();
  one.pass(10_000);
  assert.equal(one.log.at(-1), "stop");
  one.host.verify();
};

describe("what the broker closes connections over", () => {
  const give = (one: ReturnType<typeof keeper>, payload: string) =>
    ask(one.state.session, one.state.link!, { topic: "a/b", payload, qos: 1 }, (failed) => void one.log.push(`${payload} ${failed ? failed.code + " " + failed.hint : "done"}`));

  it("a message: its promise fails after the third, with the right that is asked for", () => {
    const closes = (number: number) => [...taken(number > 0), sent(number, 1, "bad"), endClean()];
    const one = keeper(closes(0), closes(1), closes(2), left(true));
    one.start();
    one.pass(10);
    give(one, "bad");
    one.pass(60_000);
    assert.equal(one.now(), "up mqtt");
    assert.deepEqual(one.log, ["connect false 0", "bad mqtt-closed Does the policy allow iot:Publish on topic/a/b? AWS IoT closes the connection for what it forbids."]);
    assert.deepEqual(one.state.session.outgoing, []);
    assert.ok(one.host.printed.some((line) => /Does the policy forbid a\/b/.test(line)), one.host.printed.join("\n"));
    finish(one);
  });

  it("with others on their way: they go alone from the third on, and only the guilty one fails", () => {
    const both = (number: number) => [...taken(number > 0), sent(number, 1, "good"), sent(number, 2, "bad"), endClean()];
    const one = keeper(both(0), both(1), [...taken(true), sent(2, 1, "good"), wait(5), silent(), tells(id("puback", 1)), sent(2, 2, "bad"), endClean()], [...taken(true), sent(0, 3, "next"), tells(id("puback", 3)), ...BYE]);
    one.start();
    one.pass(10);
    give(one, "good");
    give(one, "bad");
    one.pass(60_000);
    give(one, "next");
    one.pass(100);
    assert.deepEqual(one.log.map((line) => line.split(" ").slice(0, 2).join(" ")), ["connect false", "good done", "bad mqtt-closed", "next done"]);
    finish(one);
  });

  it("a subscription: so, too", () => {
    const closes = (number: number, ...filters: string[]) => [...taken(number > 0), says(subscribe(number + 1, Object.fromEntries(filters.map((filter) => [filter, 1])))), endClean()];
    const one = keeper(
      closes(0, "bad", "good"), closes(1, "bad", "good"), closes(2, "bad"),
      [...taken(true), says(subscribe(4, { good: 1 })), tells(suback(4, 1)), ...BYE],
    );
    one.start();
    one.pass(10);
    for (const filter of ["bad", "good"]) askFor(one.state.session, one.state.link!, filter, 1, () => {}, (failed) => void one.log.push(`${filter} ${failed ? failed.hint : "granted"}`));
    one.pass(60_000);
    assert.deepEqual(one.log, ["connect false 0", "bad Does the policy allow iot:Subscribe on topicfilter/bad? AWS IoT closes the connection for what it forbids.", "good granted"]);
    assert.deepEqual(one.state.session.subscriptions.map(({ filter }) => filter), ["good"]);
    finish(one);
  });

  it("a message of the queue: the others pass it, and it stays in flash", () => {
    const closes = (number: number) => [...taken(number > 0), sent(number, 1, "bad"), endClean()];
    const one = keeper(closes(0), closes(1), closes(2), [...taken(true), sent(0, 2, "good"), tells(id("puback", 2)), ...BYE]);
    for (const payload of ["bad", "good"]) enqueue(one.host.platform.flash, "a/b", payload, 1, false);
    one.start();
    one.pass(60_000);
    assert.deepEqual(one.host.platform.flash.list("q."), ["q.000001i"]);
    assert.ok(one.host.printed.some((line) => /stays in flash/.test(line)) && one.host.printed.some((line) => /erase\("q\.000001i"\)/.test(line)), one.host.printed.join("\n"));
    finish(one);
  });

  it("connections that end before CONNACK, or with nothing on its way, are nobody's fault", () => {
    const one = keeper(
      [...taken(), sent(0, 1, "x"), endClean()], [says(CONNECT), endClean()], [says(CONNECT), endClean()], [says(CONNECT), endClean()],
      [...taken(true), sent(1, 1, "x"), tells(id("puback", 1)), wait(10), endClean()], left(true),
    );
    enqueue(one.host.platform.flash, "a/b", "x", 1, false);
    one.start();
    one.pass(200_000);
    assert.deepEqual(one.host.platform.flash.list("q."), []);
    assert.ok(one.host.printed.some((line) => /Another client with the id thing\?/.test(line)), one.host.printed.join("\n"));
    finish(one);
  });

  it("a network that breaks is suspected less", () => {
    const breaks = (number: number) => [...taken(number > 0), sent(number, 1, "x"), breakOff()];
    const one = keeper(...[0, 1, 2, 3].map(breaks), [...taken(true), sent(4, 1, "x"), tells(id("puback", 1)), ...BYE]);
    one.start();
    one.pass(10);
    give(one, "x");
    one.pass(200_000);
    assert.deepEqual(one.log, ["connect false 0", "x done"]);
    finish(one);
  });
});

describe("device.connect() after losses", () => {
  it("after a disconnect() tries at once: somebody has mended something", () => {
    const one = keeper(...Array.from({ length: 12 }, () => lost(0)), left());
    one.start();
    while (one.tries.length < 12) one.pass(500);
    one.pass(200);
    assert.equal(one.now(), "waiting");
    one.stop();
    one.start();
    one.pass(1100);
    assert.equal(one.now(), "up mqtt");
    finish(one);
  });

  it("while it waits says for how long: a program that asks again and again makes no storm", () => {
    const one = keeper(...Array.from({ length: 12 }, () => lost(0)));
    one.start();
    while (one.tries.length < 12) one.pass(500);
    one.pass(200);
    one.start();
    assert.match(one.host.printed.at(-1)!, /^connect: the next try is in \d+ s; device\.disconnect\(\) first/);
    one.stop();
    assert.equal(one.tries.length, 12);
  });
});
