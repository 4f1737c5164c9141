// Manifests: what the tool makes is what the board believes, and nothing else is.
import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { readManifest, sameText } from "../../src/verify/manifest";
import { blockCheck, MANIFEST, readPage } from "../../src/verify/blocks";
import type { Manifest } from "../../src/verify/manifest";
import { makeManifest } from "../../tools/manifest";
import { createHost } from "../host/host";
import { hash } from "../host/hash";

const KEY = Buffer.from(Array.from({ length: 32 }, (_, i) => i * 7 + 1));
const key = KEY.toString("latin1");
const bytesOf = (size: number) => Buffer.from(Array.from({ length: size }, (_, i) => (i * 31 + (i >> 8)) & 255));
const fails = (text: string, secret = key) => {
  const read = readManifest(hash, secret, text);
  return "code" in read ? read.code : undefined;
};
const sha = (bytes: string | Buffer) => createHash("sha256").update(bytes).digest("hex");
/** A header of any lines, rightly signed. */
const signed = (lines: string[]) => {
  const head = lines.join("\n") + "\n";
  return head + "hmac " + createHmac("sha256", KEY).update(head).digest("hex") + "\n";
};

describe("manifests", () => {
  for (const [size, pages] of [[0, 0], [1, 1], [8192, 1], [8193, 1], [126 * 8192, 1], [126 * 8192 + 1, 2], [3_000_000, 3]] as const) {
    it(`${size} bytes: what the tool wrote is what the board reads, and what an independent reader computes`, () => {
      const bytes = bytesOf(size);
      const text = makeManifest(bytes, KEY, "fw.bin", 12);
      const read = readManifest(hash, key, text.slice(0, 8192)) as Manifest;
      assert.deepEqual([read.name, read.version, read.size, read.pages.length], ["fw.bin", 12, size, pages * 64]);
      // By the format's description alone.
      const [head, rest] = text.split(/(?<=\nhmac \w{64}\n)/) as [string, string?];
      const lines = (rest ?? "").split("\n").slice(0, -1);
      assert.equal(read.start, head.length);
      assert.deepEqual(lines, Array.from({ length: Math.ceil(size / 8192) }, (_, i) => sha(bytes.subarray(i * 8192, (i + 1) * 8192))));
      assert.match(head, new RegExp(createHmac("sha256", KEY).update(head.slice(0, head.indexOf("hmac "))).digest("hex")));
      const host = createHost();
      host.card.put(MANIFEST, text);
      for (let page = 0; page < pages; page++) assert.equal(readPage(host.platform, read, page), lines.slice(page * 126, (page + 1) * 126).map((line) => line + "\n").join(""));
      const check = blockCheck(host.platform, read);
      for (let at = 0; at < size; at += 8192) assert.equal(check.passes("a", at, bytes.toString("latin1", at, at + 9000)), Math.min(8192, size - at));
      host.verify();
    });
  }

  it("every bit of a small one that is flipped is found, in the header or in a page", () => {
    const text = makeManifest(bytesOf(9000), KEY, "a", 1), start = (readManifest(hash, key, text) as Manifest).start;
    const host = createHost();
    for (let at = 0; at < text.length; at++) {
      for (const bit of [1, 0x20, 0x80]) {
        const flipped = text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ bit) + text.slice(at + 1);
        const read = readManifest(hash, key, flipped);
        if (at < start) assert.equal((read as any).code, "verify", `byte ${at}`);
        else {
          host.card.put(MANIFEST, flipped);
          assert.equal((readPage(host.platform, read as Manifest, 0) as any).code, "verify", `byte ${at}`);
        }
      }
    }
  });

  it("cut after any byte it is refused, or its page is", () => {
    const text = makeManifest(bytesOf(9000), KEY, "a", 1);
    const host = createHost();
    for (let length = 0; length < text.length; length++) {
      const read = readManifest(hash, key, text.slice(0, length));
      if ("code" in read) continue;
      host.card.put(MANIFEST, text.slice(0, length));
      assert.equal((readPage(host.platform, read, 0) as any).code, "verify", `${length}`);
    }
    assert.ok(!("code" in readManifest(hash, key, text)));
  });

  const good = ["espruino-aws manifest 1", "name a", "version 1", "size 1", "block 8192", "page " + sha("x")];
  const change = (line: number, text: string) => good.map((one, i) => (i === line ? text : one));
  for (const [what, lines] of [
    ["another format", change(0, "espruino-aws manifest 2")], ["no name", change(1, "name ")], ["version 0", change(2, "version 0")], ["a version with a sign", change(2, "version +1")],
    ["a version with zeros", change(2, "version 01")], ["a version beyond 2^31", change(2, "version 2147483648")], ["a size that is none", change(3, "size 1e3")], ["a negative size", change(3, "size -1")],
    ["other blocks", change(4, "block 4096")], ["too few pages", good.slice(0, 5)], ["too many pages", [...good, good[5]!]], ["a page in capitals", change(5, "page " + sha("x").toUpperCase())],
    ["a short page", change(5, "page " + sha("x").slice(1))], ["a line more", [...good, "more"]], ["lines in another order", [good[0]!, good[2]!, good[1]!, ...good.slice(3)]],
  ] as const) {
    it(`rightly signed, but ${what}: refused`, () => {
      assert.equal(fails(signed([...good])), undefined);
      assert.equal(fails(signed([...lines])), "verify");
    });
  }

  it("another key, no signature, garbage", () => {
    const text = makeManifest(bytesOf(10), KEY, "a", 1);
    assert.equal(fails(text, "\0".repeat(32)), "verify");
    assert.equal(fails(text.replace(/hmac \w{64}\n/, "")), "verify");
    assert.equal(fails(text.replace(/hmac \w{64}/, "hmac ")), "verify");
    for (const junk of ["", "\n", "hmac ", "\nhmac " + "0".repeat(64) + "\n", "\xff".repeat(8192), "espruino-aws manifest 1\n\nhmac " + "0".repeat(64) + "\n"]) assert.equal(fails(junk), "verify");
  });

  it("compares texts of equal length as a whole", () => {
    for (const [a, b, same] of [["", "", true], ["a", "a", true], ["a", "b", false], ["a", "ab", false], ["ab", "a", false], ["xa", "xb", false], ["ax", "bx", false]] as const) assert.equal(sameText(a, b), same);
  });
});
