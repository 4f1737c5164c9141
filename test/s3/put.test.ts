// put: what goes over the wire for a file, and what a broken file, card or connection does to it.
import assert from "node:assert/strict";
import type { Failure } from "../../src/flow/failure";
import { putObject, type PutResult } from "../../src/s3/put";
import { createHost, type Host } from "../host/host";
import { ended, expect, readAll, type Row, send, silent } from "../host/script";
import { answer, createAccess, refused } from "./access";

const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";
const OK = answer(200, { etag: '"e1"', "x-amz-version-id": "v1" });

interface Sent { head: string; body: string; data: string }

function put(host: Host, rows: Row[], signed = true): { failed: Failure | undefined; result: PutResult | undefined } {
  host.tls.script(...rows);
  const outcome: { failed: Failure | undefined; result: PutResult | undefined } = { failed: undefined, result: undefined };
  let calls = 0;
  putObject(host.platform, createAccess(), "a.log", "k/a.log", { signed, headers: [] }, () => {}, (failed, result) => {
    calls++;
    Object.assign(outcome, { failed, result });
  });
  host.time.settle();
  assert.equal(calls, 1, "done is called once");
  host.verify();
  return outcome;
}

/** Takes a head, then as many bytes of body as it announced; checks the framing on the way. */
function whole(sent: Sent): Row[] {
  return [
    expect((bytes) => {
      const end = bytes.indexOf("\r\n\r\n");
      if (end < 0) return undefined;
      sent.head = bytes.slice(0, end + 4);
      return end + 4;
    }),
    silent(),
    send(CONTINUE),
    expect((bytes) => {
      const length = Number(/\r\ncontent-length: (\d+)/.exec(sent.head)![1]);
      if (bytes.length < length) return undefined;
      sent.body = bytes;
      for (let at = 0; ; ) {
        const line = bytes.slice(at, bytes.indexOf("\r\n", at));
        const size = parseInt(line, 16);
        at += line.length + 2;
        if (!size) return length;
        sent.data += bytes.slice(at, at + size);
        assert.equal(bytes.slice(at + size, at + size + 2), "\r\n");
        at += size + 2;
      }
    }),
  ];
}

describe("put", () => {
  for (const size of [0, 1, 8191, 8192, 8193, 20000]) {
    for (const signed of [true, false]) {
      it(`sends ${size} bytes in ${signed ? "signed" : "unsigned"} chunks of exactly the announced length`, () => {
        const host = createHost();
        const data = "0123456789".repeat(2000).slice(0, size);
        host.card.put("a.log", data);
        const sent: Sent = { head: "", body: "", data: "" };
        const { failed, result } = put(host, [...whole(sent), send(OK), ended()], signed);
        assert.equal(failed, undefined);
        assert.deepEqual(result, { key: "k/a.log", size, etag: '"e1"', versionId: "v1" });
        assert.equal(sent.data, data);
        assert.match(sent.head, /^PUT \/k\/a\.log HTTP\/1\.1\r\nhost: logs\.s3\.eu-central-1\.amazonaws\.com\r\n/);
        assert.match(sent.head, new RegExp(`x-amz-decoded-content-length: ${size}\r\n`));
        assert.match(sent.head, signed ? /sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD\r\n/ : /sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER\r\n/);
      });
    }
  }

  it("reads a chunk again after putting memory in order when its hash finds no room", () => {
    const host = createHost();
    const data = "x".repeat(20000);
    host.card.put("a.log", data);
    let reads = 0;
    host.card.beforeRead = () => { if (++reads === 2) host.memory.hashesToFail = 1; };
    const sent: Sent = { head: "", body: "", data: "" };
    assert.equal(put(host, [...whole(sent), send(OK), ended()]).failed, undefined);
    assert.equal(sent.data, data);
    assert.equal(host.memory.tidied, 2, "once at the beginning, once for the chunk");
  });

  it("fails when the hash finds no room twice, and completes nothing", () => {
    const host = createHost();
    host.card.put("a.log", "x".repeat(20000));
    host.card.beforeRead = (_path, at) => { if (at) host.memory.hashesToFail = 2; };
    const { failed } = put(host, [expect(/\r\n\r\n/), send(CONTINUE), expect(/^2000;chunk-signature=[0-9a-f]{64}\r\nx{8192}/), ended()]);
    assert.equal(failed!.code, "memory");
  });

  const LAST = "\r\n0;chunk-signature=";
  const changes: [what: string, change: (host: Host) => void][] = [
    ["grows", (host) => host.card.put("a.log", "x".repeat(30000))],
    ["shrinks", (host) => host.card.put("a.log", "x".repeat(9000))],
    ["is rewritten at another time", (host) => host.card.put("a.log", "y".repeat(20000), 5000)],
  ];
  for (const [what, change] of changes) {
    it(`never sends the last chunk of a file that ${what} while it is sent`, () => {
      const host = createHost();
      host.card.put("a.log", "x".repeat(20000), 1000);
      let changed = false;
      host.card.beforeRead = (_path, at) => { if (at && !changed) { changed = true; change(host); } };
      const { failed } = put(host, [expect(/\r\n\r\n/), send(CONTINUE), readAll(), ended()]);
      assert.equal(failed!.code, "file-changed");
      assert.ok(!host.tls.connections[0]!.received.includes(LAST), "the last chunk was sent");
    });
  }

  it("sends nothing of the file when S3 refuses the head", () => {
    const host = createHost();
    host.card.put("a.log", "x".repeat(20000));
    const { failed } = put(host, [expect(/\r\n\r\n/), send(refused(403, "SignatureDoesNotMatch")), ended()]);
    assert.deepEqual([failed!.code, failed!.cause!.code, failed!.cause!.requestId], ["s3", "SignatureDoesNotMatch", "FROMXML"]);
    assert.match(host.tls.connections[0]!.received, /\r\n\r\n$/);
  });

  it("names a file that is not there without asking S3", () => {
    const host = createHost();
    let failed: Failure | undefined;
    putObject(host.platform, createAccess(), "no.log", "k", { signed: true, headers: [] }, () => {}, (reason) => { failed = reason; });
    assert.equal(failed!.code, "file-missing");
    assert.equal(host.tls.connections.length, 0);
  });
});
