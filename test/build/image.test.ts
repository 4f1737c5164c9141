// What the build says about the image is true.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { crc32 } from "../../tools/build/crc32.js";
import { entry } from "../../tools/build/image.js";

describe("image", () => {
  it("computes the CRC-32 of the interpreter", () => {
    assert.equal(crc32("123456789"), 0xcbf43926);
    assert.equal(crc32(""), 0);
  });

  it("lists name, file, length and CRC", () => {
    assert.deepEqual(entry("a", "a.js", "123456789"), { name: "a", file: "a.js", length: 9, crc32: 0xcbf43926 });
  });

  it("refuses what Storage or the uploader would change", () => {
    assert.throws(() => entry("a".repeat(29), "a.js", "x"), /28 characters/);
    assert.throws(() => entry("a", "a.js", ""), /empty/);
    assert.throws(() => entry("a", "a.js", "\xe9"), /ASCII/);
  });
});
