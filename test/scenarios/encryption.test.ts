// Server-side encryption on the virtual board: what is asked for, what S3 answers, and on which requests nothing of it may stand.
import assert from "node:assert/strict";
import type { Desk } from "../../sim/desk";
import { closeDesks, deskWithLog, failure } from "./desks";

const SSE = "x-amz-server-side-encryption";

describe("encryption", function () {
  this.timeout(60000);
  afterEach(() => closeDesks());

  async function desk(s3: object = {}): Promise<{ one: Desk; bytes: Buffer }> {
    const started = await deskWithLog();
    await started.one.command(`device.configure({s3:${JSON.stringify(s3)}})`);
    return started;
  }

  const modes: [what: string, encryption: (one: Desk) => Record<string, unknown>][] = [
    ["S3's own key", () => ({ mode: "AES256" })],
    ["the bucket's KMS key", () => ({ mode: "aws:kms" })],
    ["a KMS key by id", (one) => ({ mode: "aws:kms", keyId: one.cloud.describe().kms.keyId })],
    ["a KMS key by ARN", (one) => ({ mode: "aws:kms", keyId: one.cloud.describe().kms.keyArn })],
    ["a KMS key by alias, with context and bucket key", (one) => ({ mode: "aws:kms", keyId: one.cloud.alias, context: { device: "board-17", "ger\u00e4t": "b\u00fcro \"7\"\\" }, bucketKey: true })],
  ];
  for (const [what, encryption] of modes) {
    for (const parts of [false, true]) {
      for (const way of ["settings", "option"]) {
        it(`asks for ${what} by ${way}${parts ? ", in parts" : ""}, and only where S3 takes it`, async () => {
          const { one, bytes } = await desk();
          const wanted: any = encryption(one);
          if (way === "settings") await one.command(`device.configure({s3:{encryption:${JSON.stringify(wanted)}}})`);
          const options = way === "option" ? `{multipart:${parts},encryption:${JSON.stringify(wanted)}}` : parts ? "{multipart:true}" : "undefined";
          await one.command(`device.put("log.txt","k",${options})`);
          await one.command('device.get("k","back.txt")');
          await one.command('device.head("k")');
          assert.ok(one.cloud.s3.get("k")!.equals(bytes));
          const asked = one.cloud.s3.requests.filter((request) => Object.keys(request.headers).some((name) => name.startsWith(SSE)));
          assert.deepEqual(asked.map((request) => request.operation), [parts ? "CreateMultipartUpload" : "PutObject"]);
          const headers = asked[0]!.headers;
          assert.equal(headers[SSE], wanted.mode);
          assert.equal(headers[`${SSE}-aws-kms-key-id`], wanted.keyId);
          assert.equal(headers[`${SSE}-bucket-key-enabled`], wanted.bucketKey && "true");
          const context = headers[`${SSE}-context`];
          assert.deepEqual(context && JSON.parse(Buffer.from(context, "base64").toString()), wanted.context);
          const head = await one.command('device.head("k")');
          assert.equal(head.encryption, wanted.mode);
          if (wanted.keyId) assert.equal(head.encryptionKey, one.cloud.describe().kms.keyArn);
        });
      }
    }
  }

  it("an option takes the place of the settings, whole", async () => {
    const { one } = await desk({ encryption: { mode: "aws:kms", context: { a: "b" }, bucketKey: true } });
    await one.command('device.put("log.txt","k",{encryption:{mode:"AES256"}})');
    assert.equal((await one.command('device.head("k")')).encryption, "AES256");
  });

  const KEY = "arn:aws:kms:eu-central-1:111122223333:key/00000000-0000-4000-8000-000000000000";
  const faults: [what: string, wanted: (one: Desk) => object, answered: Record<string, string>, says: RegExp][] = [
    ["no encryption", () => ({ mode: "AES256" }), { [SSE]: "" }, /encrypts k with nothing, AES256 was asked for/],
    ["another mode", () => ({ mode: "aws:kms" }), { [SSE]: "AES256" }, /encrypts k with AES256, aws:kms was asked for/],
    ["another key", (one) => ({ mode: "aws:kms", keyId: one.cloud.describe().kms.keyId }), { [`${SSE}-aws-kms-key-id`]: KEY }, /with the key arn:.*0000, .* was asked for/],
    ["no key", (one) => ({ mode: "aws:kms", keyId: one.cloud.describe().kms.keyArn }), { [`${SSE}-aws-kms-key-id`]: "" }, /with the key of its own/],
  ];
  for (const [what, wanted, headers, says] of faults) {
    it(`takes an answer that tells ${what} for a failure, and leaves no parts`, async () => {
      const { one } = await desk();
      await one.command(`device.configure({s3:{encryption:${JSON.stringify(wanted(one))}}})`);
      for (const [options, operation] of [["undefined", "PutObject"], ["{contentType:'a/b'}", "PutObject"], ["{multipart:true}", "CreateMultipartUpload"]]) {
        one.cloud.s3.faults.next({ kind: "headers", headers }, { operation: operation! });
        const failed = await failure(one, `device.put("log.txt","k",${options})`);
        assert.equal(failed.code, "s3");
        assert.match(failed.message, says);
        assert.ok(failed.hint.length > 20);
      }
      assert.deepEqual(one.cloud.s3.uploads(), []);
    });
  }

  const refusals: [what: string, break_: (one: Desk) => void, encryption: (one: Desk) => object, code: RegExp][] = [
    ["a key that is not there", () => {}, () => ({ mode: "aws:kms", keyId: "alias/no-such-key" }), /^KMS\.NotFoundException$/],
    ["a key that may not be used", (one) => one.cloud.policy.deny("kms:GenerateDataKey"), (one) => ({ mode: "aws:kms", keyId: one.cloud.alias }), /^AccessDenied$/],
  ];
  for (const [what, spoil, encryption, code] of refusals) {
    it(`tells of ${what}, in one piece and in parts`, async () => {
      const { one } = await desk();
      spoil(one);
      await one.command(`device.configure({s3:{encryption:${JSON.stringify(encryption(one))}}})`);
      for (const options of ["undefined", "{multipart:true}"]) {
        const failed = await failure(one, `device.put("log.txt","k",${options})`);
        assert.match(failed.cause.code, code);
        assert.ok(failed.hint.length > 20, failed.hint);
      }
      assert.deepEqual([one.cloud.s3.keys(), one.cloud.s3.uploads()], [[], []]);
    });
  }

  it("a key of KMS beside AES256 in the settings is told, not passed over", async () => {
    const { one } = await desk({ encryption: { mode: "AES256", keyId: "alias/device-logs" } });
    assert.equal((await failure(one, 'device.put("log.txt")')).cause.code, "InvalidArgument");
    assert.equal((await failure(one, 'device.put("log.txt","k",{contentType:"a/b"})')).code, "settings");
  });

  it("a context is not sent without the module, and nothing else is sent in its place", async () => {
    const { one } = await desk({ encryption: { mode: "aws:kms", context: { a: "b" } } });
    one.board.flash.delete("putopts");
    assert.equal((await failure(one, 'device.put("log.txt")')).code, "storage");
    assert.equal(one.cloud.s3.requests.length, 0);
  });

  it("names the owner on every request to the bucket, and tells of another owner", async () => {
    const { one } = await desk({ expectedOwner: "111122223333" });
    for (const command of ['put("log.txt","a")', 'put("log.txt","b",{multipart:true})', 'get("a","back.txt")', 'head("a")', 'list()', 'remove("a")']) await one.command(`device.${command}`);
    const { requests } = one.cloud.s3;
    assert.deepEqual([...new Set(requests.map((request) => request.operation))].sort(), ["CompleteMultipartUpload", "CreateMultipartUpload", "DeleteObject", "GetObject", "HeadObject", "ListObjectsV2", "PutObject", "UploadPart"]);
    for (const request of requests) assert.equal(request.headers["x-amz-expected-bucket-owner"], "111122223333", request.operation);
    await one.command('device.configure({s3:{expectedOwner:"999999999999"}})');
    for (const command of ['put("log.txt","a")', 'get("b")', 'head("b")', "list()", 'remove("b")', 'put("log.txt","b",{multipart:true})']) {
      const failed = await failure(one, `device.${command}`);
      assert.equal(failed.cause.code, "AccessDenied");
      assert.match([failed.hint, ...(failed.story ?? [])].join("\n"), /expectedOwner|owner/i, command);
    }
  });
});
