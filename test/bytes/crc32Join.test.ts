// crc32Join and base64Bytes against Node's own.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import { base64Bytes } from "../../src/bytes/base64Bytes";
import { crc32Join } from "../../src/bytes/crc32Join";

describe("crc32Join", () => {
  for (const [first, second] of [[0, 0], [1, 0], [0, 1], [1, 1], [5, 8192], [8192, 8191], [3, 5242880], [100, 65537]] as const) {
    it(`joins ${first} and ${second} bytes`, () => {
      const a = randomBytes(first), b = randomBytes(second);
      assert.equal(crc32Join(crc32(a), crc32(b), second), crc32(Buffer.concat([a, b])));
    });
  }
});

describe("base64Bytes", () => {
  it("gives back what was encoded", () => {
    for (let length = 0; length < 20; length++) {
      const bytes = randomBytes(length);
      assert.equal(base64Bytes(bytes.toString("base64")), bytes.toString("latin1"));
    }
  });
  it("gives nothing for what is not base64", () => {
    for (const text of ["a", "ab", "abc", "a*==", "ab=c", "====", "a b="]) assert.equal(base64Bytes(text), "", text);
  });
});
