// Multipart uploads on the virtual board: sent in parts, settled when an answer is lost, given up without leaving parts.
import assert from "node:assert/strict";
import { utimesSync } from "node:fs";
import { join } from "node:path";
import { closeDesks, deskWithLog as desk, failure, file, said, until } from "./desks";
import { clean, journal, parts, requests } from "./uploads";

const MIB = 1024 * 1024;
const PARTS = "{multipart:true}";

describe("multipart upload", function () {
  this.timeout(60000);
  afterEach(() => closeDesks());

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
    assert.deepEqual(one.cloud.s3.requests.map((request) => request.operation), ["PutObject", "HeadObject"]);
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

  it("begins anew once when S3 has lost the upload", async () => {
    const { one, bytes } = await desk(9 * MIB);
    one.cloud.s3.faults.next({ kind: "answer", code: "NoSuchUpload" }, { operation: "UploadPart", query: { partNumber: "2" } });
    await one.command('device.put("log.txt")');
    assert.ok(one.cloud.s3.get("log.txt")!.equals(bytes));
    assert.equal(requests(one, "CreateMultipartUpload").length, 2);
    assert.deepEqual(journal(one), []);
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
});
