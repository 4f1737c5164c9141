// head, remove and list on the mock socket: what goes over the wire, and what each answer becomes.
import assert from "node:assert/strict";
import type { Failure } from "../../src/flow/failure";
import type { Done } from "../../src/flow/failure";
import { headObject } from "../../src/s3/head";
import { listObjects } from "../../src/s3/list";
import { persistently } from "../../src/device/persist";
import { removeObject } from "../../src/s3/remove";
import type { S3Access } from "../../src/s3/signedRequest";
import { createHost, type Host } from "../host/host";
import { breakOff, endClean, ended, expect, type Row, send } from "../host/script";
import { answer, createAccess, refused } from "./access";

const HEAD = expect(/^HEAD [^]*?\r\n\r\n/), GET = expect(/^GET [^]*?\r\n\r\n/), DELETE = expect(/^DELETE [^]*?\r\n\r\n/);

function run<T>(connections: Row[][], action: (host: Host, access: S3Access, done: Done<T>) => void): { failed: Failure | undefined; value: T | undefined; host: Host; sent: string[] } {
  const host = createHost();
  for (const rows of connections) host.tls.script(...rows);
  const access = createAccess();
  access.persist = (attempt, done) => persistently(host.platform, access, attempt, done);
  const told: [Failure | undefined, T | undefined][] = [];
  action(host, access, (failed, value) => told.push([failed, value]));
  host.time.pass(100_000);
  assert.equal(told.length, 1, "done is called once");
  host.verify();
  return { failed: told[0]![0], value: told[0]![1], host, sent: host.tls.connections.map((one) => one.received) };
}

const head = (connections: Row[][]) => run(connections, (host, access, done: Done<any>) => headObject(host.platform, access, "k", done));

describe("head", () => {
  it("tells all that S3 tells, metadata by its own names", () => {
    const headers = {
      "content-length": "123456789012", etag: '"e"', "Last-Modified": "Mon, 01 Jun 2026 12:00:00 GMT", "content-type": "text/plain", "x-amz-version-id": "v", "x-amz-storage-class": "GLACIER",
      "x-amz-server-side-encryption": "aws:kms", "x-amz-server-side-encryption-aws-kms-key-id": "arn", "x-amz-meta-Board": "17", "x-amz-meta-x-y": "z", "x-amz-mp-parts-count": "2",
    };
    assert.deepEqual(head([[HEAD, send(answer(200, headers), 1), ended()]]).value, {
      key: "k", size: 123456789012, etag: '"e"', modified: "2026-06-01T12:00:00.000Z", contentType: "text/plain", versionId: "v", storageClass: "GLACIER", encryption: "aws:kms", encryptionKey: "arn", metadata: { board: "17", "x-y": "z" },
    });
  });
  it("asks again with a GET of one byte why it was refused, and tells that", () => {
    const { failed, sent } = head([[HEAD, send(answer(403, { "content-length": "243" })), ended()], [GET, send(refused(403, "SignatureDoesNotMatch")), ended()]]);
    assert.deepEqual([failed!.code, failed!.cause!.code], ["s3", "SignatureDoesNotMatch"]);
    assert.match(sent[1]!, /\r\nrange: bytes=0-0\r\n/);
  });
  it("tells the bare status where the GET cannot say more", () => {
    const { failed } = head([[HEAD, send(answer(404)), ended()], [GET, send(answer(206, { "content-range": "bytes 0-0/1" }, "x")), ended()]]);
    assert.deepEqual([failed!.cause!.status, failed!.cause!.code], [404, ""]);
  });
  it("knows a delete marker without asking", () => {
    const { failed } = head([[HEAD, send(answer(404, { "x-amz-delete-marker": "true" })), ended()]]);
    assert.match(failed!.message, /delete marker/);
  });
  it("tries a 503 again", () => assert.equal(head([[HEAD, send(answer(503)), ended()], [HEAD, send(answer(200)), ended()]]).value.size, 0));
});

describe("remove", () => {
  const rows: [headers: Record<string, string>, value: object][] = [
    [{}, { key: "k" }], [{ "x-amz-delete-marker": "true", "x-amz-version-id": "v" }, { key: "k", versionId: "v", deleteMarker: true }], [{ "x-amz-delete-marker": "false" }, { key: "k" }],
  ];
  const remove = (connections: Row[][]) => run(connections, (host, access, done: Done<any>) => removeObject(host.platform, access, "k", done));
  for (const [headers, value] of rows) it(`answers ${JSON.stringify(value)}`, () => assert.deepEqual(remove([[DELETE, send(answer(204, headers)), ended()]]).value, value));
  it("tells a refusal", () => assert.equal(remove([[DELETE, send(refused(403, "AccessDenied")), ended()]]).failed!.cause!.code, "AccessDenied"));
});

describe("list", () => {
  const entry = (key: string) => `<Contents><Key>${key}</Key><LastModified>m</LastModified><ETag>e</ETag><Size>1</Size></Contents>`;
  const page = (inside: string, token = "") => `<ListBucketResult><IsTruncated>${token ? "true" : "false"}</IsTruncated>${token && `<NextContinuationToken>${token}</NextContinuationToken>`}${inside}</ListBucketResult>`;
  const keys: string[] = [];
  function list(connections: Row[][], options = {}, stopAt = Infinity) {
    keys.splice(0);
    return run(connections, (host, access, done: Done<boolean>) => listObjects(host.platform, access, { prefix: "", delimiter: "", most: 0, ...options }, (found) => {
      keys.push((found.key ?? found.prefix)!);
      return keys.length >= stopAt;
    }, done));
  }
  const ok = (body: string, slice = 7): Row[] => [GET, send(answer(200, {}, body), slice), ended()];

  it("goes on with the token until the last page", () => {
    const { value, sent } = list([ok(page(entry("a"), "t/1+=")), ok(page(entry("b")))], { prefix: "l o/", delimiter: "/" });
    assert.deepEqual([keys, value], [["a", "b"], false]);
    assert.match(sent[0]!, /^GET \/\?delimiter=%2F&encoding-type=url&list-type=2&max-keys=1000&prefix=l%20o%2F HTTP/);
    assert.match(sent[1]!, /continuation-token=t%2F1%2B%3D&delimiter/);
  });
  it("asks for no more than it wants and says that there is more", () => {
    const { value, sent } = list([ok(page(entry("a") + entry("b"), "t"))], { most: 2 });
    assert.deepEqual([keys, value], [["a", "b"], true]);
    assert.match(sent[0]!, /max-keys=2&|max-keys=2 /);
  });
  it("passes over what a server sends beyond that, and says that there is more", () => assert.deepEqual([list([ok(page(entry("a") + entry("b")))], { most: 1 }).value, keys], [true, ["a"]]));
  it("stops when it is told to, and says whether there was more", () => {
    assert.deepEqual([list([ok(page(entry("a") + entry("b")))], {}, 1).value, keys], [true, ["a"]]);
    assert.deepEqual([list([ok(page(entry("a")))], {}, 1).value, keys], [false, ["a"]]);
  });
  it("hands on each entry once when a page is cut and asked for again", () => {
    const body = page(entry("a") + entry("b") + entry("c") + "<CommonPrefixes><Prefix>aa/</Prefix></CommonPrefixes>");
    for (const short of [5, 60, 150, 250, 350]) {
      const { failed } = list([[GET, send(answer(200, {}, body).slice(0, -short)), breakOff()], ok(body)]);
      assert.deepEqual([failed, keys], [undefined, ["a", "b", "c", "aa/"]]);
    }
  });
  it("does not follow a server that sends the same page for ever", () => assert.equal(list([ok(page(entry("a"), "t")), ok(page(entry("a"), "t"))]).failed!.code, "http"));
  it("takes a captive portal's page for no list", () => assert.equal(list([ok("<html>Log in</html>")]).failed!.code, "http"));
  it("tells a refusal", () => assert.match(list([[GET, send(refused(403, "AccessDenied")), endClean()]]).failed!.message, /GET \/: 403 AccessDenied/));
});
