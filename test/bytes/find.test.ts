// Search in byte strings, on an indexOf that is right and on the one of Espruino 2v29.
import assert from "node:assert/strict";
import { find } from "../../src/bytes/find";
import { faultyIndexOf } from "../../sim/board/language/strings";
import { Chance } from "../host/chance";

const right = String.prototype.indexOf;

function faulty(this: string, needle: string, from?: number): number {
  String.prototype.indexOf = right;
  try {
    return faultyIndexOf(String(this), needle, from ?? 0);
  } finally {
    String.prototype.indexOf = faulty;
  }
}

const rows: [text: string, needle: string, from: number | undefined, at: number][] = [
  ["abc\r\n", "\r\n", undefined, 3],
  ["abc\r", "\r\n", undefined, -1],
  ["abc", "cd", undefined, -1],
  ["aab", "ab", undefined, 1],
  ["ab", "bcd", undefined, -1],
  ["abab", "ab", 1, 2],
  ["abab", "ab", 3, -1],
  ["ab\rcd\r\ne\r", "\r\n", undefined, 5],
  ["a\0b\xff\0", "\xff\0", undefined, 3],
  ["abc", "abc", undefined, 0],
  ["abc", "c", 99, -1],
  ["", "a", undefined, -1],
];

for (const [title, indexOf] of [["a right indexOf", right], ["the indexOf of Espruino 2v29", faulty]] as const) {
  describe("find on " + title, () => {
    beforeEach(() => void (String.prototype.indexOf = indexOf));
    afterEach(() => void (String.prototype.indexOf = right));

    for (const [text, needle, from, at] of rows) {
      it(`gives ${at} for ${JSON.stringify(needle)} in ${JSON.stringify(text)}${from ? " from " + from : ""}`, () => {
        assert.equal(find(text, needle, from), at);
      });
    }

    it("agrees with the language on 20,000 random texts", () => {
      const chance = new Chance(1);
      const word = (longest: number) => chance.some(0, longest, () => chance.pick(["a", "b", "\r", "\n"])).join("");
      for (let i = 0; i < 20_000; i++) {
        const [text, needle, from] = [word(12), word(3) + "a", chance.below(14)];
        assert.equal(find(text, needle, from), right.call(text, needle, from), JSON.stringify([text, needle, from]));
      }
    });
  });
}

describe("the indexOf of Espruino 2v29, as emulated here", () => {
  it("finds a needle that is cut off by the end of the text", () => assert.equal(faulty.call("abc\r", "\r\n"), 3));
  afterEach(() => void (String.prototype.indexOf = right));
});
