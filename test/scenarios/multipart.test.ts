// Multipart uploads on the virtual board: resumed after power cuts, given up without leaving parts, settled when an answer is lost.
import assert from "node:assert/strict";
import { existsSync, rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import type { Desk } from "../../sim/desk";
import { closeDesks, deskWithLog as desk, failure, file, powerCycle, said, until } from "./desks";

const MIB = 1024 * 1024;
const PARTS = "{multipart:true}";

describe("multipart upload", function () {
  this.timeout(60000);
  afterEach(() => closeDesks());

  const requests = (one: Desk, operation: string, status = 200) => one.cloud.s3.requests.filter((request) => request.operation === operation && request.status === status);
  const parts = (one: Desk) => requests(one, "UploadPart").length;
  const journal = (one: Desk) => [...one.board.flash.keys()].filter((name) => name.startsWith("s3.up."));

  function clean(one: Desk): void {
    assert.deepEqual([journal(one), one.cloud.s3.uploads()], [[], []]);
    assert.ok(!existsSync(join(one.card, "upload.tmp")));
  }

  /** The power is cut once S3 has so many parts (and their journal is written, after a while). */
  async function cut(one: Desk, command: string, count: number, later = 40): Promise<void> {
    one.command(command).catch(() => {});
    await until(() => parts(one) >= count);
    await new Promise((done) => setTimeout(done, later));
    await powerCycle(one);
  }

  it("sends a file beyond 8 MiB in parts and leaves no journal behind", async () => {
    const { one, bytes } = await desk(12 * MIB);
    const put = await one.command('device.put("log.txt")');
    assert.deepEqual(Object.keys(put).sort(), ["etag", "key", "resumed", "seconds", "size"]);
    assert.match(put.etag, /-3"$/);
    assert.ok(put.seconds > 0);
    assert.equal(put.resumed, false);
    assert.ok(one.cloud.s3.get("log.txt")!.equals(bytes));
    assert.deepEqual(one.cloud.s3.requests.map((request) => request.operation), ["CreateMultipartUpload", "UploadPart", "UploadPart", "UploadPart", "CompleteMultipartUpload", "HeadObject"]);
    said(one, /^ {2}\d+ %, /);
    clean(one);
  });

  it("sends a file of 8 MiB in one piece, and obeys s3.multipartOver", async () => {
    const { one } = await desk(8 * MIB);
    assert.match((await one.command('device.put("log.txt")')).etag, /^"[0-9a-f]{32}"$/);
    await one.command("device.configure({s3:{multipartOver:6000000}})");
    assert.match((await one.command('device.put("log.txt")')).etag, /-2"$/);
    assert.match((await one.command('device.put("log.txt","k",{multipart:false})')).etag, /^"[0-9a-f]{32}"$/);
  });

  for (const [size, options, count] of [[1, PARTS, 1], [8192, PARTS, 1], [5 * MIB, PARTS, 1], [5 * MIB + 1, PARTS, 2], [12 * MIB, "{partSize:6291456}", 2]] as const) {
    for (const payload of ["signed", "unsigned"]) {
      it(`sends ${size} bytes in ${count} parts, ${payload}, with ${options}`, async () => {
        const { one, bytes } = await desk(size);
        await one.command(`device.configure({s3:{payload:"${payload}"}})`);
        assert.match((await one.command(`device.put("log.txt","k",${options})`)).etag, new RegExp(`-${count}"$`));
        assert.ok(one.cloud.s3.get("k")!.equals(bytes));
        const [complete] = requests(one, "CompleteMultipartUpload");
        assert.equal(complete!.headers["x-amz-checksum-type"], payload === "unsigned" ? "FULL_OBJECT" : undefined);
        assert.equal(requests(one, "UploadPart").filter((request) => request.headers["x-amz-trailer"] !== undefined).length, payload === "unsigned" ? count : 0);
        clean(one);
      });
    }
  }

  it("sends an empty file in one piece whatever it is told", async () => {
    const { one } = await desk(0);
    await one.command(`device.put("log.txt","k",${PARTS})`);
    assert.equal(one.cloud.s3.get("k")!.length, 0);
  });

  for (const payload of ["signed", "unsigned"]) {
    it(`goes on after a power cut with the first part that S3 has not confirmed, ${payload}`, async () => {
      const { one, bytes } = await desk(12 * MIB);
      await cut(one, `device.put("log.txt","log.txt",{payload:"${payload}"})`, 1);
      const { finished } = await one.command("device.resume()");
      assert.deepEqual(Array.from(finished, (put: any) => [put.key, put.size, put.resumed]), [["log.txt", 12 * MIB, true]]);
      assert.ok(one.cloud.s3.get("log.txt")!.equals(bytes));
      assert.equal(parts(one), 3);
      clean(one);
    });
  }

  it("goes on with the next put of the same file", async () => {
    const { one, bytes } = await desk(12 * MIB);
    await cut(one, 'device.put("log.txt")', 1);
    assert.equal((await one.command('device.put("log.txt")')).resumed, true);
    assert.ok(one.cloud.s3.get("log.txt")!.equals(bytes));
    assert.equal(parts(one), 3);
    clean(one);
  });

  it("goes on by its journal when the key may not list parts", async () => {
    const { one, bytes } = await desk(12 * MIB);
    one.cloud.policy.deny("s3:ListMultipartUploadParts");
    await cut(one, 'device.put("log.txt")', 1);
    assert.equal((await one.command('device.put("log.txt")')).resumed, true);
    assert.ok(one.cloud.s3.get("log.txt")!.equals(bytes));
    assert.equal(parts(one), 3);
    clean(one);
  });

  for (const payload of ["signed", "unsigned"]) {
    it(`does not send a part again that S3 has and the journal has not, ${payload}`, async () => {
      const { one, bytes } = await desk(12 * MIB);
      one.cloud.s3.faults.next({ kind: "loseAnswer" }, { operation: "UploadPart", query: { partNumber: "2" } });
      await cut(one, `device.put("log.txt","k",{payload:"${payload}"})`, 1, 0);
      await one.command("device.resume()");
      assert.ok(one.cloud.s3.get("k")!.equals(bytes));
      clean(one);
    });
  }

  it("sends again what the journal has and S3 has not", async () => {
    const { one, bytes } = await desk(12 * MIB);
    await cut(one, 'device.put("log.txt")', 2);
    one.cloud.s3.forgetPart(1);
    await one.command("device.resume()");
    assert.ok(one.cloud.s3.get("log.txt")!.equals(bytes));
    clean(one);
  });

  it("begins anew when the file was changed, and takes the old parts off S3", async () => {
    const { one } = await desk(12 * MIB);
    await cut(one, 'device.put("log.txt")', 1);
    const next = file(one, "log.txt", 9 * MIB);
    assert.equal((await one.command('device.put("log.txt")')).resumed, false);
    assert.ok(one.cloud.s3.get("log.txt")!.equals(next));
    assert.equal(requests(one, "AbortMultipartUpload", 204).length, 1);
    clean(one);
  });

  it("begins anew when other options are given, or one piece is asked for", async () => {
    for (const options of ['{contentType:"text/plain"}', "{multipart:false}"]) {
      const { one, bytes } = await desk(12 * MIB);
      await cut(one, 'device.put("log.txt")', 1);
      assert.equal((await one.command(`device.put("log.txt","log.txt",${options})`)).resumed, false);
      assert.ok(one.cloud.s3.get("log.txt")!.equals(bytes));
      assert.equal(requests(one, "AbortMultipartUpload", 204).length, 1);
      clean(one);
    }
  });

  it("takes parts off S3 later when it could not at once", async () => {
    const { one } = await desk(9 * MIB);
    one.cloud.policy.deny("s3:AbortMultipartUpload");
    one.cloud.s3.faults.next({ kind: "answer", status: 403, code: "AccessDenied" }, { operation: "UploadPart" });
    assert.equal((await failure(one, 'device.put("log.txt")')).cause.code, "AccessDenied");
    assert.equal(one.cloud.s3.uploads().length, 1);
    said(one, /^ {2}parts of log\.txt are still on S3/);
    await powerCycle(one);
    await one.command("device.resume()");
    assert.equal(one.cloud.s3.uploads().length, 1, "still denied");
    one.cloud.policy.allow();
    const { finished } = await one.command("device.resume()");
    assert.equal(finished.length, 0);
    assert.equal(one.cloud.s3.get("log.txt"), undefined, "given up is given up");
    clean(one);
  });

  it("finds an upload that was created while the power went", async () => {
    const { one, bytes } = await desk(9 * MIB);
    one.cloud.s3.faults.next({ kind: "stall", during: "response", afterBytes: 0 }, { operation: "CreateMultipartUpload" });
    one.command('device.put("log.txt")').catch(() => {});
    await until(() => one.cloud.s3.uploads().length === 1);
    await powerCycle(one);
    await one.command("device.resume()");
    assert.ok(one.cloud.s3.get("log.txt")!.equals(bytes));
    clean(one);
  });

  it("finishes all uploads, the oldest first, and goes on after one whose file is gone", async () => {
    const { one } = await desk(9 * MIB);
    const others = ["b.txt", "a.txt"].map((name) => ({ name, bytes: file(one, name, 9 * MIB) }));
    for (const name of ["log.txt", "b.txt", "a.txt"]) await cut(one, `device.put("${name}","${name}",{multipart:true})`, parts(one) + 1);
    rmSync(join(one.card, "log.txt"));
    const { finished } = await one.command("device.resume()");
    assert.deepEqual(Array.from(finished, (put: any) => put.key), ["b.txt", "a.txt"]);
    for (const { name, bytes } of others) assert.ok(one.cloud.s3.get(name)!.equals(bytes));
    said(one, /^ {2}given up: log\.txt/);
    clean(one);
  });

  for (const [what, fault] of [
    ["lost", { kind: "loseAnswer" }], ["cut off", { kind: "cut", during: "response", afterBytes: 0 }], ["an error in a 200", { kind: "late", code: "InternalError" }],
    ["late", { kind: "late" }], ["503", { kind: "answer", code: "SlowDown" }],
  ] as const) {
    it(`settles a complete whose answer is ${what}`, async () => {
      const { one, bytes } = await desk(9 * MIB);
      one.cloud.s3.faults.next(fault as any, { operation: "CompleteMultipartUpload" });
      const put = await one.command('device.put("log.txt")');
      assert.match(put.etag, /-2"$/);
      assert.ok(one.cloud.s3.get("log.txt")!.equals(bytes));
      const after = one.cloud.s3.requests.map((request) => request.operation);
      const first = after.indexOf("CompleteMultipartUpload");
      if (what !== "late") assert.equal(after[first + 1], "HeadObject", "S3 is asked before anything is sent again");
      assert.equal(parts(one), 2);
      clean(one);
    });
  }

  it("settles after a power cut a complete whose answer was lost", async () => {
    const { one, bytes } = await desk(9 * MIB);
    one.cloud.s3.faults.next({ kind: "loseAnswer" }, { operation: "CompleteMultipartUpload" });
    one.command('device.put("log.txt")').catch(() => {});
    await until(() => one.cloud.s3.get("log.txt") !== undefined);
    await powerCycle(one);
    const { finished } = await one.command("device.resume()");
    assert.equal(finished.length, 1);
    assert.ok(one.cloud.s3.get("log.txt")!.equals(bytes));
    assert.equal(parts(one), 2, "no part was sent again");
    clean(one);
  });

  it("begins anew once when S3 has lost the upload", async () => {
    const { one, bytes } = await desk(9 * MIB);
    one.cloud.s3.faults.next({ kind: "answer", code: "NoSuchUpload" }, { operation: "UploadPart", query: { partNumber: "2" } });
    await one.command('device.put("log.txt")');
    assert.ok(one.cloud.s3.get("log.txt")!.equals(bytes));
    assert.equal(requests(one, "CreateMultipartUpload").length, 2);
  });

  it("does not take an older object of the same size for the one that was lost", async () => {
    const { one } = await desk(9 * MIB);
    await one.command('device.put("log.txt")');
    await new Promise((done) => setTimeout(done, 3500));
    const next = file(one, "log.txt", 9 * MIB);
    one.cloud.s3.faults.next({ kind: "answer", code: "NoSuchUpload" }, { operation: "CompleteMultipartUpload" });
    await one.command('device.put("log.txt")');
    assert.ok(one.cloud.s3.get("log.txt")!.equals(next));
  });

  it("leaves no parts when S3 refuses, when a complete fails for good, or when the file changes", async () => {
    const trials: [fault: any, target: any, code: string][] = [
      [{ kind: "answer", status: 403, code: "AccessDenied" }, { operation: "UploadPart" }, "AccessDenied"],
      [{ kind: "late", code: "EntityTooSmall" }, { operation: "CompleteMultipartUpload" }, "EntityTooSmall"],
    ];
    for (const [fault, target, code] of trials) {
      const { one } = await desk(9 * MIB);
      one.cloud.s3.faults.next(fault, target);
      assert.equal((await failure(one, 'device.put("log.txt")')).cause.code, code);
      clean(one);
    }
    const { one } = await desk(12 * MIB);
    const sending = failure(one, 'device.put("log.txt")');
    await until(() => parts(one) >= 1);
    utimesSync(join(one.card, "log.txt"), new Date(), new Date(Date.now() + 4000));
    assert.equal((await sending).code, "file-changed");
    clean(one);
  });

  it("waits for settings when the credentials are refused in the middle", async () => {
    const { one, bytes } = await desk(12 * MIB);
    one.cloud.s3.faults.next({ kind: "answer", code: "ExpiredToken" }, { operation: "UploadPart", query: { partNumber: "2" } });
    const failed = await failure(one, 'device.put("log.txt")');
    assert.match(failed.hint, /device\.resume\(\) goes on with part 2\.$/);
    await one.command("device.resume()");
    assert.ok(one.cloud.s3.get("log.txt")!.equals(bytes));
    assert.equal(parts(one), 3);
    clean(one);
  });

  it("keeps the upload when the card is pulled out, and goes on when it is back", async () => {
    const { one, bytes } = await desk(12 * MIB);
    const sending = failure(one, 'device.put("log.txt")');
    await until(() => parts(one) >= 1);
    one.board.card!.remove();
    const failed = await sending;
    assert.equal(failed.code, "card");
    assert.match(failed.hint, /device\.resume\(\)/);
    one.board.card!.insert();
    await powerCycle(one);
    await one.command("device.resume()");
    assert.ok(one.cloud.s3.get("log.txt")!.equals(bytes));
    clean(one);
  });

  it("keeps an upload for another bucket, and one whose card is not in", async () => {
    const { one } = await desk(12 * MIB);
    await cut(one, 'device.put("log.txt")', 1);
    one.cloud.s3.addBucket("other-bucket");
    await one.command('device.configure({s3:{bucket:"other-bucket"}})');
    assert.equal((await one.command("device.resume()")).finished.length, 0);
    said(one, /^ {2}kept: log\.txt/);
    assert.ok(journal(one).length > 0);
    await one.command(`device.configure({s3:{bucket:"${one.cloud.s3.bucket}"}})`);
    one.board.card!.remove();
    assert.ok(["card", "file-missing"].includes((await failure(one, "device.resume()")).code));
    assert.ok(journal(one).length > 0 && one.cloud.s3.uploads().length === 1);
  });

  it("sends a large file in one piece where the module is not in flash, and says so to options", async () => {
    const { one, bytes } = await desk(9 * MIB);
    for (const name of ["parts", "confirm", "putopts", "resume"]) one.board.flash.delete(name);
    const put = await one.command('device.put("log.txt","k",{payload:"unsigned"})');
    assert.match(put.etag, /^"[0-9a-f]{32}"$/);
    assert.ok(one.cloud.s3.get("k")!.equals(bytes));
    assert.equal((await failure(one, 'device.put("log.txt","k",{contentType:"text/plain"})')).code, "storage");
    assert.equal((await failure(one, "device.resume()")).code, "storage");
  });

  it("moves a key of 1,024 bytes in UTF-8", async () => {
    const { one, bytes } = await desk(100000);
    const key = "\u00fc".repeat(512);
    await one.command(`device.put("log.txt",${JSON.stringify(key)},${PARTS})`);
    assert.ok(one.cloud.s3.get(key)!.equals(bytes));
    assert.equal((await failure(one, `device.put("log.txt",${JSON.stringify(key + "a")},${PARTS})`)).code, "argument");
  });

  it("names a file and a bucket that are not there", async () => {
    const { one } = await desk(9 * MIB);
    assert.equal((await failure(one, `device.put("no.txt","k",${PARTS})`)).code, "file-missing");
    await one.command('device.configure({s3:{bucket:"no-such-bucket"}})');
    assert.equal((await failure(one, 'device.put("log.txt")')).cause.code, "NoSuchBucket");
    assert.deepEqual(journal(one), []);
  });

  it("copes with a power cut in any write of the journal", async () => {
    const { one, bytes } = await desk(12 * MIB);
    const flash = one.board.flash as Map<string, string>;
    const set = flash.set.bind(flash);
    // Every write that is torn takes the power with it; the same number of writes is survived each time.
    let torn = 0;
    for (let at = 1; at <= 6; at++) {
      let count = 0;
      let off = false;
      flash.set = (name, value) => {
        if (name.startsWith("s3.up.") && !/^\xff*$/.test(value) && !off && ++count === at) {
          off = true;
          torn++;
          setTimeout(() => one.board.powerCycle(), 0);
          return set(name, value.slice(0, value.length >> 1).padEnd(value.length, "\xff"));
        }
        return off ? flash : set(name, value);
      };
      let over = false;
      one.command(`device.put("log.txt","k${at}",${PARTS})`).then(() => { over = true; }, () => {});
      await until(() => off || over);
      await new Promise((done) => setTimeout(done, 30));
      flash.set = set;
      await one.command("device.syncTime()");
      await one.command(`device.put("log.txt","k${at}",${PARTS})`);
      await one.command("device.resume()");
      assert.ok(one.cloud.s3.get(`k${at}`)!.equals(bytes));
      clean(one);
    }
    assert.ok(torn >= 5, `${torn} writes were torn`);
  });
});
