// Trouble the local S3 makes when a test asks for it, and what its TLS has in common with old clients.
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { connect as connectTcp, createServer, type AddressInfo } from "node:net";
import { connect } from "node:tls";
import { client, cloud, useCloud } from "./suite";

describe("The local S3", function () {
  this.timeout(20_000);
  useCloud();
  beforeEach(() => cloud.s3.put("object", Buffer.alloc(100_000, "x")));

  it("answers one request with the trouble asked for, then works again", async () => {
    cloud.s3.faults.next({ kind: "answer", status: 503, code: "SlowDown", message: "Please reduce your request rate." }, { method: "PUT" });
    equal((await client.call({ key: "object" })).status, 200, "not the one it is meant for");
    const reply = await client.put("new", "data");
    deepEqual([reply.status, reply.code, reply.element("Message")], [503, "SlowDown", "Please reduce your request rate."]);
    equal(cloud.s3.get("new"), undefined);
    equal((await client.put("new", "data")).status, 200);
    const records = cloud.s3.requests.slice(-2).map(({ headers, ...record }) => record);
    const common = { method: "PUT", target: `/${cloud.s3.bucket}/new`, operation: "PutObject", key: "new", query: {} };
    deepEqual(records, [
      { ...common, status: 503, code: "SlowDown", bytes: 0, bytesSent: reply.body.length },
      { ...common, status: 200, code: "", bytes: 4, bytesSent: 0 },
    ]);
  });

  it("remembers query and headers of every request", async () => {
    await client.call({ key: "object", query: { "response-content-type": "text/html" }, headers: { range: "bytes=0-1" } });
    const { operation, key, query, headers } = cloud.s3.requests.at(-1)!;
    deepEqual([operation, key, query, headers["range"]], ["GetObject", "object", { "response-content-type": "text/html" }, "bytes=0-1"]);
  });

  it("waits for the operation, the query and the count it is told, and happens as often as it is told", async () => {
    cloud.s3.faults.next({ kind: "answer", code: "SlowDown" }, { operation: "ListObjectsV2", query: { prefix: "a" }, skip: 1, times: 2 });
    const list = async (prefix: string) => (await client.call({ query: { "list-type": "2", prefix } })).status;
    for (let i = 0; i < 2; i++) equal((await client.call({ key: "object", query: { prefix: "a" } })).status, 200, "another operation");
    deepEqual([await list("a"), await list("b"), await list("a"), await list("a"), await list("a")], [200, 200, 503, 503, 200]);
  });

  const usual: [string, number][] = [
    ["SlowDown", 503],
    ["InternalError", 500],
    ["RequestTimeout", 400],
    ["ExpiredToken", 400],
    ["PreconditionFailed", 412],
    ["ConditionalRequestConflict", 409],
    ["OperationAborted", 409],
    ["KMS.ThrottlingException", 400],
  ];
  for (const [code, status] of usual) {
    it(`knows the status of ${code}`, async () => {
      cloud.s3.faults.next({ kind: "answer", code, details: { More: "told" } });
      const reply = await client.call({ key: "object" });
      deepEqual([reply.status, reply.code, reply.element("More"), reply.headers["transfer-encoding"]], [status, code, "told", "chunked"]);
    });
  }

  it("says 307 and where to go", async () => {
    cloud.s3.faults.next({ kind: "redirect", host: "device-logs.s3-eu-west-1.amazonaws.com" });
    const reply = await client.call({ key: "object", query: { "response-expires": "x" } });
    deepEqual([reply.status, reply.code, reply.element("Endpoint")], [307, "TemporaryRedirect", "device-logs.s3-eu-west-1.amazonaws.com"]);
    equal(reply.headers.location, `https://device-logs.s3-eu-west-1.amazonaws.com/${cloud.s3.bucket}/object?response-expires=x`);
  });

  it("stores and then loses the answer", async () => {
    cloud.s3.faults.next({ kind: "loseAnswer" });
    await rejects(client.put("lost", "data"), { code: "ECONNRESET" });
    equal(cloud.s3.get("lost")?.toString(), "data");
  });

  it("gives the whole object when it does not look at Range", async () => {
    cloud.s3.faults.next({ kind: "ignoreRange" });
    const reply = await client.call({ key: "object", headers: { range: "bytes=0-9" } });
    deepEqual([reply.status, reply.headers["content-range"], reply.body.length], [200, undefined, 100_000]);
  });

  it("changes headers of a right answer", async () => {
    cloud.s3.faults.next({ kind: "headers", headers: { "Content-Range": "bytes 5-14/200000" } }, { method: "GET" });
    const reply = await client.call({ key: "object", headers: { range: "bytes=0-9" } });
    deepEqual([reply.status, reply.headers["content-range"], reply.body.length], [206, "bytes 5-14/200000", 10]);
  });

  it("refuses by a clock that is set wrong", async () => {
    cloud.s3.setOffset(3600);
    const reply = await client.call({ key: "object" });
    const late = Date.parse(reply.headers.date!) - Date.now();
    const right = await client.call({ key: "object", time: Date.parse(reply.headers.date!) });
    cloud.s3.setOffset(0);
    deepEqual([reply.status, reply.code, right.status], [403, "RequestTimeTooSkewed", 200]);
    ok(late > 3_590_000 && late < 3_610_000);
  });

  it("cuts the connection in the middle of an answer", async () => {
    cloud.s3.faults.next({ kind: "cut", during: "response", afterBytes: 5000 });
    await rejects(client.call({ key: "object" }), { code: "ECONNRESET" });
    equal(cloud.s3.requests.at(-1)!.bytesSent, 5000);
  });

  it("cuts the connection in the middle of an upload and stores nothing", async () => {
    cloud.s3.faults.next({ kind: "cut", during: "request", afterBytes: 50_000 });
    await rejects(client.put("new-cut", Buffer.alloc(1_000_000)));
    equal(cloud.s3.get("new-cut"), undefined);
    equal(cloud.s3.requests.at(-1)!.status, 0);
  });

  it("goes silent when asked to", async () => {
    for (const during of ["request", "response"] as const) {
      cloud.s3.faults.next({ kind: "stall", during, afterBytes: 10 });
      const pending = client.put("stalled", Buffer.alloc(1000), during === "response" ? { method: "GET", key: "object", body: "" } : {});
      equal(await Promise.race([pending.then(() => "answered", () => "failed"), new Promise((resolve) => setTimeout(resolve, 200, "silent"))]), "silent");
    }
  });

  it("closes without close_notify when asked to, after the whole answer", async () => {
    for (const [fault, lastRecord] of [[false, TLS_ALERT], [true, TLS_DATA]] as const) {
      if (fault) cloud.s3.faults.next({ kind: "closeWithoutNotify" });
      const text = `GET ${client.presign({ key: "object" })} HTTP/1.1\r\nHost: ${client.hostHeader()}\r\nConnection: close\r\n\r\n`;
      const exchanged = await exchange(text, cloud.s3.port, cloud.certificates.ca.pem);
      ok(exchanged.bytes > 100_000);
      equal(exchanged.lastRecord, lastRecord);
    }
  });

  for (const ciphers of ["ECDHE-RSA-AES128-GCM-SHA256", "AES256-GCM-SHA384", "AES128-GCM-SHA256", "AES128-SHA", "DHE-RSA-AES256-GCM-SHA384", "DHE-RSA-AES128-SHA256"]) {
    it(`speaks TLS 1.2 with a client that only knows ${ciphers}`, async () => {
      const socket = connect({ host: "127.0.0.1", port: cloud.s3.port, servername: `${cloud.s3.bucket}.s3.localhost`, ca: cloud.certificates.ca.pem, ciphers });
      await new Promise((resolve, reject) => socket.once("secureConnect", resolve).once("error", reject));
      deepEqual([socket.getProtocol(), socket.getCipher().name], ["TLSv1.2", ciphers]);
      socket.destroy();
    });
  }

  it("has a certificate that only its own root vouches for", async () => {
    await rejects(exchange("", cloud.s3.port), { code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" });
    const { ca, server, device } = cloud.certificates;
    const root = new X509Certificate(ca.der);
    for (const { certificate, key } of [server, device]) {
      const leaf = new X509Certificate(certificate.der);
      ok(leaf.verify(root.publicKey) && leaf.publicKey.asymmetricKeyType === "rsa");
      match(key.pem, /^-----BEGIN PRIVATE KEY-----/);
    }
  });
});

const TLS_ALERT = 21;
const TLS_DATA = 23;

/** Sends a text over TLS; tells how much came back, and the type of the server's last TLS record (RFC 5246, 6.2.1). */
async function exchange(text: string, port: number, ca?: string): Promise<{ bytes: number; lastRecord: number | undefined }> {
  // Node does not tell a client how a TLS connection ended, so the records are read on their way.
  const records: Buffer[] = [];
  const tap = createServer((inner) => {
    const outer = connectTcp(port, "127.0.0.1");
    outer.on("data", (data) => records.push(data));
    inner.pipe(outer).pipe(inner);
    for (const socket of [inner, outer]) socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => tap.listen(0, "127.0.0.1", resolve));
  let bytes = 0;
  try {
    await new Promise<void>((resolve, reject) => {
      const socket = connect({ host: "127.0.0.1", port: (tap.address() as AddressInfo).port, servername: "localhost", ca }, () => socket.write(text));
      socket.on("data", (data) => (bytes += data.length)).on("error", reject).on("close", () => resolve());
    });
  } finally {
    tap.close();
  }
  const stream = Buffer.concat(records);
  let lastRecord: number | undefined;
  for (let at = 0; at < stream.length; at += 5 + stream.readUInt16BE(at + 3)) lastRecord = stream[at];
  return { bytes, lastRecord };
}
