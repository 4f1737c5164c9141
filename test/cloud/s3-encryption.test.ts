// Server-side encryption (S3 User Guide, "Specifying server-side encryption with AWS KMS (SSE-KMS)").
import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import type { KmsKey } from "../../sim/cloud/index";
import { md5 } from "./client";
import { client, cloud, useCloud } from "./suite";

const SSE = "x-amz-server-side-encryption";
const KEY_ID = SSE + "-aws-kms-key-id";
const CONTEXT = SSE + "-context";
const BUCKET_KEY = SSE + "-bucket-key-enabled";
const data = Buffer.from("the data");
const context = Buffer.from(JSON.stringify({ board: "17" })).toString("base64");

describe("S3 encryption", function () {
  this.timeout(20_000);
  let key: KmsKey;
  useCloud();
  before(() => {
    key = cloud.kms.keys.create("alias/encryption");
  });

  const kms = (headers: Record<string, string> = {}) => ({ [SSE]: "aws:kms", ...headers });
  const put = (headers: Record<string, string>) => client.put("object", data, { headers });

  it("is AES256 asked for or not, and every answer says so", async () => {
    for (const headers of [{}, { [SSE]: "AES256" }]) {
      const reply = await put(headers);
      deepEqual([reply.status, reply.headers[SSE], reply.headers.etag], [200, "AES256", `"${md5(data).toString("hex")}"`]);
      for (const method of ["GET", "HEAD"]) equal((await client.call({ method, key: "object" })).headers[SSE], "AES256");
    }
  });

  it("by KMS names the key's ARN, repeats context and bucket key, and its ETag is no MD5", async () => {
    const reply = await put(kms({ [KEY_ID]: key.keyId, [CONTEXT]: context, [BUCKET_KEY]: "true" }));
    deepEqual([SSE, KEY_ID, CONTEXT, BUCKET_KEY].map((name) => reply.headers[name]), ["aws:kms", key.arn, context, "true"]);
    match(reply.headers.etag!, /^"[0-9a-f]{32}"$/);
    notEqual(reply.headers.etag, `"${md5(data).toString("hex")}"`);
    for (const method of ["GET", "HEAD"]) {
      const { headers } = await client.call({ method, key: "object" });
      deepEqual([SSE, KEY_ID, CONTEXT, BUCKET_KEY].map((name) => headers[name]), ["aws:kms", key.arn, undefined, "true"]);
      equal(headers.etag, reply.headers.etag);
    }
  });

  it("finds the key by id, ARN, alias and alias ARN, and takes AWS's own without one", async () => {
    const alias = key.arn.replace(/key\/.*/, "alias/encryption");
    for (const name of [key.keyId, key.arn, "alias/encryption", alias]) equal((await put(kms({ [KEY_ID]: name }))).headers[KEY_ID], key.arn, name);
    const own = (await put(kms())).headers[KEY_ID];
    deepEqual([own, own === key.arn], [cloud.kms.keys.find("alias/aws/s3").arn, false]);
  });

  it("of a multipart upload is chosen when it is created and told at every step", async () => {
    const told = ({ headers }: { headers: Record<string, unknown> }) => [headers[SSE], headers[KEY_ID], headers[BUCKET_KEY]];
    const expected = ["aws:kms", key.arn, "true"];
    const created = await client.call({ method: "POST", key: "big", query: { uploads: "" }, headers: kms({ [KEY_ID]: key.arn, [BUCKET_KEY]: "true", [CONTEXT]: context }) });
    deepEqual([told(created), created.headers[CONTEXT]], [expected, context]);
    const query = { uploadId: created.element("UploadId")! };
    const part = await client.put("big", data, { query: { ...query, partNumber: "1" } });
    deepEqual(told(part), expected);
    notEqual(part.headers.etag, `"${md5(data).toString("hex")}"`);
    const body = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${part.headers.etag}</ETag></Part></CompleteMultipartUpload>`;
    deepEqual(told(await client.call({ method: "POST", key: "big", query, body })), expected);
    const head = await client.call({ method: "HEAD", key: "big" });
    deepEqual(told(head), expected);
    match(head.headers.etag!, /^"[0-9a-f]{32}-1"$/);
  });

  const unknown = "12345678-1234-1234-1234-123456789012";
  const refused: [string, () => Record<string, string>, string, RegExp][] = [
    ["a method there is not", () => ({ [SSE]: "aes256" }), "InvalidArgument", /encryption method specified is not supported/],
    ["a key without aws:kms", () => ({ [KEY_ID]: key.arn }), "InvalidArgument", /requires HTTP header x-amz-server-side-encryption : aws:kms/],
    ["a key with AES256", () => ({ [SSE]: "AES256", [KEY_ID]: key.arn }), "InvalidArgument", /requires HTTP header/],
    ["a context that is not base64", () => kms({ [CONTEXT]: '{"a":"b"}' }), "InvalidArgument", /shall be Base64-encoded/],
    ["a context that is no map of texts", () => kms({ [CONTEXT]: Buffer.from('{"a":1}').toString("base64") }), "InvalidArgument", /string-string map/],
    ["a bucket key neither true nor false", () => kms({ [BUCKET_KEY]: "yes" }), "InvalidArgument", /bucket-key-enabled/],
    ["a key nobody has", () => kms({ [KEY_ID]: unknown }), "KMS.NotFoundException", /Key 'arn:aws:kms:eu-central-1:111122223333:key\/12345678.*' does not exist/],
    ["a key id that is none", () => kms({ [KEY_ID]: "nonsense" }), "KMS.NotFoundException", /Invalid keyId nonsense/],
    ["an alias nobody has", () => kms({ [KEY_ID]: "alias/none" }), "KMS.NotFoundException", /Alias arn:aws:kms:.*:alias\/none is not found/],
    ["a key of another region", () => kms({ [KEY_ID]: key.arn.replace("eu-central-1", "us-east-1") }), "KMS.NotFoundException", /Invalid arn us-east-1/],
    ["a customer's own key", () => ({ [SSE + "-customer-algorithm"]: "AES256" }), "NotImplemented", /not implemented/],
  ];
  for (const [title, headers, code, message] of refused) {
    it(`refuses ${title}, on PUT and on creating a multipart upload`, async () => {
      cloud.s3.remove("object");
      const before = cloud.s3.uploads().length;
      for (const reply of [await put(headers()), await client.call({ method: "POST", key: "object", query: { uploads: "" }, headers: headers() })]) {
        deepEqual([reply.status, reply.code], [code === "NotImplemented" ? 501 : 400, code], reply.body.toString());
        match(reply.element("Message")!, message);
      }
      deepEqual([cloud.s3.get("object"), cloud.s3.uploads().length], [undefined, before]);
    });
  }

  for (const [state, code] of [["Disabled", "KMS.DisabledException"], ["PendingDeletion", "KMS.KMSInvalidStateException"]] as const) {
    it(`refuses a key that is ${state}, for writing and for reading`, async () => {
      const doomed = cloud.kms.keys.create();
      await put(kms({ [KEY_ID]: doomed.keyId }));
      doomed.state = state;
      for (const reply of [await put(kms({ [KEY_ID]: doomed.keyId })), await client.call({ key: "object" })]) deepEqual([reply.status, reply.code], [400, code]);
      equal((await client.call({ method: "HEAD", key: "object" })).status, 200, "a HEAD needs no key");
    });
  }

  it("refuses its headers where they were chosen before", async () => {
    await put({});
    const uploadId = (await client.call({ method: "POST", key: "big", query: { uploads: "" } })).element("UploadId")!;
    for (const header of [{ [SSE]: "AES256" }, kms({ [KEY_ID]: key.arn }), { [CONTEXT]: context }] as Record<string, string>[]) {
      const [name] = Object.keys(header);
      const rows = [
        await client.call({ key: "object", headers: header }),
        await client.put("big", data, { query: { uploadId, partNumber: "1" }, headers: header }),
        await client.call({ method: "POST", key: "big", query: { uploadId }, headers: header, body: "<x/>" }),
      ];
      for (const reply of rows) deepEqual([reply.status, reply.code, reply.element("Message")], [400, "InvalidArgument", `${name} header is not supported for this operation.`]);
      equal((await client.call({ method: "HEAD", key: "object", headers: header })).status, 400);
    }
    ok(cloud.s3.uploads().every(({ parts }) => parts.length === 0));
  });
});
