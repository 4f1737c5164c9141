// Multipart uploads of the local S3 (S3 User Guide, "Uploading and copying objects using multipart upload").
import { deepEqual, equal, ok } from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { startCloud, type Cloud } from "../../sim/cloud/index";
import { chunkedPut, Client, md5, type Reply } from "./client";

/** The least size of a part that is not the last. */
const PART = 5 * 1024 ** 2;

describe("S3 multipart uploads", function () {
  this.timeout(20_000);
  let cloud: Cloud;
  let client: Client;
  before(async () => {
    cloud = await startCloud();
    client = new Client(cloud);
  });
  after(() => cloud.close());

  const first = randomBytes(PART);
  const second = randomBytes(100);
  const create = async (headers: Record<string, string> = {}) => (await client.call({ method: "POST", key: "big", query: { uploads: "" }, headers })).element("UploadId")!;
  const part = (uploadId: string, number: number, body: Buffer, headers: Record<string, string> = {}) =>
    client.put("big", body, { query: { partNumber: String(number), uploadId }, headers });
  const complete = (uploadId: string, parts: [number, string, string?][], headers: Record<string, string> = {}) => {
    const list = parts.map(([number, tag, crc32]) => `<Part><PartNumber>${number}</PartNumber><ETag>${tag}</ETag>${crc32 ? `<ChecksumCRC32>${crc32}</ChecksumCRC32>` : ""}</Part>`).join("");
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

  it("wants the parts' checksums to be of the kind the upload was created with", async () => {
    const crc32 = { "x-amz-checksum-crc32": "y/Q5Jg==" };
    const digits = Buffer.from("123456789");
    equal((await part(await create(), 1, digits, crc32)).code, "InvalidRequest");
    const uploadId = await create({ "x-amz-checksum-algorithm": "CRC32" });
    equal((await part(uploadId, 1, digits, crc32)).status, 200);
    equal((await complete(uploadId, [[1, tag(digits), "AAAAAA=="]])).code, "InvalidPart");
    // Composite: the CRC-32 of the four bytes CBF43926, as Python's zlib computes it.
    equal((await complete(uploadId, [[1, tag(digits), "y/Q5Jg=="]])).element("ChecksumCRC32"), "7kxlUA==-1");
  });

  it("forgets an aborted upload", async () => {
    const uploadId = await create();
    equal((await client.call({ method: "DELETE", key: "big", query: { uploadId } })).status, 204);
    equal((await part(uploadId, 1, second)).code, "NoSuchUpload");
  });
});
