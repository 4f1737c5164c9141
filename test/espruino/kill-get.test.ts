// Downloads on the real interpreter that lose power again and again: the process is killed, flash and card stay as they were.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cloud, useCloud } from "../cloud/suite";
import { Chance } from "../host/chance";
import type { Interpreter } from "./interpreter";
import { boot, bootImage, useInterpreter } from "./suite";

const MIB = 1024 * 1024;
const KILLS = 10, SEED = 20261122;
/** What is fetched again to see that the card's bytes are the object's (src/s3/downloads/range.ts). */
const TAIL = 512;

/** A proxy that lets answers through at `rate` bytes a second. */
function slowProxy(port: number, rate: number): Promise<Server> {
  const server = createServer((client) => {
    const upstream = connect(port, "127.0.0.1");
    client.pipe(upstream);
    upstream.on("data", (data) => {
      client.write(data);
      upstream.pause();
      setTimeout(() => upstream.resume(), (data.length / rate) * 1000);
    });
    for (const [one, other] of [[client, upstream], [upstream, client]] as const) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.end());
    }
  });
  return new Promise((done) => server.listen(0, "127.0.0.1", () => done(server)));
}

describe("downloads on the real interpreter that lose power", function () {
  this.timeout(240000);
  let proxy: Server;
  let directory: string;

  useInterpreter();
  useCloud();
  before(async () => {
    proxy = await slowProxy(cloud.describe().s3.port, 300_000);
  });
  after(() => void proxy?.close());
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "kill-get-"));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  async function start(first: boolean): Promise<Interpreter> {
    const cloudBehindProxy = cloud.describe();
    cloudBehindProxy.s3.port = (proxy.address() as AddressInfo).port;
    const one = await (first ? bootImage(cloudBehindProxy, {}, { directory }) : boot({ directory }));
    await one.evaluate("device.syncTime()");
    return one;
  }

  const sizeOf = (path: string): number => (existsSync(join(directory, path)) ? statSync(join(directory, path)).size : 0);

  for (const [what, old, waiting] of [["a new file", undefined, "a.bin"], ["a file that was there", randomBytes(5000), "download.part"]] as const) {
    it(`ends with ${what} right after ${KILLS} kills, and fetches no byte again that was safe but the last ${TAIL}`, async () => {
      const bytes = randomBytes(3 * MIB), chance = new Chance(SEED);
      if (old) writeFileSync(join(directory, "a.bin"), old);
      let one = await start(true);
      // From the device, so that S3 knows the CRC-32.
      writeFileSync(join(directory, "up.bin"), bytes);
      await one.evaluate('device.put("up.bin","a.bin",{payload:"unsigned"})', 60000);
      let cuts = 0;
      for (let n = 0; n < KILLS; n++) {
        const before = cloud.s3.requests.length;
        const safe = sizeOf(waiting);
        one.type('device.get("a.bin")');
        await new Promise((done) => setTimeout(done, chance.between(250, 950)));
        await one.stop();
        const asked = cloud.s3.requests.slice(before).map((request) => request.headers["range"]);
        if (asked.length) {
          assert.equal(asked[0], safe ? `bytes=${safe - Math.min(safe, TAIL)}-${bytes.length - 1}` : undefined, `kill ${n}`);
          if (sizeOf(waiting) > safe) cuts++;
        }
        if (old) assert.ok(readFileSync(join(directory, "a.bin")).equals(old), "the old file was touched");
        one = await start(false);
      }
      const safe = sizeOf(waiting);
      assert.ok(cuts >= KILLS - 3 && safe < bytes.length, `${cuts} cuts, ${safe} bytes before the last call`);
      const get = await one.evaluate('device.get("a.bin")', 60000);
      assert.deepEqual([get.size, get.resumed], [bytes.length, true]);
      assert.equal(cloud.s3.requests.at(-1)!.headers["range"], `bytes=${safe - TAIL}-${bytes.length - 1}`);
      assert.ok(readFileSync(join(directory, "a.bin")).equals(bytes));
      assert.ok(!existsSync(join(directory, "download.part")));
      assert.deepEqual(await one.evaluate('require("Storage").list().filter(function(n){return n.startsWith("s3.");})'), []);
    });
  }
});
