// Verified downloads on the real interpreter, with a plain board's memory and TLS in it.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeManifest } from "../../tools/manifest";
import { cloud, useCloud } from "../cloud/suite";
import { bootImage, failure, useInterpreter } from "./suite";

const KEY = randomBytes(32);

describe("verified downloads on the real interpreter", function () {
  this.timeout(120000);
  let directory: string;
  useInterpreter();
  useCloud();
  beforeEach(() => { directory = mkdtempSync(join(tmpdir(), "verify-")); });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  async function board(changes = {}) {
    const one = await bootImage(cloud.describe(), { verify: { required: true }, ...changes }, { directory, storage: { "verify.key": KEY }, environment: { ESPRUINO_VARS: "6500" } });
    await one.evaluate("device.syncTime()");
    return one;
  }
  function stored(key: string, size: number, change = (bytes: Buffer) => bytes): Buffer {
    const bytes = randomBytes(size);
    cloud.s3.put(key + ".manifest", Buffer.from(makeManifest(bytes, KEY, key, 1), "latin1"));
    cloud.s3.put(key, change(Buffer.from(bytes)));
    return bytes;
  }

  for (const size of [0, 100, 8192, 1_200_000]) {
    it(`${size} bytes with 6,500 variables, and gives back what it took`, async () => {
      const one = await board();
      const bytes = stored("a.bin", size);
      const used: number[] = [];
      for (let n = 0; n < 2; n++) {
        const got = await one.evaluate('device.get("a.bin")', 100000);
        assert.deepEqual([got.size, got.version], [size, 1]);
        assert.ok(readFileSync(join(directory, "a.bin")).equals(bytes));
        used.push(await one.evaluate("process.memory().usage"));
      }
      assert.ok(used[1]! <= used[0]! + 5, used.join());
      assert.ok(!existsSync(join(directory, "download.mf")));
    });
  }

  it("a wrong block ends it at once and the old file stays; without a manifest nothing comes at all", async () => {
    const one = await board();
    writeFileSync(join(directory, "a.bin"), "old");
    stored("a.bin", 1_000_000, (bytes) => { bytes[200_000]! ^= 1; return bytes; });
    const failed = await failure(one, 'device.get("a.bin")');
    assert.deepEqual([failed.code, /Block 24 /.test(failed.message)], ["verify", true], JSON.stringify(failed));
    assert.equal(readFileSync(join(directory, "a.bin"), "latin1"), "old");
    assert.ok(!existsSync(join(directory, "download.part")));
    cloud.s3.put("plain", randomBytes(10));
    assert.equal((await failure(one, 'device.get("plain")')).code, "s3");
    assert.ok(!existsSync(join(directory, "plain")));
  });

  it("goes on after a kill, and reads again what is on the card", async () => {
    let one = await board();
    const bytes = stored("a.bin", 3_000_000);
    one.type('device.get("a.bin")');
    for (let size = 0, tries = 0; size < 500_000; tries++) {
      assert.ok(tries < 1000, one.output);
      await new Promise((done) => setTimeout(done, 10));
      size = existsSync(join(directory, "a.bin")) ? statSync(join(directory, "a.bin")).size : 0;
    }
    await one.stop();
    one = await board();
    const got = await one.evaluate('device.get("a.bin")', 100000);
    assert.deepEqual([got.size, got.resumed], [bytes.length, true]);
    assert.ok(readFileSync(join(directory, "a.bin")).equals(bytes));
  });
});
