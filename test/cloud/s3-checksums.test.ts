// Checksums beside the data, of objects and of multipart uploads (S3 User Guide, "Checking object integrity").
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { chunkedPut, md5, type Reply } from "./client";
import { client, cloud, useCloud } from "./suite";

/** The check values of the algorithms' own documents, for these nine digits. */
const digits = Buffer.from("123456789");
const CRC32 = "y/Q5Jg==";
const CRC64NVME = "rosUhgp5mIg=";
/** CRC-32 of the four bytes CBF43926, as Python's zlib computes it. */
const COMPOSITE_CRC32 = "7kxlUA==-1";
const SHA256 = "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU="; // sha256sum
const ETAG = `"${md5(digits).toString("hex")}"`;

describe("S3 checksums", function () {
  this.timeout(20_000);
  useCloud();

  const head = (key: string) => client.call({ method: "HEAD", key, headers: { "x-amz-checksum-mode": "ENABLED" } });

  const kinds: [string, string, string][] = [
    ["crc32", CRC32, "the client gives it"],
    ["sha256", SHA256, "the client gives it"],
    ["crc64nvme", CRC64NVME, "the client gives it"],
  ];
  for (const [name, value] of kinds) {
    it(`are kept when they are ${name}, and given to who asks`, async () => {
      const header = "x-amz-checksum-" + name;
      const put = await client.put("object", digits, { headers: { [header]: value } });
      deepEqual([put.status, put.headers[header], put.headers["x-amz-checksum-type"]], [200, value, "FULL_OBJECT"]);
      equal((await head("object")).headers[header], value);
      equal((await client.call({ method: "HEAD", key: "object" })).headers[header], undefined);
      equal((await client.call({ key: "object", headers: { "x-amz-checksum-mode": "ENABLED", range: "bytes=0-1" } })).headers[header], undefined, "not of a range");
    });
  }

  it("are kept when they come as a trailer", async () => {
    await client.send(chunkedPut(client, "object", digits, { size: 8192, unsigned: true, trailer: { name: "x-amz-checksum-crc32", value: CRC32 } }));
    equal((await head("object")).headers["x-amz-checksum-crc32"], CRC32);
  });

  it("are CRC-64/NVME when the client gives none", async () => {
    equal((await client.put("object", digits)).headers["x-amz-checksum-crc64nvme"], CRC64NVME);
    equal((await head("object")).headers["x-amz-checksum-crc64nvme"], CRC64NVME);
    cloud.s3.put("stored", digits);
    equal((await head("stored")).headers["x-amz-checksum-crc64nvme"], CRC64NVME);
  });

  describe("of multipart uploads", () => {
    const create = (headers: Record<string, string> = {}) => client.call({ method: "POST", key: "big", query: { uploads: "" }, headers });
    const part = (uploadId: string, headers: Record<string, string> = {}) => client.put("big", digits, { query: { partNumber: "1", uploadId }, headers });
    const complete = (uploadId: string, more = "", headers: Record<string, string> = {}) =>
      client.call({ method: "POST", key: "big", query: { uploadId }, headers, body: `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${ETAG}</ETag>${more}</Part></CompleteMultipartUpload>` });
    const listed = `<ChecksumCRC32>${CRC32}</ChecksumCRC32>`;
    const algorithm = (name: string, type?: string) => ({ "x-amz-checksum-algorithm": name, ...(type === undefined ? {} : { "x-amz-checksum-type": type }) });
    const begun = async (headers: Record<string, string>, partHeaders: Record<string, string>) => {
      const uploadId = (await create(headers)).element("UploadId")!;
      equal((await part(uploadId, partHeaders)).status, 200);
      return uploadId;
    };

    it("are made of the parts' checksums (COMPOSITE), unless told otherwise", async () => {
      const created = await create(algorithm("CRC32"));
      deepEqual([created.headers["x-amz-checksum-algorithm"], created.headers["x-amz-checksum-type"]], ["CRC32", "COMPOSITE"]);
      const uploadId = created.element("UploadId")!;
      equal((await part(uploadId, { "x-amz-checksum-crc32": CRC32 })).headers["x-amz-checksum-crc32"], CRC32);
      const parts = await client.call({ key: "big", query: { uploadId } });
      deepEqual([parts.element("ChecksumType"), parts.element("ChecksumCRC32")], ["COMPOSITE", CRC32]);
      const reply = await complete(uploadId, listed, { "x-amz-checksum-crc32": COMPOSITE_CRC32 });
      deepEqual([reply.element("ChecksumCRC32"), reply.element("ChecksumType")], [COMPOSITE_CRC32, "COMPOSITE"]);
      const { headers } = await head("big");
      deepEqual([headers["x-amz-checksum-crc32"], headers["x-amz-checksum-type"]], [COMPOSITE_CRC32, "COMPOSITE"]);
    });

    it("are of the whole object when it was created so (FULL_OBJECT)", async () => {
      const uploadId = await begun(algorithm("CRC32", "FULL_OBJECT"), { "x-amz-checksum-crc32": CRC32 });
      const reply = await complete(uploadId, "", { "x-amz-checksum-crc32": CRC32, "x-amz-checksum-type": "FULL_OBJECT", "x-amz-mp-object-size": "9" });
      deepEqual([reply.status, reply.element("ChecksumCRC32"), reply.element("ChecksumType")], [200, CRC32, "FULL_OBJECT"], reply.body.toString());
      equal((await head("big")).headers["x-amz-checksum-crc32"], CRC32);
    });

    it("are CRC-64/NVME of the whole object when none was announced", async () => {
      const uploadId = (await create()).element("UploadId")!;
      equal((await part(uploadId)).headers["x-amz-checksum-crc64nvme"], CRC64NVME);
      deepEqual([(await complete(uploadId)).element("ChecksumCRC64NVME"), (await head("big")).headers["x-amz-checksum-type"]], [CRC64NVME, "FULL_OBJECT"]);
    });

    const creations: [string, Record<string, string>, RegExp][] = [
      ["an algorithm there is not", algorithm("CRC16"), /algorithm provided is unsupported/],
      ["a type without an algorithm", { "x-amz-checksum-type": "COMPOSITE" }, /can only be used with the x-amz-checksum-algorithm header/],
      ["a type there is not", algorithm("CRC32", "HALF"), /Value for x-amz-checksum-type header is invalid/],
      ["SHA-256 of the whole object", algorithm("SHA256", "FULL_OBJECT"), /FULL_OBJECT checksum type cannot be used with the sha256/],
      ["a composite CRC-64", algorithm("CRC64NVME", "COMPOSITE"), /COMPOSITE checksum type cannot be used with the crc64nvme/],
    ];
    for (const [title, headers, message] of creations) {
      it(`refuses to be ${title}`, async () => isRefused(await create(headers), "InvalidRequest", message));
    }

    it("refuse parts that carry another checksum than the upload, or none", async () => {
      const crc32 = { "x-amz-checksum-crc32": CRC32 };
      const plain = (await create()).element("UploadId")!;
      isRefused(await part(plain, crc32), "InvalidRequest", /expected checksum Type: null, actual checksum Type: crc32/);
      const sha256 = (await create(algorithm("SHA256"))).element("UploadId")!;
      isRefused(await part(sha256, crc32), "InvalidRequest", /expected checksum Type: sha256, actual checksum Type: crc32/);
      isRefused(await part(sha256), "InvalidRequest", /expected checksum Type: sha256, actual checksum Type: null/);
      isRefused(await part(sha256, { "x-amz-checksum-sha256": CRC32 }), "InvalidRequest", /header is invalid/);
      deepEqual(cloud.s3.uploads().flatMap(({ parts }) => parts), []);
    });

    const completions: [string, string, string, Record<string, string>, string, RegExp][] = [
      ["a list without the parts' checksums", "COMPOSITE", "", {}, "InvalidRequest", /created using a crc32 checksum.*missing for part 1/],
      ["a part's checksum that is another", "COMPOSITE", "<ChecksumCRC32>AAAAAA==</ChecksumCRC32>", {}, "InvalidPart", /could not be found/],
      ["a part's checksum of another kind", "COMPOSITE", `<ChecksumSHA256>${SHA256}</ChecksumSHA256>`, {}, "InvalidPart", /could not be found/],
      ["a composite value that is another", "COMPOSITE", listed, { "x-amz-checksum-crc32": "AAAAAA==-1" }, "BadDigest", /The crc32 you specified did not match/],
      ["a value of the whole object that is another", "FULL_OBJECT", "", { "x-amz-checksum-crc32": "AAAAAA==", "x-amz-checksum-type": "FULL_OBJECT" }, "BadDigest", /did not match the calculated/],
      ["a value of the whole object without its type", "FULL_OBJECT", "", { "x-amz-checksum-crc32": CRC32 }, "InvalidRequest", /created using the FULL_OBJECT checksum mode/],
      ["another type", "COMPOSITE", listed, { "x-amz-checksum-type": "FULL_OBJECT" }, "InvalidRequest", /created using the COMPOSITE checksum mode/],
      ["a value of another kind", "FULL_OBJECT", "", { "x-amz-checksum-sha256": SHA256 }, "InvalidRequest", /expected checksum Type: crc32, actual checksum Type: sha256/],
      ["another size", "FULL_OBJECT", "", { "x-amz-mp-object-size": "10" }, "InvalidRequest", /x-amz-mp-object-size/],
    ];
    for (const [title, type, more, headers, code, message] of completions) {
      it(`refuse to complete with ${title}`, async () => {
        cloud.s3.remove("big");
        const uploadId = await begun(algorithm("CRC32", type), { "x-amz-checksum-crc32": CRC32 });
        isRefused(await complete(uploadId, more, headers), code, message);
        equal(cloud.s3.get("big"), undefined);
        ok(cloud.s3.uploads().some((upload) => upload.uploadId === uploadId), "it can be tried again");
      });
    }
  });
});

function isRefused(reply: Reply, code: string, message: RegExp): void {
  deepEqual([reply.status, reply.code], [400, code], reply.body.toString());
  match(reply.element("Message")!, message);
}
