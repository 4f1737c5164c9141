// Bodies the local S3 takes and refuses: whole, in chunks, with trailers (S3 API reference, "... multiple chunks").
import { deepEqual, equal, ok } from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { Agent } from "node:https";
import { connect } from "node:tls";
import { chunkedPut, md5, sha256, type Call, type Chunking } from "./client";
import { client, cloud, useCloud } from "./suite";

const data = randomBytes(66_560);
const old = Buffer.from("the old object");
/** CRC-32 of "123456789" is CBF43926 (ISO 3309 check value), CRC-32C E3069283 (RFC 3720 check value). */
const digits = Buffer.from("123456789");
const CRC32 = "y/Q5Jg==";
const CRC32C = "4waSgw==";

describe("S3 bodies", function () {
  this.timeout(20_000);
  useCloud({ idleSeconds: 0.5 });
  beforeEach(() => cloud.s3.put("kept", old));

  const accepted: [string, Buffer, Chunking][] = [
    ["signed chunks of 64 KiB", data, { size: 65_536 }],
    ["signed chunks of 8 KiB", data, { size: 8192 }],
    ["one signed chunk below 8 KiB", digits, { size: 8192 }],
    ["no data at all in signed chunks", Buffer.alloc(0), { size: 8192 }],
    ["10 MiB in signed chunks", randomBytes(10 * 1024 ** 2), { size: 8192 }],
    ["signed chunks with a signed trailer", digits, { size: 8192, trailer: { name: "x-amz-checksum-crc32", value: CRC32 } }],
    ["unsigned chunks with a trailer", digits, { size: 8192, unsigned: true, trailer: { name: "x-amz-checksum-crc32c", value: CRC32C } }],
  ];
  for (const [title, body, chunking] of accepted) {
    it(`takes ${title}`, async () => {
      const reply = await client.send(chunkedPut(client, "chunked", body, chunking));
      equal(reply.status, 200, reply.body.toString());
      equal(reply.headers.etag, `"${md5(body).toString("hex")}"`);
      ok(cloud.s3.get("chunked")!.equals(body));
      const head = await client.call({ method: "HEAD", key: "chunked" });
      equal(head.headers["content-encoding"], undefined);
    });
  }

  it("takes signed chunks inside Transfer-Encoding: chunked, without a Content-Length", async () => {
    const request = chunkedPut(client, "transfer", data, { size: 8192 });
    equal((await client.send({ ...request, headers: { ...request.headers, "transfer-encoding": "chunked" } })).status, 200);
    ok(cloud.s3.get("transfer")!.equals(data));
  });

  it("takes an unsigned payload", async () => {
    equal((await client.put("unsigned", data, { payload: "UNSIGNED-PAYLOAD" })).status, 200);
    ok(cloud.s3.get("unsigned")!.equals(data));
  });

  it("keeps the object's headers and gives its checksum to who asks", async () => {
    const headers = { "content-type": "text/plain", "content-encoding": "gzip", "x-amz-meta-a": "b", "x-amz-checksum-crc32": CRC32 };
    equal((await client.put("meta", digits, { headers })).status, 200);
    const plain = await client.call({ key: "meta" });
    deepEqual([plain.headers["content-type"], plain.headers["content-encoding"], plain.headers["x-amz-meta-a"]], ["text/plain", "gzip", "b"]);
    equal(plain.headers["x-amz-checksum-crc32"], undefined);
    equal((await client.call({ key: "meta", headers: { "x-amz-checksum-mode": "ENABLED" } })).headers["x-amz-checksum-crc32"], CRC32);
  });

  const chunkRefusals: [string, Chunking, string][] = [
    ["a wrong signature of the first chunk", { size: 65_536, badSignature: 0 }, "403 SignatureDoesNotMatch"],
    ["a wrong signature of the second chunk", { size: 65_536, badSignature: 1 }, "403 SignatureDoesNotMatch"],
    ["a wrong signature of the last, empty chunk", { size: 65_536, badSignature: 2 }, "403 SignatureDoesNotMatch"],
    ["data that is not what was signed", { size: 8192, badData: 1 }, "403 SignatureDoesNotMatch"],
    ["chunks below 8 KiB before the last", { size: 1024 }, "403 InvalidChunkSizeError"],
    ["a missing last chunk", { size: 8192, noFinalChunk: true }, "400 IncompleteBody"],
    ["a missing line end at the end", { size: 8192, mangle: (body) => body.subarray(0, -2) }, "400 IncompleteBody"],
    ["bytes after the end", { size: 8192, mangle: (body) => Buffer.concat([body, Buffer.from("x")]) }, "400 IncompleteBody"],
    ["a body that is not chunked at all", { size: 8192, mangle: () => data }, "400 IncompleteBody"],
    ["a decoded length too large", { size: 8192, decodedLength: "66567" }, "400 IncompleteBody"],
    ["a decoded length too small", { size: 8192, decodedLength: "66553" }, "400 IncompleteBody"],
    ["no decoded length", { size: 8192, decodedLength: null }, "411 MissingContentLength"],
    ["a decoded length that is no number", { size: 8192, decodedLength: "many" }, "411 MissingContentLength"],
    ["a wrong trailer signature", { size: 65_536, trailer: { name: "x-amz-checksum-crc32", value: CRC32, badSignature: true } }, "403 SignatureDoesNotMatch"],
    ["a wrong checksum in a signed trailer", { size: 65_536, trailer: { name: "x-amz-checksum-crc32", value: CRC32 } }, "400 BadDigest"],
    ["a wrong checksum in an unsigned trailer", { size: 65_536, unsigned: true, trailer: { name: "x-amz-checksum-crc32", value: CRC32 } }, "400 BadDigest"],
    ["a trailer that was not announced", { size: 65_536, unsigned: true, trailer: { name: "x-amz-checksum-crc32", value: CRC32, announced: null } }, "400 MalformedTrailerError"],
    ["a trailer of another name", { size: 65_536, unsigned: true, trailer: { name: "x-amz-checksum-crc32", value: CRC32, announced: "x-amz-checksum-crc32c" } }, "400 MalformedTrailerError"],
    ["a trailer value that is no checksum", { size: 65_536, unsigned: true, trailer: { name: "x-amz-checksum-crc32", value: "AAAA" } }, "400 InvalidRequest"],
  ];
  for (const [title, chunking, answer] of chunkRefusals) {
    it(`refuses ${title}, and keeps what was there`, async () => {
      const reply = await client.send(chunkedPut(client, "kept", data, chunking));
      equal(`${reply.status} ${reply.code}`, answer, reply.body.toString());
      deepEqual(cloud.s3.get("kept"), old);
    });
  }

  it("names the short chunk's size and the chunk after it", async () => {
    const reply = await client.send(chunkedPut(client, "kept", Buffer.from("hello"), { size: 3 }));
    deepEqual([reply.element("Chunk"), reply.element("BadChunkSize")], ["2", "3"]);
  });

  it("counts what came when the decoded length is wrong", async () => {
    const reply = await client.send(chunkedPut(client, "kept", data, { size: 8192, decodedLength: "66553" }));
    deepEqual([reply.element("NumberBytesExpected"), reply.element("NumberBytesProvided")], ["66553", "66560"]);
  });

  it("shows the chunk's own string to sign when its signature is wrong", async () => {
    const reply = await client.send(chunkedPut(client, "kept", data, { size: 65_536, badSignature: 1 }));
    const lines = reply.element("StringToSign")!.split("\n");
    deepEqual([lines[0], lines[5]], ["AWS4-HMAC-SHA256-PAYLOAD", sha256(data.subarray(65_536))]);
  });

  it("answers at the first bad chunk, while the client is still sending", async () => {
    const huge = chunkedPut(client, "kept", randomBytes(20 * 1024 ** 2), { size: 65_536, badSignature: 2 });
    const agent = new Agent({ keepAlive: true });
    const reply = await client.send({ ...huge, agent });
    agent.destroy();
    equal(reply.code, "SignatureDoesNotMatch");
    equal(reply.headers.connection, "close");
    ok(cloud.s3.requests.at(-1)!.bytes < 2_000_000, "most of the body was not looked at");
  });

  it("lets a refused client that does not listen finish sending, and the answer is still there", async () => {
    const { path, headers, body } = chunkedPut(client, "kept", randomBytes(8 * 1024 ** 2), { size: 65_536, badSignature: 0 });
    const head = Object.entries({ ...headers, "content-length": String(body.length) }).map(([name, value]) => `${name}: ${value}\r\n`);
    const socket = connect({ host: "127.0.0.1", port: cloud.s3.port, servername: "localhost", ca: cloud.certificates.ca.pem });
    const answer = await new Promise<string>((resolve, reject) => {
      let text = "";
      socket.on("error", reject).on("end", () => resolve(text));
      // Reading begins only after the last byte was sent, in small pieces with pauses as a board does it.
      let at = 0;
      const next = () => {
        if (at >= body.length) return void socket.on("data", (slice: Buffer) => (text += slice.toString()));
        socket.write(body.subarray(at, (at += 262_144)), () => setTimeout(next, 5));
      };
      socket.write(`PUT ${path} HTTP/1.1\r\n${head.join("")}\r\n`, next);
    });
    socket.destroy();
    ok(answer.startsWith("HTTP/1.1 403 ") && answer.includes("<Code>SignatureDoesNotMatch</Code>"));
  });

  const wholeRefusals: [string, Call, string][] = [
    ["a body with another hash", { payload: sha256("other") }, "400 XAmzContentSHA256Mismatch"],
    ["a body with another Content-MD5", { headers: { "content-md5": md5(Buffer.from("x")).toString("base64") } }, "400 BadDigest"],
    ["a Content-MD5 that is none", { headers: { "content-md5": "abc" } }, "400 InvalidDigest"],
    ["a body with another CRC-32", { headers: { "x-amz-checksum-crc32": CRC32 } }, "400 BadDigest"],
    ["a checksum header that is no checksum", { headers: { "x-amz-checksum-crc32": "!" } }, "400 InvalidRequest"],
    ["two checksum headers", { headers: { "x-amz-checksum-crc32": CRC32, "x-amz-checksum-crc32c": CRC32C } }, "400 InvalidRequest"],
    ["Transfer-Encoding: chunked", { after: { "transfer-encoding": "chunked" } }, "501 NotImplemented"],
    ["a kind of encryption it does not have", { headers: { "x-amz-server-side-encryption": "aws:kms:dsse" } }, "501 NotImplemented"],
    ["more than 5 GiB", { after: { "content-length": "5368709121" } }, "400 EntityTooLarge"],
  ];
  for (const [title, call, answer] of wholeRefusals) {
    it(`refuses ${title}, and keeps what was there`, async () => {
      const reply = await client.put("kept", "new", call);
      equal(`${reply.status} ${reply.code}`, answer, reply.body.toString());
      deepEqual(cloud.s3.get("kept"), old);
    });
  }

  it("stores nothing of a body that breaks off", async () => {
    const { path, headers } = client.sign({ method: "PUT", key: "broken", body: data });
    const lost = client.send({ method: "PUT", path, headers: { ...headers, "content-length": String(data.length) }, body: data.subarray(0, 30_000) });
    const reply = await lost.catch((error: Error) => error);
    ok(!(reply instanceof Error) && reply.code === "RequestTimeout", "a body that stops for too long is given up");
    equal(cloud.s3.get("broken"), undefined);
  });

  it("asks for the body with 100 Continue once the head is right", async () => {
    const reply = await client.put("expected", data, { after: { expect: "100-continue", "content-length": String(data.length) } });
    deepEqual([reply.status, reply.continued], [200, true]);
  });

  it("answers a wrong head at once instead of 100 Continue", async () => {
    for (const wrong of [{ breakSignature: true }, { time: Date.now() - 3_600_000 }, { region: "us-west-2" }, { headers: { "if-none-match": "*" } }] satisfies Call[]) {
      const reply = await client.put("kept", data, { ...wrong, after: { expect: "100-continue", "content-length": String(data.length) } });
      ok(reply.status >= 400 && !reply.continued, `${reply.status}`);
      equal(cloud.s3.requests.at(-1)!.bytes, 0);
    }
    deepEqual(cloud.s3.get("kept"), old);
  });
});
