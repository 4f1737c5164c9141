// The minified image on the real interpreter, against the local cloud: what the product is for.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { IMAGE } from "../../sim/desk";
import { cloud, useCloud } from "../cloud/suite";
import { Interpreter } from "./interpreter";
import { bootImage, failure, useInterpreter } from "./suite";

const MIB = 1024 * 1024;
const image = readFileSync(IMAGE);

describe("the image on the real interpreter", function () {
  this.timeout(180000);
  useInterpreter();
  useCloud();

  const boot = (changes: Record<string, unknown> = {}) => bootImage(cloud.describe(), changes);

  function used(one: Interpreter): Promise<number> {
    return one.evaluate("process.memory().usage");
  }

  it("sets its clock, uploads 10 MiB and downloads 1 MiB, every byte right", async () => {
    const one = await boot();
    const log = randomBytes(10 * MIB), firmware = randomBytes(MIB);
    writeFileSync(join(one.directory, "log.txt"), log);
    cloud.s3.put("firmware.bin", firmware);
    const time = await one.evaluate("device.syncTime()");
    assert.ok(Math.abs(time.offset) < 2000 && time.stratum > 0);
    const put = await one.evaluate('device.put("log.txt")', 120000);
    assert.deepEqual([put.key, put.size, put.resumed], ["log.txt", 10 * MIB, false]);
    assert.ok(cloud.s3.get("log.txt")!.equals(log));
    const get = await one.evaluate('device.get("firmware.bin","new.bin")', 60000);
    assert.deepEqual([get.key, get.path, get.size], ["firmware.bin", "new.bin", MIB]);
    assert.ok(readFileSync(join(one.directory, "new.bin")).equals(firmware));
  });

  it("sends unsigned chunks with a CRC-32 trailer that S3 accepts", async () => {
    const one = await boot();
    const log = randomBytes(100000);
    writeFileSync(join(one.directory, "log.txt"), log);
    await one.evaluate("device.syncTime()");
    await one.evaluate('device.put("log.txt","unsigned.txt",{payload:"unsigned"})');
    assert.ok(cloud.s3.get("unsigned.txt")!.equals(log));
  });

  for (const size of [0, 1, 8191, 8192, 8193, 16384]) {
    it(`sends and fetches a file of ${size} bytes`, async () => {
      const one = await boot();
      const bytes = randomBytes(size);
      writeFileSync(join(one.directory, "a.bin"), bytes);
      await one.evaluate("device.syncTime()");
      await one.evaluate(`device.put("a.bin","size/${size}")`);
      assert.ok(cloud.s3.get(`size/${size}`)!.equals(bytes));
      await one.evaluate(`device.get("size/${size}","b.bin")`);
      assert.ok(readFileSync(join(one.directory, "b.bin")).equals(bytes));
    });
  }

  it("gives back what transfers took: the tenth leaves no more variables in use than the second", async () => {
    const one = await boot();
    writeFileSync(join(one.directory, "log.txt"), randomBytes(50000));
    cloud.s3.put("small.bin", randomBytes(50000));
    await one.evaluate("device.syncTime()");
    const figures: number[] = [];
    for (let i = 0; i < 10; i++) {
      await one.evaluate('device.put("log.txt")');
      await one.evaluate('device.get("small.bin")');
      figures.push(await used(one));
    }
    assert.ok(figures[9]! <= figures[1]! + 2, figures.join(" "));
  });

  it("needs nobody to collect its garbage: twenty transfers in a row find the runs of memory that TLS needs", async () => {
    const one = await boot();
    const log = randomBytes(MIB);
    writeFileSync(join(one.directory, "log.txt"), log);
    await one.evaluate("device.syncTime()");
    for (let i = 0; i < 10; i++) {
      await one.evaluate('device.put("log.txt")');
      await one.evaluate('device.get("log.txt","back.txt")');
    }
    assert.ok(readFileSync(join(one.directory, "back.txt")).equals(log));
  });

  it("keeps the file that was there until the new one is complete, then replaces it", async () => {
    const one = await boot();
    const old = randomBytes(3000), next = randomBytes(200000);
    writeFileSync(join(one.directory, "a.bin"), old);
    cloud.s3.put("a.bin", next);
    await one.evaluate("device.syncTime()");
    cloud.s3.faults.next({ kind: "cut", during: "response", afterBytes: 100000 });
    cloud.s3.faults.next({ kind: "answer", status: 403, code: "AccessDenied" });
    assert.equal((await failure(one, 'device.get("a.bin")')).cause.code, "AccessDenied");
    assert.ok(readFileSync(join(one.directory, "a.bin")).equals(old));
    await one.evaluate('device.get("a.bin")');
    assert.ok(readFileSync(join(one.directory, "a.bin")).equals(next));
    assert.throws(() => statSync(join(one.directory, "download.part")));
  });

  it("names what is wrong: a clock never set, a wrong secret, a refused port, an unknown host, a missing file and object", async () => {
    const wrong = { ...cloud.credentials, source: "static", secretAccessKey: "x".repeat(40) };
    const one = await boot({ credentials: wrong });
    writeFileSync(join(one.directory, "log.txt"), randomBytes(3 * MIB));
    assert.equal((await failure(one, 'device.put("log.txt")')).code, "clock-not-set");
    await one.evaluate("device.syncTime()");
    const refused = await failure(one, 'device.put("log.txt")');
    assert.equal(refused.code, "s3", JSON.stringify(refused));
    assert.deepEqual([refused.code, refused.cause.status, refused.cause.code], ["s3", 403, "SignatureDoesNotMatch"]);
    await one.evaluate(`device.configure({credentials:{secretAccessKey:${JSON.stringify(cloud.credentials.secretAccessKey)}}})`);
    assert.equal((await failure(one, 'device.put("nothing.txt")')).code, "file-missing");
    const missing = await failure(one, 'device.get("nothing.txt")');
    assert.equal(missing.code, "s3", missing.stack ?? JSON.stringify(missing));
    assert.deepEqual([missing.code, missing.cause.code], ["s3", "NoSuchKey"]);
    await one.evaluate('device.configure({s3:{endpoint:{port:1}}})');
    assert.equal((await failure(one, 'device.get("a")')).code, "connect");
    await one.evaluate('device.configure({s3:{endpoint:{host:"no-such-host.invalid"}}})');
    assert.equal((await failure(one, 'device.get("a")')).code, "dns");
  });

  it("takes less than 1,800 variables when idle", async () => {
    const one = await boot();
    const idle = await used(one);
    assert.ok(idle <= 1800, `${idle} variables`);
  });

  it("runs as a script too, where nothing is in flash yet, and says what is missing", async () => {
    // From a script the program's text is held in variables: more of them than a board's.
    const one = new Interpreter({ script: image.toString("latin1") + '\ndevice.put("a").then(print,function(e){print("code "+e.code);});\n', environment: { ESPRUINO_VARS: "16383" } });
    try {
      assert.equal((await one.waitFor(/code (\S+)\n/))[1], "settings");
    } finally {
      await one.stop();
    }
  });
});
