// device.selfTest(): all right on a right host; each fault is seen by its check, and by those that are built on it only.
import assert from "node:assert/strict";
import { selfTest } from "../../src/device/selfTest";
import type { Platform } from "../../src/platform/ports";
import { createHost } from "../host/host";

const ALL = ["SHA-256", "HMAC", "CRC-32", "hex", "signing key", "signature", "chunk signature", "clock", "memory", "storage", "random"];
const SIGNING = ["HMAC", "signing key", "signature", "chunk signature"];

/** The host with parts replaced. */
const changed = (change: (platform: Platform) => Partial<Platform>) => {
  const { platform } = createHost();
  return { ...platform, ...change(platform) };
};

const rows: [what: string, platform: Platform, failed: string[], line: RegExp][] = [
  ["a SHA-256 that is wrong", changed(({ hash }) => ({ hash: { ...hash, sha256: (input) => hash.sha256([input, "x"]) } })), ["SHA-256", ...SIGNING], /SHA-256: another answer/],
  ["hex keys instead of raw bytes", changed(({ hash }) => ({ hash: { ...hash, array: (input) => (input instanceof ArrayBuffer ? new Uint8Array(Buffer.from(Buffer.from(input).toString("hex"))) : hash.array(input)) } })), ["HMAC", "signing key", "signature", "chunk signature"], /signing key/],
  ["a CRC-32 that is not continued", changed(({ hash }) => ({ hash: { ...hash, crc32: (data) => hash.crc32(data, 0) } })), ["CRC-32"], /CRC-32/],
  ["a hash that finds no memory", changed(({ hash }) => ({ hash: { ...hash, sha256: () => { throw { code: "memory", message: "No memory is left" }; } } })), ["SHA-256", ...SIGNING], /SHA-256: No memory is left/],
  ["a clock never set", createHost({ clockSet: false }).platform, ["clock"], /clock: never set: device\.syncTime\(\)/],
  ["a clock of 2019", changed(({ clock }) => ({ clock: { ...clock, isSet: () => true, now: () => Date.UTC(2019, 0, 1) } })), ["clock"], /clock: shows 2019-01-01/],
  ["too few variables", changed(({ memory }) => ({ memory: { ...memory, variables: () => ({ used: 2000, total: 3700 }) } })), ["memory"], /1700 variables are free/],
  ["too little native heap", changed(({ memory }) => ({ memory: { ...memory, nativeHeap: () => 35444 } })), ["memory"], /35444 bytes of native heap/],
  ["a flash that is full", changed(({ flash }) => ({ flash: { ...flash, write: () => false } })), ["storage"], /storage: flash does not keep/],
  ["a flash that loses bits", changed(({ flash }) => ({ flash: { ...flash, read: (name) => flash.read(name)?.replace("\xff", "\xfe") } })), ["storage"], /storage/],
  ["random numbers that repeat", changed(({ random }) => ({ random: { ...random, bytes: (count) => "abcdefghijklmnop".slice(0, count) } })), ["random"], /random: the generator repeats/],
];

describe("the self test", () => {
  it("passes on a right host, with a line for each check, and leaves nothing in flash", () => {
    const host = createHost();
    assert.deepEqual(selfTest(host.platform), { passed: ALL, failed: [] });
    assert.deepEqual(host.printed, ALL.map((name) => "ok     " + name));
    assert.equal(host.platform.flash.read("self.test"), undefined);
  });
  for (const [what, platform, failed, line] of rows) {
    it(`sees ${what}`, () => {
      const lines: string[] = [];
      const result = selfTest({ ...platform, console: { print: (text) => void lines.push(text) } });
      assert.deepEqual(result, { passed: ALL.filter((name) => !failed.includes(name)), failed: ALL.filter((name) => failed.includes(name)) });
      assert.ok(lines.some((text) => text.startsWith("FAILED ") && line.test(text)), lines.join("\n"));
    });
  }
});
