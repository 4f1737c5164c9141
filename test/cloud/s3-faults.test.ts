// Trouble the local S3 makes when a test asks for it, and what its TLS has in common with old clients.
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { connect as connectTcp, createServer, type AddressInfo } from "node:net";
import { connect } from "node:tls";
import { startCloud, type Cloud } from "../../sim/cloud/index";
import { Client } from "./client";

describe("The local S3", function () {
  this.timeout(20_000);
  let cloud: Cloud;
  let client: Client;
  before(async () => {
    cloud = await startCloud();
    client = new Client(cloud);
  });
  after(() => cloud.close());
  beforeEach(() => cloud.s3.put("object", Buffer.alloc(100_000, "x")));

  it("answers one request with the trouble asked for, then works again", async () => {
    cloud.s3.faults.next({ kind: "answer", status: 503, code: "SlowDown", message: "Please reduce your request rate." }, { method: "PUT" });
    equal((await client.call({ key: "object" })).status, 200, "not the one it is meant for");
    const reply = await client.put("new", "data");
    deepEqual([reply.status, reply.code, reply.element("Message")], [503, "SlowDown", "Please reduce your request rate."]);
    equal(cloud.s3.get("new"), undefined);
    equal((await client.put("new", "data")).status, 200);
    deepEqual(cloud.s3.requests.at(-2), { method: "PUT", target: `/${cloud.s3.bucket}/new`, status: 503, code: "SlowDown", bytes: 0, bytesSent: reply.body.length });
    deepEqual(cloud.s3.requests.at(-1), { method: "PUT", target: `/${cloud.s3.bucket}/new`, status: 200, code: "", bytes: 4, bytesSent: 0 });
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
