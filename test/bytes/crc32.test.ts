// CRC-32 carried on over pieces, with a native function that takes no seed: by a prefix and by joining, against zlib.
import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import { crc32Join8192, crc32Prefix } from "../../src/bytes/crc32";
import { Chance } from "../host/chance";

const whole = (bytes: string) => crc32(Buffer.from(bytes, "latin1"));

describe("crc32Prefix", () => {
  const values = [0, 1, 0xcbf43926, 0x7fffffff, 0x80000000, 0xffffffff];
  for (const value of values) {
    it(`is four bytes whose own checksum is ${value.toString(16)}`, () => {
      const prefix = crc32Prefix(value);
      assert.equal(prefix.length, 4);
      assert.equal(whole(prefix), value);
    });
  }

  it("carries the published check value on: 1234 then 56789", () => {
    assert.equal(whole(crc32Prefix(whole("1234")) + "56789"), 0xcbf43926);
  });

  it("agrees with zlib over 2,000 random texts in random pieces", () => {
    const chance = new Chance(8);
    for (let i = 0; i < 2000; i++) {
      const bytes = chance.bytes(chance.below(300));
      let carried = 0;
      for (const piece of chance.slices(bytes, 60)) carried = whole(crc32Prefix(carried) + piece);
      assert.equal(carried, whole(bytes));
    }
  });

  it("gives only characters of a byte", () => {
    const chance = new Chance(9);
    for (let i = 0; i < 5000; i++) assert.match(crc32Prefix(chance.below(2 ** 32)), /^[\0-\xff]{4}$/);
  });
});

describe("crc32Join8192", () => {
  const zeros = "\0".repeat(8192);
  for (let bit = 0; bit < 32; bit++) {
    it(`shifts bit ${bit} over 8,192 bytes as zlib does`, () => {
      const first = 2 ** bit;
      assert.equal(crc32Join8192(first, whole(zeros)), crc32(Buffer.alloc(8192), first));
    });
  }

  it("is the checksum of the chunk where nothing came before", () => assert.equal(crc32Join8192(0, 0xcbf43926), 0xcbf43926));

  it("agrees with zlib on 300 random texts followed by a random chunk", () => {
    const chance = new Chance(10);
    for (let i = 0; i < 300; i++) {
      const [text, chunk] = [chance.bytes(chance.below(200)), chance.bytes(8192)];
      const joined = crc32Join8192(whole(text), whole(chunk));
      assert.equal(joined, whole(text + chunk));
    }
  });
});
