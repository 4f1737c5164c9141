// Transfers by presigned URLs on the mock socket: no signature of ours, an exact length, never a wrong object.
import assert from "node:assert/strict";
import type { Done, Failure } from "../../src/flow/failure";
import type { UrlAccess } from "../../src/s3/presigned/attempt";
import { getByUrl } from "../../src/s3/presigned/get";
import { putByUrl } from "../../src/s3/presigned/put";
import { sizeByUrl } from "../../src/s3/presigned/size";
import { parsePresignedUrl, type PresignedUrl } from "../../src/s3/presigned/url";
import { persistently } from "../../src/device/persist";
import { createHost, type Host } from "../host/host";
import { breakOff, ended, expect, readAll, type Row, send, silent } from "../host/script";
import { answer, refused } from "./access";

const URL = "https://h.example:8443/b/k%20?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20260601T115900Z&X-Amz-Expires=600&X-Amz-SignedHeaders=host%3Bx-amz-content-sha256&X-Amz-Signature=secret";
const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";

function run<T>(host: Host, connections: Row[][], action: (access: UrlAccess, done: Done<T>) => void, url = URL): { failed: Failure | undefined; value: T | undefined; sent: string[] } {
  for (const rows of connections) host.tls.script(...rows);
  const told: [Failure | undefined, T | undefined][] = [];
  action({ url: parsePresignedUrl(url) as PresignedUrl, handshakeSeconds: 60, silenceSeconds: 30, persist: (attempt, done) => persistently(host.platform, {}, attempt, done) }, (failed, value) => told.push([failed, value]));
  host.time.pass(100_000);
  assert.equal(told.length, 1, "done is called once");
  host.verify();
  const [failed, value] = told[0]!;
  assert.ok(!JSON.stringify(failed ?? "").includes("secret") && !host.printed.join().includes("secret"), "the query was shown");
  return { failed, value, sent: host.tls.connections.map((one) => one.received) };
}

describe("a presigned PUT", () => {
  const put = (host: Host, rows: Row[][], url?: string) => run(host, rows, (access, done: Done<any>) => putByUrl(host.platform, access, "a.log", () => {}, done), url);
  const HEAD = expect(/\r\n\r\n/);

  for (const size of [0, 1, 2047, 2048, 2049, 10000]) {
    it(`sends ${size} bytes as they are, with their length and no header that would have to be signed`, () => {
      const host = createHost();
      const data = "0123456789".repeat(1000).slice(0, size);
      host.card.put("a.log", data);
      const body: Row[] = size ? [silent(), send(CONTINUE), expect((bytes) => (bytes.length < size ? undefined : size))] : [];
      const { value, sent } = put(host, [[HEAD, ...body, send(answer(200, { etag: '"e"', "x-amz-version-id": "v" })), ended()]]);
      assert.deepEqual(value, { path: "a.log", size, etag: '"e"', versionId: "v" });
      const [head, rest] = [sent[0]!.slice(0, sent[0]!.indexOf("\r\n\r\n")), sent[0]!.slice(sent[0]!.indexOf("\r\n\r\n") + 4)];
      assert.equal(rest, data);
      assert.deepEqual(head.split("\r\n"), [`PUT ${URL.slice(22)} HTTP/1.1`, "host: h.example:8443", "x-amz-content-sha256: UNSIGNED-PAYLOAD", `content-length: ${size}`, ...(size ? ["expect: 100-continue"] : []), "connection: close"]);
    });
  }
  const changes: [what: string, change: (host: Host) => void][] = [
    ["grows", (host) => host.card.put("a.log", "x".repeat(30000))], ["shrinks", (host) => host.card.put("a.log", "x".repeat(3000))],
    ["is rewritten at another time", (host) => host.card.put("a.log", "y".repeat(20000), 5000)],
  ];
  for (const [what, change] of changes) {
    it(`breaks off before the last bytes of a file that ${what} while it is sent`, () => {
      const host = createHost();
      host.card.put("a.log", "x".repeat(20000), 1000);
      let changed = false;
      host.card.beforeRead = (_path, at) => { if (at && !changed) { changed = true; change(host); } };
      const { failed, sent } = put(host, [[HEAD, send(CONTINUE), readAll(), ended()]]);
      assert.equal(failed!.code, "file-changed");
      assert.ok(sent[0]!.length - sent[0]!.indexOf("\r\n\r\n") - 4 < 20000, "all of it was sent");
    });
  }
  it("tells a card that is gone from a file that changed", () => {
    const host = createHost();
    host.card.put("a.log", "x".repeat(20000), 1000);
    host.card.beforeRead = (_path, at) => { if (at) host.platform.files.stat = () => undefined; };
    assert.equal(put(host, [[HEAD, send(CONTINUE), readAll(), ended()]]).failed!.code, "card");
  });
  it("opens its file when the server wants the bytes, not before: TLS needs long runs of free variables to connect", () => {
    const host = createHost();
    host.card.put("a.log", "x".repeat(5000));
    const open = host.platform.files.open;
    const heard: string[] = [];
    host.platform.files.open = (path, mode) => { heard.push(host.tls.connections[0]?.received ?? ""); return open(path, mode); };
    assert.equal(put(host, [[HEAD, send(CONTINUE), expect(/x{5000}/), send(answer(200, { etag: '"e"' })), ended()]]).failed, undefined);
    assert.match(heard.join("|"), /^PUT [^|]*\r\n\r\n$/);
  });
  it("sends all of it again after a cut, from a file that is read anew", () => {
    const host = createHost();
    host.card.put("a.log", "x".repeat(5000));
    const whole: Row[] = [HEAD, send(CONTINUE), expect(/x{5000}/)];
    assert.equal(put(host, [[HEAD, send(CONTINUE), readAll(), { row: "wait", milliseconds: 5 }, breakOff()], [...whole, send(answer(200, { etag: '"e"' })), ended()]]).value.size, 5000);
  });
  it("sends nothing of the file when it is refused, and says what that means for a URL", () => {
    const host = createHost();
    host.card.put("a.log", "x".repeat(5000));
    const { failed, sent } = put(host, [[HEAD, send(refused(403, "SignatureDoesNotMatch")), ended()]]);
    assert.match(failed!.message, /PUT \/b\/k%20: 403 SignatureDoesNotMatch/);
    assert.match(failed!.hint, /GET/);
    assert.ok(!sent[0]!.includes("xxx"));
  });
  it("does not follow a region: it cannot sign", () => {
    const host = createHost();
    host.card.put("a.log", "x");
    assert.equal(put(host, [[HEAD, send(refused(301, "PermanentRedirect", "<Region>us-west-2</Region>", { "x-amz-bucket-region": "us-west-2" })), ended()]]).failed!.cause!.status, 301);
  });
  it("sends nothing by a URL that has expired, if the clock is set", () => {
    const late = URL.replace("115900", "114900");
    const host = createHost();
    host.card.put("a.log", "x");
    assert.equal(put(host, [], late).failed!.code, "url-expired");
    const unset = createHost({ clockSet: false });
    unset.card.put("a.log", "");
    assert.equal(put(unset, [[HEAD, send(answer(200)), ended()]], late).failed, undefined);
  });
  it("tells an expiry that the server sees", () => {
    const host = createHost();
    host.card.put("a.log", "");
    const body = "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>";
    assert.deepEqual(put(host, [[HEAD, send(answer(403, {}, body)), ended()]]).failed!.code, "url-expired");
  });
  it("names a file that is not there without asking anybody", () => assert.equal(put(createHost(), []).failed!.code, "file-missing"));
});

describe("a presigned GET", () => {
  const get = (host: Host, rows: Row[][], url?: string) => run(host, rows, (access, done: Done<any>) => getByUrl(host.platform, access, "a.bin", () => {}, done), url);
  const GET = expect(/^GET [^]*?\r\n\r\n/);
  const data = "0123456789".repeat(1000);
  const whole = (etag = '"e"', body = data) => answer(200, { etag }, body);

  it("lands on the card", () => {
    const host = createHost();
    assert.deepEqual(get(host, [[GET, send(whole(), 1000), ended()]]).value, { path: "a.bin", size: 10000, etag: '"e"' });
    assert.equal(host.card.bytes("a.bin"), data);
  });
  it("goes on after a cut with Range and If-Match", () => {
    const host = createHost();
    const { value, sent } = get(host, [[GET, send(whole().slice(0, -4000)), breakOff()], [GET, send(answer(206, { "content-range": "bytes 6000-9999/10000" }, data.slice(6000))), ended()]]);
    assert.match(sent[1]!, /range: bytes=6000-\r\nif-match: "e"\r\n/);
    assert.deepEqual([value.size, host.card.bytes("a.bin")], [10000, data]);
  });
  it("begins again where there is no strong etag, or the range is ignored, or the object is another", () => {
    const other = data.split("").reverse().join("");
    for (const [etag, second] of [['W/"e"', [[GET, send(whole('W/"e"')), ended()]]], ['"e"', [[GET, send(whole()), ended()]]], ['"e"', [[GET, send(refused(412, "PreconditionFailed")), ended()], [GET, send(whole('"f"', other)), ended()]]]] as [string, Row[][]][]) {
      const host = createHost();
      assert.equal(get(host, [[GET, send(whole(etag).slice(0, -4000)), breakOff()], ...second]).failed, undefined);
      assert.equal(host.card.bytes("a.bin"), second.length > 1 ? other : data);
    }
  });
  it("keeps the old file when the rest is another part", () => {
    const host = createHost();
    host.card.put("a.bin", "old");
    const wrong: Row[] = [GET, send(answer(206, { "content-range": "bytes 6000-9998/9999" }, data.slice(6001))), ended()];
    assert.equal(get(host, [[GET, send(whole().slice(0, -4000)), breakOff()], wrong, wrong, wrong, wrong]).failed!.code, "s3-incomplete");
    assert.deepEqual([host.card.bytes("a.bin"), host.card.paths()], ["old", ["a.bin"]]);
  });
  it("stops when the URL expires between two attempts", () => {
    const host = createHost();
    const url = URL.replace("20260601T115900Z&X-Amz-Expires=600", "20260601T120000Z&X-Amz-Expires=1");
    assert.equal(get(host, [[GET, { row: "wait", milliseconds: 2000 }, breakOff()]], url).failed!.code, "url-expired");
  });

  const sizes: [what: string, reply: string, size: number | string][] = [
    ["a Content-Range", answer(206, { "content-range": "bytes 0-0/123", etag: '"e"' }, "x"), 123], ["S3's refusal for an empty object", refused(416, "InvalidRange", "<ActualObjectSize>0</ActualObjectSize>"), 0],
    ["a bare 416", answer(416, { "content-range": "bytes */0" }), 0], ["all of it", answer(200, {}, data), 10000], ["no size", answer(206, { "content-range": "bytes 0-0/*" }, "x"), "http"], ["a refusal", refused(404, "NoSuchKey"), "s3"],
  ];
  for (const [what, reply, size] of sizes) it(`tells the size by ${what}`, () => {
    const host = createHost();
    const { failed, value, sent } = run(host, [[GET, send(reply), ended()]], (access, done: Done<any>) => sizeByUrl(host.platform, access, done));
    assert.equal(failed ? failed.code : value.size, size);
    assert.match(sent[0]!, /\r\nrange: bytes=0-0\r\n/);
  });
});
