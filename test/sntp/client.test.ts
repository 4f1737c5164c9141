// The SNTP client on virtual time: retry, fail over, servers given up, answers that are late or not meant for it.
import assert from "node:assert/strict";
import type { Failure } from "../../src/flow/failure";
import { syncTime, type TimeResult, type TimeServer } from "../../src/sntp/client";
import type { Answer, SentDatagram } from "../host/datagrams";
import { createHost, type Host } from "../host/host";
import { reply, type ReplyFields } from "./replies";

const TRUE_TIME = Date.UTC(2026, 5, 1, 12, 0, 0);
const A: TimeServer = { host: "a.test", port: 123 };
const B: TimeServer = { host: "b.test", port: 1123 };

const nonceOf = (request: SentDatagram) => request.data.slice(40);
/** The true time when so many milliseconds of virtual time have passed. */
const trueTime = (elapsed: number) => TRUE_TIME + elapsed;

/** A right answer after `after` ms, half of them each way, but for `change`. */
function answer(after = 40, change: Partial<ReplyFields> = {}, more: { port?: number } = {}): Answer {
  return (request) => {
    const middle = trueTime(request.at + after / 2);
    return [{ after, data: reply({ originate: nonceOf(request), received: middle, transmitted: middle, ...change }), ...more }];
  };
}
const silence: Answer = () => [];

interface Outcome {
  host: Host;
  failed: Failure | undefined;
  result: TimeResult | undefined;
  calls: number;
}

function run(servers: TimeServer[], answers: Answer[], seed = 1): Outcome {
  const host = createHost({ clockSet: false, seed });
  host.datagrams.answers = answers;
  const outcome: Outcome = { host, failed: undefined, result: undefined, calls: 0 };
  syncTime(host.platform, servers, (failed, result) => Object.assign(outcome, { failed, result, calls: outcome.calls + 1 }));
  host.time.settle();
  host.verify();
  assert.equal(outcome.calls, 1, "done is called once");
  return outcome;
}

const asked = ({ host }: Outcome) => host.datagrams.sent.map((request) => request.host);

describe("syncTime", () => {
  it("sets the clock by a right answer and tells how far it was moved", () => {
    const outcome = run([A, B], [answer(40)]);
    assert.deepEqual(outcome.result, { server: "a.test", offset: TRUE_TIME, delay: 40, stratum: 2 });
    assert.ok(outcome.host.time.clock.isSet());
    assert.ok(Math.abs(outcome.host.time.clock.now() - trueTime(outcome.host.time.elapsed)) <= 1);
  });

  it("asks with a nonce of its own each time", () => {
    const { host } = run([A], [silence, silence, silence]);
    const nonces = host.datagrams.sent.map(nonceOf);
    assert.equal(new Set(nonces).size, 3);
    for (const request of host.datagrams.sent) assert.equal(request.data.length, 48);
  });

  it("goes to the next server when one is silent", () => {
    const outcome = run([A, B], [silence, answer()]);
    assert.deepEqual([asked(outcome), outcome.result?.server], [["a.test", "b.test"], "b.test:1123"]);
  });

  it("comes back to a server that was only silent", () => {
    const outcome = run([A, B], [silence, silence, answer()]);
    assert.deepEqual([asked(outcome), outcome.result?.server], [["a.test", "b.test", "a.test"], "a.test"]);
  });

  it("gives up after three rounds, and says what each server did", () => {
    const outcome = run([A, B], [silence, answer(10, { stratum: 0, reference: "RATE" })]);
    assert.deepEqual(asked(outcome), ["a.test", "b.test", "a.test", "a.test"]);
    assert.equal(outcome.failed?.code, "time");
    assert.match(outcome.failed!.message, /a\.test: no answer; b\.test:1123: kiss of death RATE/);
    assert.ok(outcome.failed!.hint.length > 10);
    assert.ok(!outcome.host.time.clock.isSet());
  });

  it("gives up at once when every server is useless", () => {
    const outcome = run([A, B], [answer(10, { leap: 3 }), answer(10, { stratum: 16 })]);
    assert.deepEqual(asked(outcome), ["a.test", "b.test"]);
    assert.match(outcome.failed!.message, /not synchronised.*stratum 16/);
    assert.ok(outcome.host.time.elapsed < 100);
  });

  it("fails with no servers to ask", () => assert.equal(run([], []).failed?.code, "time"));

  const dropped: [title: string, change: Partial<ReplyFields>][] = [
    ["a kiss of death", { stratum: 0, reference: "DENY" }], ["an unset clock", { leap: 3 }], ["no time", { transmitted: undefined }],
    ["a time before 2026", { received: 0, transmitted: 0.001 }], ["an error of a second", { rootDispersion: 2 }],
  ];
  for (const [title, change] of dropped) {
    it(`does not ask a server again that answered with ${title}`, () => {
      const outcome = run([A, B], [answer(10, change)]);
      assert.deepEqual(asked(outcome), ["a.test", "b.test", "b.test", "b.test"]);
    });
  }

  const ignored: [title: string, wrong: Answer][] = [
    ["comes from another port", answer(20, {}, { port: 124 })],
    ["has another nonce", answer(20, { originate: "12345678" })],
    ["is a forged kiss of death", answer(20, { originate: "\0".repeat(8), stratum: 0, reference: "DENY" })],
    ["is no answer", () => [{ after: 20, data: "garbage" }]],
    ["is empty", () => [{ after: 20, data: "" }]],
  ];
  for (const [title, wrong] of ignored) {
    it(`goes on waiting when a datagram ${title}`, () => {
      const outcome = run([A], [(request) => [...wrong(request), ...answer(90)(request)]]);
      assert.deepEqual([asked(outcome), outcome.result?.delay], [["a.test"], 90]);
    });
  }

  it("takes no notice of an answer that comes after it has gone on", () => {
    const late = answer(2600, {});
    const outcome = run([A, B], [late, answer(500)]);
    assert.deepEqual([outcome.result?.server, outcome.result?.delay], ["b.test:1123", 500]);
  });

  it("takes no notice of a second answer to the same request", () => {
    const outcome = run([A], [(request) => [...answer(30)(request), ...answer(60, { transmitted: TRUE_TIME + 9e9, received: TRUE_TIME + 9e9 })(request)]]);
    assert.equal(outcome.result?.delay, 30);
  });

  it("waits two and a half seconds for an answer, then a moment of chance", () => {
    const { host } = run([A, B], [silence, silence, silence, answer()]);
    const gaps = host.datagrams.sent.map((request, index, all) => request.at - (all[index - 1]?.at ?? 0));
    assert.equal(gaps[0], 0);
    assert.ok(gaps[1]! > 2500 && gaps[1]! <= 2551, "the next server is asked almost at once: " + gaps[1]);
    assert.ok(gaps[2]! > 2500 && gaps[2]! <= 3501, "a new round begins within a second: " + gaps[2]);
  });

  it("does not ask in step with other boards", () => {
    const starts = [1, 2, 3, 4, 5].map((seed) => run([A], [silence, answer()], seed).host.datagrams.sent[1]!.at);
    assert.equal(new Set(starts).size, 5);
  });

  it("corrects a clock that is set but wrong", () => {
    const host = createHost();
    host.time.clock.set(TRUE_TIME + 3_600_000);
    host.datagrams.answers = [answer(20)];
    let moved: number | undefined;
    syncTime(host.platform, [A], (_failed, result) => (moved = result?.offset));
    host.time.settle();
    assert.equal(moved, -3_600_000);
    assert.ok(Math.abs(host.time.clock.now() - trueTime(host.time.elapsed)) <= 1);
  });

  it("is not deceived when the clock is set by somebody else while it waits", () => {
    const host = createHost();
    host.time.clock.set(TRUE_TIME - 5000);
    host.datagrams.answers = [answer(1000)];
    syncTime(host.platform, [A], (failed) => assert.equal(failed, undefined));
    host.time.timers.after(500, () => host.time.clock.set(TRUE_TIME + 500 + 70_000));
    host.time.settle();
    assert.ok(Math.abs(host.time.clock.now() - trueTime(host.time.elapsed)) <= 1, "off by " + (host.time.clock.now() - trueTime(host.time.elapsed)));
  });
});
