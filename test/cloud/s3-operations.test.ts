// What the local S3 does with a request it accepts (S3 API reference, the operations by name).
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { ClientRequest } from "node:http";
import { Agent, request } from "node:https";
import type { Socket } from "node:net";
import { md5, type Call, type Reply } from "./client";
import { client, cloud, useCloud } from "./suite";

const data = randomBytes(1000);

describe("S3 operations", function () {
  this.timeout(20_000);
  let now: number | undefined;
  useCloud({ now: () => now ?? Date.now() });
  beforeEach(() => cloud.s3.put("object", data));

  it("marks every answer with request ids, server name and the server's own time", async () => {
    now = Date.UTC(2031, 0, 2, 3, 4, 5);
    const reply = await client.call({ key: "object", time: now });
    now = undefined;
    equal(reply.headers.date, "Thu, 02 Jan 2031 03:04:05 GMT");
    equal(reply.headers.server, "AmazonS3");
    match(reply.headers["x-amz-request-id"] as string, /^[0-9A-F]{16}$/);
    match(reply.headers["x-amz-id-2"] as string, /^[A-Za-z0-9+/=]{76}$/);
    equal(reply.headers.etag, `"${md5(data).toString("hex")}"`);
  });

  const ranges: [string, number, string | undefined, Buffer][] = [
    ["bytes=0-9", 206, "bytes 0-9/1000", data.subarray(0, 10)],
    ["bytes=990-2000", 206, "bytes 990-999/1000", data.subarray(990)],
    ["bytes=500-", 206, "bytes 500-999/1000", data.subarray(500)],
    ["bytes=-10", 206, "bytes 990-999/1000", data.subarray(990)],
    ["bytes=-5000", 206, "bytes 0-999/1000", data],
    ["bytes=9-0", 200, undefined, data],
    ["bytes=a-b", 200, undefined, data],
    ["bytes=-", 200, undefined, data],
    ["bytes=0-1,5-6", 200, undefined, data],
  ];
  for (const [range, status, contentRange, body] of ranges) {
    it(`answers Range ${range} with ${status}`, async () => {
      const reply = await client.call({ key: "object", headers: { range } });
      deepEqual([reply.status, reply.headers["content-range"], reply.body.equals(body)], [status, contentRange, true]);
    });
  }

  for (const [key, range] of [["object", "bytes=1000-"], ["object", "bytes=-0"], ["empty", "bytes=0-0"]] as const) {
    it(`refuses Range ${range} of ${key} with 416`, async () => {
      cloud.s3.put("empty", Buffer.alloc(0));
      const reply = await client.call({ key, headers: { range } });
      equal(`${reply.status} ${reply.code}`, "416 InvalidRange");
      equal(reply.element("ActualObjectSize"), key === "empty" ? "0" : "1000");
    });
  }

  const etag = `"${md5(data).toString("hex")}"`;
  const hour = (hours: number) => new Date(Date.now() + hours * 3_600_000).toUTCString();
  const conditions: [string, Call, string][] = [
    ["a GET if the ETag fits", { headers: { "if-match": etag } }, "200 "],
    ["a GET if the ETag differs", { headers: { "if-match": '"x"' } }, "412 PreconditionFailed"],
    ["a GET unless the ETag fits", { headers: { "if-none-match": etag } }, "304 "],
    ["a GET unless another ETag fits", { headers: { "if-none-match": '"x"' } }, "200 "],
    ["a GET if it changed since an hour ago", { headers: { "if-modified-since": hour(-1) } }, "200 "],
    ["a GET if it changed since in an hour", { headers: { "if-modified-since": hour(1) } }, "304 "],
    ["a GET if it did not change since an hour ago", { headers: { "if-unmodified-since": hour(-1) } }, "412 PreconditionFailed"],
    ["a GET if it did not change since in an hour", { headers: { "if-unmodified-since": hour(1) } }, "200 "],
    ["a GET with a date that is none", { headers: { "if-modified-since": "yesterday", "if-unmodified-since": "0x" } }, "200 "],
    ["a GET with a fitting ETag and an old date", { headers: { "if-match": etag, "if-unmodified-since": hour(-1) } }, "200 "],
    ["a GET with another ETag and a late date", { headers: { "if-none-match": '"x"', "if-modified-since": hour(1) } }, "200 "],
    ["a PUT of something that exists, to create only", { method: "PUT", headers: { "if-none-match": "*" } }, "412 PreconditionFailed"],
    ["a PUT of something new, to create only", { method: "PUT", key: "fresh", headers: { "if-none-match": "*" } }, "200 "],
    ["a PUT over another version", { method: "PUT", headers: { "if-match": '"x"' } }, "412 PreconditionFailed"],
    ["a PUT over a version that is gone", { method: "PUT", key: "gone", headers: { "if-match": etag } }, "404 NoSuchKey"],
  ];
  for (const [title, call, answer] of conditions) {
    it(`answers ${title} with ${answer}`, async () => {
      const reply = await client.call({ key: "object", ...call });
      equal(`${reply.status} ${reply.code}`, answer);
      if (answer.startsWith("4")) deepEqual(cloud.s3.get("object"), data);
    });
  }

  it("says 409 when the object a PUT is to replace is deleted while the body comes in", async () => {
    const { path, headers } = client.sign({ method: "PUT", key: "object", body: data, headers: { "if-match": etag } });
    let sent: ClientRequest | undefined;
    const reply = new Promise<number | undefined>((resolve, reject) => {
      const options = { host: "127.0.0.1", port: cloud.s3.port, servername: "localhost", ca: cloud.certificates.ca.pem, method: "PUT", path, headers: { ...headers, "content-length": data.length, expect: "100-continue" }, agent: false as const };
      sent = request(options, (response) => resolve(response.resume().statusCode)).on("error", reject);
      sent.on("continue", () => {
        cloud.s3.remove("object");
        sent!.end(data);
      });
      sent.flushHeaders();
    });
    equal(await reply, 409);
    equal(cloud.s3.requests.at(-1)!.code, "ConditionalRequestConflict");
  });

  it("answers HEAD with the length and no body, DELETE with 204 even twice", async () => {
    const head = await client.call({ method: "HEAD", key: "object" });
    deepEqual([head.status, head.headers["content-length"], head.body.length], [200, "1000", 0]);
    for (let i = 0; i < 2; i++) equal((await client.call({ method: "DELETE", key: "object" })).status, 204);
    const reply = await client.call({ key: "object" });
    deepEqual([reply.status, reply.code, reply.element("Key")], [404, "NoSuchKey", "object"]);
    equal((await client.call({ method: "HEAD", key: "object" })).status, 404);
  });

  describe("of what is kept beside the bytes", () => {
    it("gives back content type, metadata and storage class", async () => {
      const headers = { "content-type": "text/csv", "cache-control": "no-store", "x-amz-meta-board": "17", "x-amz-storage-class": "STANDARD_IA" };
      equal((await client.put("kept", "x", { headers })).status, 200);
      const reply = await client.call({ key: "kept" });
      deepEqual(Object.keys(headers).map((name) => reply.headers[name]), Object.values(headers));
      equal((await client.call({ query: { "list-type": "2", prefix: "kept" } })).element("StorageClass"), "STANDARD_IA");
      equal((await client.call({ key: "object" })).headers["x-amz-storage-class"], undefined);
    });

    it("does not give out what is archived, but tells of it", async () => {
      await client.put("cold", "x", { headers: { "x-amz-storage-class": "GLACIER" } });
      const reply = await client.call({ key: "cold" });
      deepEqual([reply.status, reply.code, reply.element("StorageClass")], [403, "InvalidObjectState", "GLACIER"]);
      equal((await client.call({ method: "HEAD", key: "cold" })).headers["x-amz-storage-class"], "GLACIER");
    });

    const refused: [string, Record<string, string>, string][] = [
      ["a storage class there is not", { "x-amz-storage-class": "COLD" }, "InvalidStorageClass"],
      ["2,049 bytes of metadata, names counted", { "x-amz-meta-a": "x".repeat(2048) }, "MetadataTooLarge"],
      ["an ACL", { "x-amz-acl": "public-read" }, "AccessControlListNotSupported"],
      ["a grant", { "x-amz-grant-read": "id=1" }, "AccessControlListNotSupported"],
    ];
    for (const [title, headers, code] of refused) {
      it(`refuses ${title}, on PUT and on creating a multipart upload`, async () => {
        equal((await client.put("object", "new", { headers })).code, code);
        equal((await client.call({ method: "POST", key: "object", query: { uploads: "" }, headers })).code, code);
        deepEqual(cloud.s3.get("object"), data);
      });
    }

    it("takes 2,048 bytes of metadata and a key of 1,024", async () => {
      equal((await client.put("full", "x", { headers: { "x-amz-meta-a": "x".repeat(2047) } })).status, 200);
      const key = "ü".repeat(512);
      equal((await client.put(key, "x")).status, 200);
      equal((await client.call({ key })).body.toString(), "x");
    });
  });

  it("says what is wrong with a bucket", async () => {
    equal((await client.call({ path: "/nobody/x" })).element("BucketName"), "nobody");
    equal((await client.call({ path: "/test_bucket/x" })).code, "InvalidBucketName");
    equal((await client.call({ method: "PUT", path: "/" + cloud.s3.bucket })).code, "BucketAlreadyOwnedByYou");
  });

  it("refuses what it does not have instead of taking it for something else", async () => {
    const rows: [Call, string][] = [
      [{ key: "object", query: { acl: "" } }, "501 NotImplemented"],
      [{ key: "object", query: { versionId: "1" } }, "501 NotImplemented"],
      [{ query: { prefix: "a" } }, "501 NotImplemented"],
      [{ method: "PUT", key: "copy", headers: { "x-amz-copy-source": "/a/b" } }, "501 NotImplemented"],
      [{ method: "PUT", key: "a", query: { partNumber: "1" } }, "400 InvalidArgument"],
      [{ method: "POST", key: "object" }, "405 MethodNotAllowed"],
      [{ key: "k".repeat(1025) }, "400 KeyTooLongError"],
    ];
    for (const [call, answer] of rows) {
      const reply = await client.call(call);
      equal(`${reply.status} ${reply.code}`, answer);
    }
  });

  it("keeps the connection for the next request, also after a refusal", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ports: (number | undefined)[] = [];
    agent.on("free", (socket: Socket) => ports.push(socket.localPort));
    const replies = [await client.call({ key: "object", agent }), await client.call({ key: "none", agent }), await client.call({ key: "object", agent })];
    deepEqual(replies.map((reply) => reply.status), [200, 404, 200]);
    ok(replies.every((reply) => reply.headers.connection !== "close"));
    deepEqual(ports, Array(3).fill(ports[0]));
    agent.destroy();
  });

  describe("of listing", () => {
    const keys = ["a&b<c>", "logs/1/a", "logs/1/b", "logs/2/a", "logs/x", "ä ö", "\u{1F600}", "\uFF5E"];
    const all = (reply: Reply, name: string) => [...reply.body.toString().matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, "g"))].map((found) => found[1]!);
    const list = (query: Record<string, string>) => client.call({ query: { "list-type": "2", ...query } });
    const pages = async (query: Record<string, string>, element: string) => {
      const found: string[][] = [];
      for (let token: string | undefined = ""; token !== undefined; ) {
        const reply = await list({ ...query, ...(token === "" ? {} : { "continuation-token": token }) });
        found.push(all(reply, element));
        equal(reply.element("IsTruncated"), String(reply.element("NextContinuationToken") !== undefined));
        token = reply.element("NextContinuationToken");
      }
      return found;
    };
    before(() => {
      for (const key of cloud.s3.keys()) cloud.s3.remove(key);
      for (const key of keys) cloud.s3.put(key, Buffer.from(key));
    });
    beforeEach(() => cloud.s3.remove("object"));

    it("gives keys in the order of their UTF-8 bytes, escaped for XML", async () => {
      const expected = ["a&amp;b&lt;c&gt;", "logs/1/a", "logs/1/b", "logs/2/a", "logs/x", "ä ö", "\uFF5E", "\u{1F600}"];
      deepEqual(all(await list({}), "Key"), expected);
      deepEqual(await pages({ "max-keys": "3" }, "Key"), [expected.slice(0, 3), expected.slice(3, 6), expected.slice(6)]);
    });

    it("folds what follows the delimiter, on every page once", async () => {
      const reply = await list({ prefix: "logs/", delimiter: "/" });
      deepEqual([all(reply, "Key"), reply.element("KeyCount")], [["logs/x"], "3"]);
      const inPrefixes = (r: Reply) => [...r.body.toString().matchAll(/<CommonPrefixes><Prefix>([^<]*)/g)].map((found) => found[1]);
      deepEqual(inPrefixes(reply), ["logs/1/", "logs/2/"]);
      deepEqual((await pages({ prefix: "logs/", delimiter: "/", "max-keys": "1" }, "KeyCount")).flat(), ["1", "1", "1"]);
    });

    it("starts after a key, and encodes names on demand", async () => {
      deepEqual(all(await list({ "start-after": "logs/2/a", "max-keys": "1" }), "Key"), ["logs/x"]);
      deepEqual(all(await list({ prefix: "ä", "encoding-type": "url" }), "Key"), ["%C3%A4+%C3%B6"]);
    });

    it("refuses a token it did not make, and a count that is none", async () => {
      equal((await list({ "continuation-token": "nonsense" })).code, "InvalidArgument");
      equal((await list({ "max-keys": "-1" })).code, "InvalidArgument");
    });
  });
});
