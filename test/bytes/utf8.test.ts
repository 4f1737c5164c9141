// Text to UTF-8 and the test for it (RFC 3629), against tables and against Node's own.
import assert from "node:assert/strict";
import { isUtf8 as nodeIsUtf8 } from "node:buffer";
import { isUtf8, toUtf8, utf8SequenceLength } from "../../src/bytes/utf8";
import { Chance } from "../host/chance";

/** The bytes Node encodes a text to, as a byte string. */
const encoded = (text: string) => Buffer.from(text, "utf8").toString("latin1");

describe("utf8SequenceLength", () => {
  // The first and last code point of each length, and the neighbours of the surrogates.
  const boundaries = [0, 0x7f, 0x80, 0x7ff, 0x800, 0xfff, 0x1000, 0xcfff, 0xd000, 0xd7ff, 0xe000, 0xfffd, 0xffff, 0x10000, 0x3ffff, 0x40000, 0xfffff, 0x100000, 0x10ffff];
  for (const code of boundaries) {
    const bytes = encoded(String.fromCodePoint(code));
    it(`is ${bytes.length} for U+${code.toString(16).toUpperCase().padStart(4, "0")}`, () => assert.equal(utf8SequenceLength("x" + bytes + "y", 1), bytes.length));
  }

  it("is right for every code point", () => {
    for (let code = 0; code < 0x110000; code++) {
      if (code >= 0xd800 && code < 0xe000) continue;
      const bytes = encoded(String.fromCodePoint(code));
      if (utf8SequenceLength(bytes, 0) !== bytes.length) assert.fail("U+" + code.toString(16));
    }
  });

  it("agrees with Node on every two bytes and on 200,000 random sequences", () => {
    const check = (bytes: string) => {
      if (isUtf8(bytes) !== nodeIsUtf8(Buffer.from(bytes, "latin1"))) assert.fail(Buffer.from(bytes, "latin1").toString("hex"));
    };
    for (let pair = 0; pair < 65536; pair++) check(String.fromCharCode(pair >> 8, pair & 255));
    const chance = new Chance(2);
    // Bytes at the edges of the rules, so that many sequences are nearly right.
    const edges = "\x00\x7f\x80\x8f\x90\x9f\xa0\xbf\xc0\xc1\xc2\xdf\xe0\xec\xed\xee\xef\xf0\xf1\xf3\xf4\xf5\xff".split("");
    for (let i = 0; i < 200_000; i++) check(chance.some(1, 6, () => chance.pick(edges)).join(""));
  });
});

describe("isUtf8", () => {
  const rows: [title: string, bytes: string, valid: boolean][] = [
    ["nothing", "", true],
    ["ASCII", "log.txt", true],
    ["two, three and four bytes", "\xc3\xa4\xe1\x88\xb4\xf0\x9f\x98\x80", true],
    ["a sequence cut off by the end", "a\xe1\x88", false],
    ["a continuation byte alone", "\x80", false],
    ["an overlong slash", "\xc0\xaf", false],
    ["an overlong three-byte form", "\xe0\x9f\xbf", false],
    ["an overlong four-byte form", "\xf0\x8f\xbf\xbf", false],
    ["a surrogate", "\xed\xa0\x80", false],
    ["a code point beyond U+10FFFF", "\xf4\x90\x80\x80", false],
    ["a lead byte that is never used", "\xf5\x80\x80\x80", false],
    ["Latin-1 text", "Gr\xfc\xdfe", false],
    ["a character beyond 255", "\u0100", false],
  ];
  for (const [title, bytes, valid] of rows) it(`${valid ? "takes" : "refuses"} ${title}`, () => assert.equal(isUtf8(bytes), valid));
});

describe("toUtf8", () => {
  const rows: [title: string, text: string, bytes: string][] = [
    ["leaves ASCII as it is", "logs/a b.txt", "logs/a b.txt"],
    ["leaves bytes that are UTF-8 already as they are", "\xc3\xa4", "\xc3\xa4"],
    ["encodes Latin-1 text", "Gr\xfc\xdfe", "Gr\xc3\xbc\xc3\x9fe"],
    ["encodes characters beyond 255", "\u1234", "\xe1\x88\xb4"],
    ["encodes a surrogate pair as one character", "\ud83d\ude00", "\xf0\x9f\x98\x80"],
    ["encodes a lone high surrogate as U+FFFD", "a\ud83d", "a\xef\xbf\xbd"],
    ["encodes a lone low surrogate as U+FFFD", "\ude00z", "\xef\xbf\xbdz"],
    ["encodes two high surrogates as two U+FFFD", "\ud83d\ud83d", "\xef\xbf\xbd\xef\xbf\xbd"],
    ["keeps a pair that follows a lone high surrogate", "\ud83d\ud83d\ude00", "\xef\xbf\xbd\xf0\x9f\x98\x80"],
    ["encodes all of a text of which one character is not UTF-8", "\xc3\xa4\u1234", "\xc3\x83\xc2\xa4\xe1\x88\xb4"],
  ];
  for (const [title, text, bytes] of rows) it(title, () => assert.equal(toUtf8(text), bytes));

  it("agrees with Node on 20,000 random texts", () => {
    const chance = new Chance(3);
    const ranges: [number, number][] = [[0x20, 0x7e], [0x80, 0xff], [0x100, 0x7ff], [0x800, 0xffff], [0xd7f0, 0xe010], [0x10000, 0x10ffff]];
    const between = ([least, most]: [number, number]) => chance.between(least, most);
    for (let i = 0; i < 20_000; i++) {
      const text = chance.some(0, 8, () => String.fromCodePoint(between(chance.pick(ranges)))).join("");
      if (!isUtf8(text)) assert.equal(toUtf8(text), encoded(text), JSON.stringify(text));
    }
  });
});
