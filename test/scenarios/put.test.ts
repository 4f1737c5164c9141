// device.put on the virtual board: its options, its look at what S3 holds afterwards, and files and cards of every kind.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Desk } from "../../sim/desk";
import { closeDesks, deskWithLog as desk, failure, powerCycle, printed, underWay, until } from "./desks";

const MIB = 1024 * 1024;

describe("put", function () {
  this.timeout(60000);
  afterEach(() => closeDesks());

  const asked = (one: Desk, operation: string) => one.cloud.s3.requests.filter((request) => request.operation === operation);
  const size = (path: string) => (existsSync(path) ? statSync(path).size : 0);

  for (const options of ["undefined", "{contentType:'a/b'}", "{multipart:true}"]) {
    describe(`looks at what S3 holds, options ${options}`, () => {
      const put = (key: string) => `device.put("log.txt","${key}",${options})`;

      it("says so in one line where the key may not read, and does not ask again", async () => {
        const { one } = await desk();
        one.cloud.policy.deny("s3:GetObject");
        assert.equal((await one.command(put("a"))).verified, false);
        assert.equal((await one.command(put("b"))).verified, false);
        assert.equal(asked(one, "HeadObject").length, 1);
        assert.equal(printed(one, /not verified: this key may not read objects/), 1);
        await powerCycle(one);
        one.cloud.policy.allow();
        assert.equal((await one.command(put("c"))).verified, undefined);
      });
      for (const [what, headers, says] of [["another size", { "Content-Length": "19999" }, /says it has 19999 of 20000 bytes/], ["another object", { ETag: '"other"' }, /shows another object \("other"\)/]] as const) {
        it(`takes ${what} for a failure`, async () => {
          const { one } = await desk();
          one.cloud.s3.faults.next({ kind: "headers", headers }, { operation: "HeadObject" });
          const failed = await failure(one, put("a"));
          assert.equal(failed.code, "s3");
          assert.match(failed.message, says);
          assert.match(failed.hint, /send it again/);
        });
      }
      it("takes an object that is not there for a failure", async () => {
        const { one } = await desk();
        one.cloud.s3.faults.next({ kind: "answer", code: "NoSuchKey", status: 404 }, { operation: "HeadObject" });
        assert.match((await failure(one, put("a"))).message, /^S3 took a and now has no such object$/);
      });
      it("says that it could not look when the network fails, and the put is right", async () => {
        const { one, bytes } = await desk();
        // Retried to the end once; the others meet what is not retried.
        if (options === "undefined") one.cloud.s3.faults.next({ kind: "loseAnswer" }, { operation: "HeadObject", times: 5 });
        else one.cloud.s3.faults.next({ kind: "answer", code: "NotImplemented", status: 501 }, { operation: "HeadObject" });
        assert.equal((await one.command(put("a"))).verified, false);
        assert.ok(one.cloud.s3.get("a")!.equals(bytes));
        assert.equal(printed(one, /^ {2}not verified: /), 1);
        assert.equal((await one.command(put("b"))).verified, undefined, "asks again the next time");
      });
    });
  }

  for (const parts of [false, true]) {
    describe(`options${parts ? ", in parts" : ""}`, () => {
      const put = (key: string, options: string) => `device.put("log.txt","${key}",{multipart:${parts},${options}})`;

      it("type, metadata and storage class arrive as they were given", async () => {
        const { one } = await desk();
        await one.command(put("a", 'contentType:"text/plain;  charset=utf-8",storageClass:"STANDARD_IA",metadata:{Device:"board 17  (two  spaces)",x:"a=b;c,d\\"\'"}'));
        const head = await one.command('device.head("a")');
        assert.deepEqual([head.storageClass, { ...head.metadata }], ["STANDARD_IA", { device: "board 17  (two  spaces)", x: "a=b;c,d\"'" }]);
        assert.equal(head.contentType, "text/plain;  charset=utf-8");
      });
      it("ifNoneMatch keeps the object that is there, and says why", async () => {
        const { one, bytes } = await desk();
        await one.command(put("a", 'ifNoneMatch:"*"'));
        one.cloud.s3.put("b", Buffer.from("old"));
        const failed = await failure(one, put("b", 'ifNoneMatch:"*"'));
        assert.deepEqual([failed.cause.status, failed.cause.code], [412, "PreconditionFailed"]);
        assert.match(failed.hint, /exists already/);
        assert.ok(one.cloud.s3.get("a")!.equals(bytes));
        assert.equal(one.cloud.s3.get("b")!.toString(), "old");
        assert.deepEqual(one.cloud.s3.uploads(), []);
      });
      it("ifMatch replaces only the object that was meant", async () => {
        const { one, bytes } = await desk();
        one.cloud.s3.put("a", Buffer.from("old"));
        const { etag } = await one.command('device.head("a")');
        assert.equal((await failure(one, put("a", "ifMatch:'\"00000000000000000000000000000000\"'"))).cause.code, "PreconditionFailed");
        assert.equal(one.cloud.s3.get("a")!.toString(), "old");
        await one.command(put("a", `ifMatch:${JSON.stringify(etag)}`));
        assert.ok(one.cloud.s3.get("a")!.equals(bytes));
        assert.equal((await failure(one, put("nothing", `ifMatch:${JSON.stringify(etag)}`))).cause.status, 404);
      });
      for (const [settings, option, sha] of [["signed", "", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"], ["unsigned", "", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"], ["signed", 'payload:"unsigned"', "STREAMING-UNSIGNED-PAYLOAD-TRAILER"], ["unsigned", 'payload:"signed"', "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"]]) {
        it(`payload: settings ${settings}, option ${option || "none"}`, async () => {
          const { one, bytes } = await desk();
          await one.command(`device.configure({s3:{payload:"${settings}"}})`);
          for (const command of parts ? [put("a", option!)] : [put("a", option!), `device.put("log.txt","a",{${option}})`]) {
            await one.command(command);
            assert.equal(asked(one, parts ? "UploadPart" : "PutObject").pop()!.headers["x-amz-content-sha256"], sha);
            assert.ok(one.cloud.s3.get("a")!.equals(bytes));
          }
        });
      }
    });
  }

  it("a condition that an earlier try, whose answer was lost, made false is told as such", async () => {
    const { one, bytes } = await desk();
    one.cloud.s3.faults.next({ kind: "loseAnswer" }, { operation: "PutObject" });
    const failed = await failure(one, 'device.put("log.txt","k",{ifNoneMatch:"*"})');
    assert.equal(failed.cause.code, "PreconditionFailed");
    assert.match(failed.message, /an earlier try, whose answer was lost, may have stored it/);
    assert.ok(one.cloud.s3.get("k")!.equals(bytes));
    assert.doesNotMatch((await failure(one, 'device.put("log.txt","k",{ifNoneMatch:"*"})')).message, /earlier/);
  });

  it("each option that is wrong is named with what it should be and an example, and nothing is sent", async () => {
    const { one } = await desk();
    const wrong: [options: string, message: RegExp, hint: RegExp][] = [
      ["{contentTyp:1}", /^There is no option contentTyp$/, /^Known options: payload, multipart, partSize, contentType, metadata, storageClass, ifNoneMatch, ifMatch, encryption$/],
      ['{payload:"plain"}', /^Option payload is "plain", should be "signed" or "unsigned"$/, /^For example \{payload:"unsigned"\}$/],
      ["{multipart:1}", /^Option multipart is 1, should be true or false$/, /multipart:true/],
      ["{partSize:1000}", /^Option partSize is 1000, should be a number of bytes from 5242880/, /partSize:8388608/],
      ["{contentType:5}", /^Option contentType is 5, should be a media type$/, /text\/plain/],
      ['{metadata:{a:"\\n"}}', /^Option metadata is \{"a":"\\n"\}, should be names and printable texts/, /board-17/],
      ["{storageClass:true}", /^Option storageClass is true/, /STANDARD_IA/], ["{ifNoneMatch:true}", /^Option ifNoneMatch is true, should be "\*"/, /ifNoneMatch:"\*"/],
      ["{ifMatch:[]}", /^Option ifMatch is \[\]/, /ifMatch/], ['{encryption:"AES256"}', /^Option encryption is "AES256", should be as s3\.encryption/, /alias\/device-logs/],
      ['"text"', /^The options are "text", should be an object$/, /contentType/],
    ];
    for (const [options, message, hint] of wrong) {
      const failed = await failure(one, `device.put("log.txt","k",${options})`);
      assert.equal(failed.code, "argument");
      assert.match(failed.message, message);
      assert.match(failed.hint, hint);
    }
    assert.equal(one.cloud.s3.requests.length, 0);
  });

  for (const size of [0, 1, 8191, 8192, 8193, 5 * MIB, 5 * MIB + 1]) {
    it(`moves a file of ${size} bytes there and back, in one piece and in parts`, async () => {
      const { one, bytes } = await desk(size);
      for (const options of ["undefined", '{payload:"unsigned"}', "{multipart:true}"]) {
        assert.equal((await one.command(`device.put("log.txt","k",${options})`)).size, size);
        assert.ok(one.cloud.s3.get("k")!.equals(bytes));
        assert.equal((await one.command('device.get("k","back.txt")')).size, size);
        assert.ok(readFileSync(join(one.card, "back.txt")).equals(bytes));
      }
    });
  }

  const LONG = "\u00fc".repeat(512);
  it("moves a key of 1,024 bytes of UTF-8 there and back", async () => {
    const { one, bytes } = await desk(3000);
    await one.command(`device.put("log.txt",${JSON.stringify(LONG)})`);
    await one.command(`device.get(${JSON.stringify(LONG)},"back.txt")`);
    assert.equal((await one.command(`device.head(${JSON.stringify(LONG)})`)).size, 3000);
    assert.ok(readFileSync(join(one.card, "back.txt")).equals(bytes));
    for (const command of ["put(\"log.txt\",", "get(", "head(", "remove("]) assert.match((await failure(one, `device.${command}${JSON.stringify(LONG + "a")}${command.startsWith("get") ? ",'p'" : ""})`)).message, /1,024 bytes/);
  });

  it("a file that is not there is named before the network is asked, in one piece and in parts", async () => {
    const { one } = await desk();
    for (const options of ["undefined", "{multipart:true}", "{multipart:false}"]) {
      const failed = await failure(one, `device.put("no.txt","k",${options})`);
      assert.equal(failed.code, "file-missing");
      assert.match(failed.message, /no\.txt/);
    }
    assert.equal(one.cloud.s3.requests.length, 0);
  });

  it("a bucket or object that is not there leaves no file", async () => {
    const { one } = await desk();
    assert.equal((await failure(one, 'device.get("nothing","a.bin")')).cause.code, "NoSuchKey");
    await one.command('device.configure({s3:{bucket:"no-such-bucket"}})');
    for (const command of ['get("k","a.bin")', 'put("log.txt")', 'put("log.txt","k",{multipart:true})', 'head("k")', "list()", 'remove("k")']) {
      const failed = await failure(one, `device.${command}`);
      assert.equal(failed.cause.code, "NoSuchBucket", command);
      assert.match(failed.hint, /s3\.bucket/);
    }
    assert.ok(!existsSync(join(one.card, "a.bin")));
  });

  for (const [what, old] of [["into an empty place", false], ["over an old file", true]] as const) {
    it(`a card that is full stops a get ${what}, and leaves what was there`, async () => {
      const { one } = await desk(1000, { cardSize: 300 * 1024 });
      if (old) writeFileSync(join(one.card, "a.bin"), "old");
      one.cloud.s3.put("a.bin", randomBytes(400 * 1024));
      const failed = await failure(one, 'device.get("a.bin")');
      assert.equal(failed.code, "card-full");
      assert.ok(failed.hint.length > 20);
      assert.equal(existsSync(join(one.card, "a.bin")) && readFileSync(join(one.card, "a.bin"), "utf8"), old && "old");
      assert.ok(!existsSync(join(one.card, "download.part")));
      one.cloud.s3.put("b.bin", Buffer.from("fits"));
      await one.command('device.get("b.bin")');
    });
    it(`a card that is pulled out in the middle of a get ${what} is named; the next get is right`, async () => {
      const { one } = await desk(1000);
      const bytes = randomBytes(3 * MIB);
      if (old) writeFileSync(join(one.card, "a.bin"), "old");
      one.cloud.s3.put("a.bin", bytes);
      const getting = failure(one, 'device.get("a.bin")');
      const half = join(one.card, old ? "download.part" : "a.bin");
      await until(() => size(half) >= MIB);
      one.board.card!.remove();
      const failed = await getting;
      assert.ok(["card", "card-full"].includes(failed.code), failed.code);
      assert.match(failed.hint, /still in|card in|check the card/);
      one.board.card!.insert();
      await powerCycle(one);
      await one.command('device.get("a.bin")');
      assert.ok(readFileSync(join(one.card, "a.bin")).equals(bytes));
    });
  }

  it("a card that is pulled out in the middle of a put is named", async () => {
    const { one } = await desk(7 * MIB);
    const sending = failure(one, 'device.put("log.txt")');
    await underWay(one);
    one.board.card!.remove();
    const failed = await sending;
    assert.match(failed.message + failed.hint, /card/i);
    assert.equal(one.cloud.s3.get("log.txt"), undefined);
  });

  it("half a file that an interrupted get left is not sent as if it were whole", async () => {
    const { one } = await desk(1000);
    one.cloud.s3.put("a.bin", randomBytes(3 * MIB));
    one.cloud.s3.faults.next({ kind: "stall", during: "response", afterBytes: 2 * MIB });
    one.command('device.get("a.bin")').catch(() => {});
    await until(() => size(join(one.card, "a.bin")) >= MIB);
    await powerCycle(one);
    assert.ok(existsSync(join(one.card, "a.bin")));
    const failed = await failure(one, 'device.put("a.bin","k")');
    assert.match(failed.message, /half|incomplete|interrupted/);
    assert.equal(one.cloud.s3.get("k"), undefined);
  });
});
