// Hexadecimal, base64 and big-endian integers, against Buffer.
import assert from "node:assert/strict";
import { base64 } from "../../src/bytes/base64";
import { readUint32, uint32 } from "../../src/bytes/bigEndian";
import { hexNumber, hexText } from "../../src/bytes/hex";
import { Chance } from "../host/chance";

describe("hexNumber", () => {
  const rows: [value: number, digits: number, text: string][] = [
    [0, 1, "0"], [10, 1, "a"], [10, 2, "0a"], [255, 2, "ff"], [256, 2, "100"], [8192, 1, "2000"], [4294967295, 8, "ffffffff"], [1, 8, "00000001"],
  ];
  for (const [value, digits, text] of rows) it(`writes ${value} in ${digits} digits as ${text}`, () => assert.equal(hexNumber(value, digits), text));
});

describe("hexText", () => {
  it("agrees with Buffer on every byte", () => {
    const bytes = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).join("");
    assert.equal(hexText(bytes), Buffer.from(bytes, "latin1").toString("hex"));
  });
  it("is empty for nothing", () => assert.equal(hexText(""), ""));
});

describe("base64", () => {
  // RFC 4648 section 10
  const rows = { "": "", f: "Zg==", fo: "Zm8=", foo: "Zm9v", foob: "Zm9vYg==", fooba: "Zm9vYmE=", foobar: "Zm9vYmFy" };
  for (const [text, encoded] of Object.entries(rows)) it(`writes ${JSON.stringify(text)} as ${JSON.stringify(encoded)}`, () => assert.equal(base64(text), encoded));

  it("agrees with Buffer on 5,000 random byte strings", () => {
    const chance = new Chance(7);
    for (let i = 0; i < 5000; i++) {
      const bytes = chance.bytes(chance.below(40));
      assert.equal(base64(bytes), Buffer.from(bytes, "latin1").toString("base64"));
    }
  });
});

describe("big-endian integers", () => {
  const values = [0, 1, 255, 256, 65535, 65536, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];
  for (const value of values) {
    it(`write ${value} as Buffer does, and read it back`, () => {
      const expected = Buffer.alloc(4);
      expected.writeUInt32BE(value);
      assert.equal(uint32(value), expected.toString("latin1"));
      assert.equal(readUint32("xy" + uint32(value) + "z", 2), value);
    });
  }
});
