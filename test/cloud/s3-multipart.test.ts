// Multipart uploads of the local S3 (S3 User Guide, "Uploading and copying objects using multipart upload").
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { chunkedPut, md5, type Reply } from "./client";
import { client, cloud, useCloud } from "./suite";

/** The least size of a part that is not the last. */
const PART = 5 * 1024 ** 2;

describe("S3 multipart uploads", function () {
  this.timeout(20_000);
  useCloud();

  const first = randomBytes(PART);
  const second = randomBytes(100);
  const create = async (headers: Record<string, string> = {}) => (await client.call({ method: "POST", key: "big", query: { uploads: "" }, headers })).element("UploadId")!;
  const part = (uploadId: string, number: number, body: Buffer, headers: Record<string, string> = {}) =>
    client.put("big", body, { query: { partNumber: String(number), uploadId }, headers });
  const complete = (uploadId: string, parts: [number, string][], headers: Record<string, string> = {}) => {
    const list = parts.map(([number, tag]) => `<Part><PartNumber>${number}</PartNumber><ETag>${tag}</ETag></Part>`).join("");
    return client.call({ method: "POST", key: "big", query: { uploadId }, headers, body: `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${list}</CompleteMultipartUpload>` });
  };
  const tag = (body: Buffer) => `"${md5(body).toString("hex")}"`;
  beforeEach(() => cloud.s3.remove("big"));

  it("assembles parts, chunk-signed ones too, and makes the ETag of their MD5s", async () => {
    const uploadId = await create({ "content-type": "text/plain" });
    equal((await part(uploadId, 2, second)).headers.etag, tag(second));
    const sent = await client.send(chunkedPut(client, "big", first, { size: 65_536, call: { query: { partNumber: "1", uploadId } } }));
    equal(sent.status, 200);
    const parts = await client.call({ key: "big", query: { uploadId } });
    deepEqual([...parts.body.toString().matchAll(/<Size>(\d+)/g)].map((found) => found[1]), [String(PART), "100"]);
    const paged = await client.call({ key: "big", query: { uploadId, "max-parts": "1" } });
    deepEqual([paged.element("IsTruncated"), paged.element("NextPartNumberMarker")], ["true", "1"]);
    equal(cloud.s3.get("big"), undefined, "nothing is there before it is complete");
    const reply = await complete(uploadId, [[1, tag(first)], [2, tag(second)]], { "x-amz-mp-object-size": String(PART + 100) });
    equal(reply.status, 200, reply.body.toString());
    equal(reply.element("ETag"), `&quot;${md5(Buffer.concat([md5(first), md5(second)])).toString("hex")}-2&quot;`);
    ok(cloud.s3.get("big")!.equals(Buffer.concat([first, second])));
    equal((await client.call({ method: "HEAD", key: "big" })).headers["content-type"], "text/plain");
    equal((await complete(uploadId, [[1, tag(first)]])).code, "NoSuchUpload", "completing is not idempotent");
  });

  it("refuses to complete what does not fit, and leaves the upload as it is", async () => {
    const uploadId = await create();
    await part(uploadId, 1, first);
    await part(uploadId, 2, second);
    await part(uploadId, 3, second);
    const rows: [Promise<Reply>, string][] = [
      [complete(uploadId, [[1, '"0"']]), "400 InvalidPart"],
      [complete(uploadId, [[4, tag(second)]]), "400 InvalidPart"],
      [complete(uploadId, [[2, tag(second)], [1, tag(first)]]), "400 InvalidPartOrder"],
      [complete(uploadId, [[2, tag(second)], [3, tag(second)]]), "400 EntityTooSmall"],
      [complete(uploadId, []), "400 MalformedXML"],
      [complete(uploadId, [[1, tag(first)]], { "x-amz-mp-object-size": "1" }), "400 InvalidRequest"],
      [complete("none", [[1, tag(first)]]), "404 NoSuchUpload"],
    ];
    for (const [pending, answer] of rows) {
      const reply = await pending;
      equal(`${reply.status} ${reply.code}`, answer);
    }
    equal(cloud.s3.get("big"), undefined);
    equal((await complete(uploadId, [[1, tag(first)], [2, tag(second)]])).status, 200);
  });

  it("lists no part that was refused", async () => {
    const uploadId = await create();
    const reply = await client.send(chunkedPut(client, "big", first, { size: 65_536, badSignature: 1, call: { query: { partNumber: "1", uploadId } } }));
    equal(reply.code, "SignatureDoesNotMatch");
    equal((await client.call({ key: "big", query: { uploadId } })).element("Part"), undefined);
    equal((await part(uploadId, 10_001, second)).code, "InvalidArgument");
  });

  it("gives single parts of what was assembled, and their number", async () => {
    const uploadId = await create();
    await part(uploadId, 3, first);
    await part(uploadId, 7, second);
    equal((await complete(uploadId, [[3, tag(first)], [7, tag(second)]])).status, 200);
    const reply = await client.call({ key: "big", query: { partNumber: "7" } });
    deepEqual([reply.status, reply.headers["content-range"], reply.headers["x-amz-mp-parts-count"]], [206, `bytes ${PART}-${PART + 99}/${PART + 100}`, "2"]);
    ok(reply.body.equals(second));
    const head = await client.call({ method: "HEAD", key: "big", query: { partNumber: "3" } });
    deepEqual([head.status, head.headers["content-length"]], [206, String(PART)]);
    const none = await client.call({ key: "big", query: { partNumber: "4" } });
    deepEqual([none.status, none.code, none.element("ActualPartCount")], [416, "InvalidPartNumber", "2"]);
    equal((await client.call({ key: "big", query: { partNumber: "3" }, headers: { range: "bytes=0-1" } })).code, "InvalidRequest");
    cloud.s3.put("big", second);
    deepEqual((await client.call({ key: "big", query: { partNumber: "1" } })).headers["content-range"], "bytes 0-99/100");
  });

  it("completes under the conditions it is given", async () => {
    const upload = async () => {
      const uploadId = await create();
      await part(uploadId, 1, second);
      return uploadId;
    };
    const rows: [Record<string, string>, boolean, string][] = [
      [{ "if-none-match": "*" }, true, "412 PreconditionFailed"],
      [{ "if-none-match": "*" }, false, "200 "],
      [{ "if-match": '"x"' }, true, "412 PreconditionFailed"],
      [{ "if-match": tag(first) }, true, "200 "],
      [{ "if-match": '"x"' }, false, "404 NoSuchKey"],
    ];
    for (const [headers, exists, answer] of rows) {
      cloud.s3.remove("big");
      if (exists) cloud.s3.put("big", first);
      const reply = await complete(await upload(), [[1, tag(second)]], headers);
      equal(`${reply.status} ${reply.code}`, answer, JSON.stringify(headers));
    }
  });

  it("says 200 before it fails, and the upload can still be completed", async () => {
    const uploadId = await create();
    await part(uploadId, 1, second);
    const operation = "CompleteMultipartUpload";
    cloud.s3.faults.next({ kind: "late", code: "InternalError" }, { operation });
    const failed = await complete(uploadId, [[1, tag(second)]]);
    deepEqual([failed.status, failed.code, failed.headers["transfer-encoding"]], [200, "InternalError", "chunked"]);
    match(failed.body.toString(), /^\s+<\?xml/);
    equal(cloud.s3.get("big"), undefined);
    cloud.s3.faults.next({ kind: "late" }, { operation });
    const late = await complete(uploadId, [[1, tag(second)]]);
    match(late.body.toString(), /^\s+<\?xml[^]*<CompleteMultipartUploadResult/);
    ok(cloud.s3.get("big")!.equals(second));
  });

  it("completes though the answer is lost; asked again it does not know the upload", async () => {
    const uploadId = await create();
    await part(uploadId, 1, second);
    cloud.s3.faults.next({ kind: "loseAnswer" }, { operation: "CompleteMultipartUpload" });
    await rejects(complete(uploadId, [[1, tag(second)]]), { code: "ECONNRESET" });
    equal((await complete(uploadId, [[1, tag(second)]])).code, "NoSuchUpload");
    match((await client.call({ method: "HEAD", key: "big" })).headers.etag!, /-1"$/);
  });

  it("lists what was begun and not ended, in pages", async () => {
    for (const { key, uploadId } of cloud.s3.uploads()) await client.call({ method: "DELETE", key, query: { uploadId } });
    const list = (query: Record<string, string> = {}) => client.call({ query: { uploads: "", ...query } });
    equal((await list()).element("UploadId"), undefined);
    const ids: string[] = [];
    for (const key of ["b/1", "a", "b/1"]) ids.push((await client.call({ method: "POST", key, query: { uploads: "" } })).element("UploadId")!);
    await client.put("a", second, { query: { partNumber: "2", uploadId: ids[1]! } });
    deepEqual(cloud.s3.uploads().map(({ key, parts }) => [key, parts]), [["a", [2]], ["b/1", []], ["b/1", []]]);
    const found: string[] = [];
    for (let query: Record<string, string> | undefined = { "max-uploads": "1" }; query !== undefined; ) {
      const reply = await list(query);
      found.push(reply.element("UploadId")!);
      const [key, upload] = [reply.element("NextKeyMarker"), reply.element("NextUploadIdMarker")];
      equal(reply.element("IsTruncated"), String(key !== undefined));
      query = key === undefined || upload === undefined ? undefined : { "max-uploads": "1", "key-marker": key, "upload-id-marker": upload };
    }
    deepEqual([found[0], found.slice(1).sort()], [ids[1], [ids[0]!, ids[2]!].sort()]);
    deepEqual([(await list({ prefix: "b" })).element("UploadId") !== ids[1], (await list({ "key-marker": "b/1" })).element("UploadId")], [true, undefined]);
  });

  it("forgets an aborted upload", async () => {
    const uploadId = await create();
    equal((await client.call({ method: "DELETE", key: "big", query: { uploadId } })).status, 204);
    equal((await part(uploadId, 1, second)).code, "NoSuchUpload");
  });
});
