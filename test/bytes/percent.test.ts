// Percent-encoding as AWS signs it, against a reference made of Node's own functions.
import assert from "node:assert/strict";
import { percentDecode, percentEncode } from "../../src/bytes/percent";
import { toUtf8 } from "../../src/bytes/utf8";
import { Chance } from "../host/chance";
import { describeVectors } from "../host/vectors";

/** The rule of RFC 3986 written another way. */
function reference(bytes: string, keepSlash: boolean): string {
  return [...Buffer.from(bytes, "latin1")]
    .map((byte) => ({ byte, char: String.fromCharCode(byte) }))
    .map(({ byte, char }) => (/[A-Za-z0-9._~-]/.test(char) || (keepSlash && char === "/") ? char : "%" + byte.toString(16).toUpperCase().padStart(2, "0")))
    .join("");
}

describe("percentEncode", () => {
  for (const keepSlash of [false, true]) {
    it(`agrees with the rule on every byte, the slash ${keepSlash ? "kept" : "encoded"}`, () => {
      for (let byte = 0; byte < 256; byte++) {
        const char = String.fromCharCode(byte);
        assert.equal(percentEncode(char, keepSlash), reference(char, keepSlash), "byte " + byte);
      }
    });
  }

  const rows: [text: string, encoded: string][] = [
    ["a b+c%20", "a%20b%2Bc%2520"],
    ["!'()*", "%21%27%28%29%2A"],
    ["-._~", "-._~"],
    ["a/b", "a%2Fb"],
    ["\u1234", "%E1%88%B4"],
    ["\ud83d\ude00", "%F0%9F%98%80"],
  ];
  for (const [text, encoded] of rows) it(`makes ${encoded} of ${JSON.stringify(text)}`, () => assert.equal(percentEncode(toUtf8(text)), encoded));

  it("agrees with the rule on 5,000 random byte strings", () => {
    const chance = new Chance(4);
    for (let i = 0; i < 5000; i++) {
      const bytes = chance.bytes(chance.below(40));
      assert.equal(percentEncode(bytes), reference(bytes, false));
    }
  });
});

describe("percentDecode", () => {
  const rows: [text: string, bytes: string][] = [
    ["a%20b", "a b"],
    ["a+b", "a+b"],
    ["%e1%88%B4", "\xe1\x88\xb4"],
    ["%2520", "%20"],
    ["100%", "100%"],
    ["%4", "%4"],
    ["%zz%41", "%zzA"],
    ["%%41", "%A"],
    ["%4g", "%4g"],
    ["", ""],
  ];
  for (const [text, bytes] of rows) it(`makes ${JSON.stringify(bytes)} of ${JSON.stringify(text)}`, () => assert.equal(percentDecode(text), bytes));

  it("gives back what percentEncode was given, for 5,000 random byte strings", () => {
    const chance = new Chance(5);
    for (let i = 0; i < 5000; i++) {
      const bytes = chance.bytes(chance.below(40));
      assert.equal(percentDecode(percentEncode(bytes)), bytes);
    }
  });

  it("agrees with decodeURIComponent on every well-formed text of ASCII", () => {
    const chance = new Chance(6);
    for (let i = 0; i < 5000; i++) {
      const text = chance.some(0, 10, () => chance.pick(["a", "/", "+", "%41", "%2f", "%25", "~"])).join("");
      assert.equal(percentDecode(text), decodeURIComponent(text));
    }
  });
});

describeVectors("percentEncode, on the vectors", "primitives", (vectors) => {
  it(`matches all ${vectors.uriEncode.length} rows, slash encoded and slash kept`, () => {
    for (const row of vectors.uriEncode) {
      assert.equal(percentEncode(toUtf8(row.input)), row.encoded);
      assert.equal(percentEncode(toUtf8(row.input), true), row.encodedKeepSlash);
    }
    assert.equal(vectors.uriEncode.length, vectors.counts.uriEncode);
  });
});
