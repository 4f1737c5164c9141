// What is accepted from a time server (RFC 4330 section 5, RFC 5905 section 7.4): every rule, and the offset.
import assert from "node:assert/strict";
import { EARLIEST, judge } from "../../src/sntp/rules";
import { Chance } from "../host/chance";
import { reply, type ReplyFields } from "./replies";

const NONCE = "\x10\x20\x30\x40\x50\x60\x70\x80";
const NOW = Date.UTC(2026, 5, 1, 12, 0, 0);

/** Judges a reply that is right but for `change`; asked at 0, answered at `arrived` of a clock that stands at 1970. */
function verdict(change: Partial<ReplyFields>, arrived = 40): ReturnType<typeof judge> {
  return judge(reply({ originate: NONCE, received: NOW + 10, transmitted: NOW + 20, ...change }), NONCE, 0, arrived);
}

describe("a time server's answer", () => {
  it("gives offset and way", () => {
    const got = verdict({});
    assert.ok(got.action === "accept");
    assert.ok(Math.abs(got.offset - (NOW - 5)) < 0.01, String(got.offset));
    assert.ok(Math.abs(got.delay - 30) < 0.01, String(got.delay));
    assert.equal(got.stratum, 2);
  });

  const rules: [title: string, change: Partial<ReplyFields>, action: string, reason: RegExp | undefined][] = [
    ["of version 3", { version: 3 }, "accept", undefined],
    ["of version 1", { version: 1 }, "accept", undefined],
    ["of stratum 1", { stratum: 1 }, "accept", undefined],
    ["of stratum 15", { stratum: 15 }, "accept", undefined],
    ["that announces a leap second", { leap: 1 }, "accept", undefined],
    ["whose own error is just below a second", { rootDelay: 1, rootDispersion: 0.499 }, "accept", undefined],
    ["from the first moment of 2026", { received: EARLIEST, transmitted: EARLIEST }, "accept", undefined],
    ["of another client's mode", { mode: 3 }, "ignore", /mode 3/],
    ["of a broadcast", { mode: 5 }, "ignore", /mode 5/],
    ["of mode 0", { mode: 0 }, "ignore", /mode 0/],
    ["to nothing we asked", { originate: "\0".repeat(8) }, "ignore", /another request/],
    ["whose last byte of the nonce is wrong", { originate: NONCE.slice(0, 7) + "\x81" }, "ignore", /another request/],
    ["whose first byte of the nonce is wrong", { originate: "\x11" + NONCE.slice(1) }, "ignore", /another request/],
    ["with the kiss code RATE", { stratum: 0, reference: "RATE" }, "drop", /kiss of death RATE/],
    ["with the kiss code DENY", { stratum: 0, reference: "DENY" }, "drop", /kiss of death DENY/],
    ["with a kiss code that is no word", { stratum: 0, reference: "\x1b[2J" }, "drop", /kiss of death without a code/],
    ["with a kiss code, whatever else is wrong", { stratum: 0, reference: "RSTR", leap: 3, transmitted: undefined }, "drop", /RSTR/],
    ["with a forged kiss of death", { stratum: 0, reference: "DENY", originate: "\0".repeat(8) }, "ignore", /another request/],
    ["of a clock that is not set", { leap: 3 }, "drop", /not synchronised/],
    ["of stratum 16", { stratum: 16 }, "drop", /stratum 16/],
    ["of stratum 255", { stratum: 255 }, "drop", /stratum 255/],
    ["of version 0", { version: 0 }, "drop", /version 0/],
    ["of version 5", { version: 5 }, "drop", /version 5/],
    ["without a transmit time", { transmitted: undefined }, "drop", /without a time/],
    ["without a receive time", { received: undefined }, "drop", /without a time/],
    ["whose own error is a second", { rootDelay: 1, rootDispersion: 0.5 }, "drop", /own error/],
    ["whose dispersion alone is too much", { rootDelay: 0, rootDispersion: 16 }, "drop", /own error/],
    ["from before 2026", { received: EARLIEST - 60_000, transmitted: EARLIEST - 60_000 }, "drop", /before 2026/],
    ["from 1970", { received: 1000, transmitted: 1000 }, "drop", /before 2026/],
    ["that was sent long before it was received", { received: NOW + 10_000, transmitted: NOW }, "drop", /round trip/],
    ["that left later than it could arrive", { received: NOW, transmitted: NOW + 10_000 }, "drop", /round trip/],
    ["from 2036, after the end of era 0", { received: Date.UTC(2036, 1, 8), transmitted: Date.UTC(2036, 1, 8) }, "accept", undefined],
  ];
  for (const [title, change, action, reason] of rules) {
    const does = { accept: "accepted", ignore: "not taken for an answer", drop: "useless" }[action];
    it(`${title} is ${does}`, () => {
      const got = verdict(change);
      assert.equal(got.action, action, JSON.stringify(got));
      if (reason) assert.match((got as { reason: string }).reason, reason);
    });
  }

  it("has a receive time of its own in era 1 while the own clock is in era 0", () => {
    const at = Date.UTC(2036, 1, 7, 6, 28, 17);
    const got = judge(reply({ originate: NONCE, received: at, transmitted: at }), NONCE, at - 3000, at - 2980);
    assert.ok(got.action === "accept" && Math.abs(got.offset - 2990) < 0.01, JSON.stringify(got));
  });

  const ways: [title: string, arrived: number, held: number, action: string][] = [
    ["taken after five seconds on the way", 5000, 0, "accept"],
    ["useless after more", 5001, 0, "drop"],
    ["useless when the server held it longer than it was away", 40, 50, "drop"],
    ["taken when a clock of whole milliseconds makes the way look negative by one", 40, 41, "accept"],
  ];
  for (const [title, arrived, held, action] of ways) {
    it("is " + title, () => assert.equal(verdict({ received: NOW, transmitted: NOW + held }, arrived).action, action));
  }

  it("never gives a negative way", () => {
    const got = verdict({ received: NOW, transmitted: NOW + 41 }, 40);
    assert.ok(got.action === "accept" && got.delay === 0);
  });

  it("of any length and content is judged without a throw, and hardly ever accepted", () => {
    const chance = new Chance(14);
    let accepted = 0;
    for (let i = 0; i < 20_000; i++) {
      const bytes = chance.bytes(chance.below(70));
      // Half of them answer the request, so that the later rules are reached.
      const packet = chance.oneIn(2) ? bytes : "\x24" + bytes.slice(0, 23).padEnd(23, "\x01") + NONCE + bytes.slice(23);
      if (judge(packet, NONCE, 0, 40).action === "accept") accepted++;
    }
    assert.equal(accepted, 0);
  });

  it("cut off at every length is not taken for an answer", () => {
    const whole = reply({ originate: NONCE, received: NOW, transmitted: NOW });
    for (let length = 0; length < 48; length++) assert.equal(judge(whole.slice(0, length), NONCE, 0, 40).action, "ignore");
  });
});
