// Multipart uploads that are interrupted, on the virtual board: resumed after power cuts, refusals and a card that was pulled out.
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Desk } from "../../sim/desk";
import { closeDesks, deskWithLog as desk, failure, file, powerCycle, said, until } from "./desks";
import { clean, journal, parts, requests } from "./uploads";

const MIB = 1024 * 1024;
const PARTS = "{multipart:true}";

describe("an interrupted multipart upload", function () {
  this.timeout(60000);
  afterEach(() => closeDesks());

  /** The power is cut once S3 has so many parts and, after a while, their journal is written. */
  async function cut(one: Desk, command: string, count: number): Promise<void> {
    one.command(command).catch(() => {});
    await until(() => parts(one) >= count);
    await new Promise((done) => setTimeout(done, 40));
    await powerCycle(one);
  }

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
      one.cloud.s3.faults.next({ kind: "stall", during: "response", afterBytes: 0 }, { operation: "UploadPart", query: { partNumber: "2" } });
      one.command(`device.put("log.txt","k",{payload:"${payload}"})`).catch(() => {});
      await until(() => one.cloud.s3.uploads()[0]?.parts.length === 2);
      await powerCycle(one);
      await one.command("device.resume()");
      assert.ok(one.cloud.s3.get("k")!.equals(bytes));
      const sent = one.cloud.s3.requests.filter((request) => request.operation === "UploadPart");
      assert.deepEqual(sent.map((request) => request.query["partNumber"]), ["1", "2", "3"]);
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
