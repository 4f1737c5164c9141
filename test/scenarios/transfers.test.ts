// The built image on the virtual board against the local cloud: transfers as a user types them, and what goes wrong with them.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { appendFileSync, existsSync, readFileSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { closeDesks, desk, failure, file, printed, said, underWay, until } from "./desks";

const KIB = 1024;

describe("transfers", function () {
  this.timeout(30000);
  afterEach(() => closeDesks((one) => [one.cloud.sessionCredentials.sessionToken]));

  it("answers a put with key, size, etag, seconds and resumed", async () => {
    const one = await desk();
    const bytes = file(one, "log.txt", 20000);
    const put = await one.command('device.put("log.txt")');
    assert.deepEqual(Object.keys(put).sort(), ["etag", "key", "resumed", "seconds", "size"]);
    assert.deepEqual([put.key, put.size, put.resumed], ["log.txt", 20000, false]);
    assert.match(put.etag, /^"[0-9a-f]{32}"$/);
    assert.ok(one.cloud.s3.get("log.txt")!.equals(bytes));
  });

  it("answers a get with key, path, size, etag, seconds and resumed", async () => {
    const one = await desk();
    one.cloud.s3.put("firmware/app.bin", Buffer.from("hello"));
    const get = await one.command('device.get("firmware/app.bin")');
    assert.deepEqual(Object.keys(get).sort(), ["etag", "key", "path", "resumed", "seconds", "size"]);
    assert.deepEqual([get.key, get.path, get.size, get.etag, get.resumed], ["firmware/app.bin", "app.bin", 5, '"5d41402abc4b2a76b9719d911017c592"', false]);
    assert.equal(readFileSync(join(one.card, "app.bin"), "utf8"), "hello");
  });

  it("puts s3.prefix before a key it chooses, and leaves a given key alone", async () => {
    const one = await desk();
    await one.command('device.configure({s3:{prefix:"board-17/"}})');
    file(one, "log.txt", 10);
    assert.equal((await one.command('device.put("log.txt")')).key, "board-17/log.txt");
    assert.equal((await one.command('device.put("log.txt","other.txt")')).key, "other.txt");
    assert.deepEqual(one.cloud.s3.keys().sort(), ["board-17/log.txt", "other.txt"]);
  });

  it("signs a session token", async () => {
    const one = await desk();
    file(one, "log.txt", 100);
    const keys = JSON.stringify(one.cloud.sessionCredentials);
    await one.command(`device.configure({credentials:${keys}})`);
    await one.command('device.put("log.txt")');
    assert.ok(one.cloud.s3.get("log.txt"));
  });

  for (const key of ["a b+c.txt", "tilde~(paren)*!'.txt", "gr\u00fc\u00dfe/\u65e5\u672c.txt", "a=b&c?d#e.txt", "pct%41.txt", "dots/../x", "//two"]) {
    it(`moves an object of the key ${key} both ways`, async () => {
      const one = await desk();
      const bytes = file(one, "log.txt", 300);
      const typed = JSON.stringify(key);
      await one.command(`device.put("log.txt",${typed})`);
      assert.ok(one.cloud.s3.get(key)!.equals(bytes));
      await one.command(`device.get(${typed},"back.bin")`);
      assert.ok(readFileSync(join(one.card, "back.bin")).equals(bytes));
    });
  }

  const changes: [what: string, change: (path: string) => void][] = [
    ["grows", (path) => appendFileSync(path, "one more line\n")],
    ["shrinks", (path) => truncateSync(path, 2900 * KIB)],
    ["is rewritten in place", (path) => {
      writeFileSync(path, randomBytes(3000 * KIB));
      utimesSync(path, new Date(), new Date(Date.now() + 4000));
    }],
  ];
  for (const [what, change] of changes) {
    it(`stores nothing when the file ${what} while it is sent`, async () => {
      const one = await desk();
      file(one, "log.txt", 3000 * KIB);
      const sending = failure(one, 'device.put("log.txt")');
      await underWay(one);
      change(join(one.card, "log.txt"));
      assert.equal((await sending).code, "file-changed");
      assert.equal(one.cloud.s3.get("log.txt"), undefined);
    });
  }

  it("keeps the old object when an upload breaks", async () => {
    const one = await desk();
    one.cloud.s3.put("log.txt", Buffer.from("old"));
    file(one, "log.txt", 500 * KIB);
    one.cloud.s3.faults.next({ kind: "cut", during: "request", afterBytes: 100000 });
    one.cloud.s3.faults.next({ kind: "answer", status: 403, code: "AccessDenied" });
    assert.equal((await failure(one, 'device.put("log.txt")')).cause.code, "AccessDenied");
    assert.equal(one.cloud.s3.get("log.txt")!.toString(), "old");
    said(one, /^ {2}The connection to .* broke.*; again in \d\.\d s$/);
  });

  it("sends a broken upload again, whole", async () => {
    const one = await desk();
    const bytes = file(one, "log.txt", 500 * KIB);
    one.cloud.s3.faults.next({ kind: "cut", during: "request", afterBytes: 100000 });
    await one.command('device.put("log.txt")');
    assert.ok(one.cloud.s3.get("log.txt")!.equals(bytes));
  });

  it("goes on with a download where it was cut", async () => {
    const one = await desk();
    const bytes = randomBytes(600 * KIB);
    one.cloud.s3.put("a.bin", bytes);
    one.cloud.s3.faults.next({ kind: "cut", during: "response", afterBytes: 300000 });
    await one.command('device.get("a.bin")');
    assert.ok(readFileSync(join(one.card, "a.bin")).equals(bytes));
    const [first, second] = one.cloud.s3.requests;
    assert.equal(second!.status, 206);
    assert.ok(first!.bytesSent + second!.bytesSent < bytes.length + 50000);
  });

  it("begins a cut download again when the object was replaced meanwhile", async () => {
    const one = await desk();
    const next = randomBytes(400 * KIB);
    one.cloud.s3.put("a.bin", randomBytes(600 * KIB));
    one.cloud.s3.faults.next({ kind: "cut", during: "response", afterBytes: 300000 });
    const getting = one.command('device.get("a.bin")');
    await until(() => printed(one, /again in/) > 0);
    one.cloud.s3.put("a.bin", next);
    await getting;
    assert.ok(readFileSync(join(one.card, "a.bin")).equals(next));
  });

  it("names a card that is full, and keeps the file that was there", async () => {
    const one = await desk({ cardSize: 300 * KIB });
    const old = file(one, "a.bin", 1000);
    one.cloud.s3.put("a.bin", randomBytes(600 * KIB));
    const failed = await failure(one, 'device.get("a.bin")');
    assert.equal(failed.code, "card-full");
    assert.ok(readFileSync(join(one.card, "a.bin")).equals(old));
    assert.ok(!existsSync(join(one.card, "download.part")));
  });

  it("names a card that is pulled out in the middle", async () => {
    const one = await desk();
    file(one, "log.txt", 3000 * KIB);
    const sending = failure(one, 'device.put("log.txt")');
    await underWay(one);
    one.board.card!.remove();
    assert.ok(["card", "file-changed"].includes((await sending).code));
    assert.equal(one.cloud.s3.get("log.txt"), undefined);
  });

  it("finishes after a power cut the copy that was replacing a file", async () => {
    const one = await desk();
    const next = randomBytes(200 * KIB);
    writeFileSync(join(one.card, "a.bin"), next.subarray(0, 70000));
    writeFileSync(join(one.card, "download.part"), next);
    one.board.flash.set("s3.copy", `${next.length} a.bin`);
    one.board.powerCycle();
    file(one, "log.txt", 10);
    await one.command("device.syncTime()");
    await one.command('device.put("log.txt")');
    assert.ok(readFileSync(join(one.card, "a.bin")).equals(next));
    assert.ok(!existsSync(join(one.card, "download.part")));
    assert.equal(one.board.flash.get("s3.copy"), undefined);
  });

  it("does not give up that copy while the card is out", async () => {
    const one = await desk();
    const next = randomBytes(200 * KIB);
    writeFileSync(join(one.card, "a.bin"), next.subarray(0, 70000));
    writeFileSync(join(one.card, "download.part"), next);
    one.board.flash.set("s3.copy", `${next.length} a.bin`);
    one.board.card!.remove();
    assert.match((await failure(one, 'device.put("log.txt")')).code, /^(card|file-missing)$/);
    one.board.card!.insert();
    file(one, "log.txt", 10);
    await one.command('device.put("log.txt")');
    assert.ok(readFileSync(join(one.card, "a.bin")).equals(next));
  });

  it("does one transfer at a time and says which one is going on", async () => {
    const one = await desk();
    file(one, "log.txt", 2000 * KIB);
    const first = one.command('device.put("log.txt")');
    const failed = await failure(one, 'device.get("a")');
    assert.equal(failed.code, "busy");
    assert.match(failed.message, /put log\.txt/);
    await first;
  });

  it("prints progress with percent, amount, rate and time left, a line for each tenth at most", async () => {
    const one = await desk();
    file(one, "log.txt", 10000 * KIB);
    await one.command('device.put("log.txt")');
    const lines = one.board.output.filter((line) => /^ {2}\d+ %, /.test(line));
    assert.ok(lines.length >= 1 && lines.length <= 10, lines.join("\n"));
    assert.match(lines[0]!, /^ {2}\d+ %, [\d.]+ MiB of 9\.8 MiB, [\d.]+ MiB\/s, \d+ s left$/);
  });
});
