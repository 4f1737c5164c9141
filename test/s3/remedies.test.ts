// What S3 says to do otherwise, over the wire: another region or host, another time, later, with other credentials. Each request is signed for where and when it goes.
import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import type { Failure } from "../../src/flow/failure";
import { headObject } from "../../src/s3/head";
import { putObject, type PutResult } from "../../src/s3/put";
import { persistently } from "../../src/device/persist";
import type { S3Access } from "../../src/s3/signedRequest";
import { A_DAY, createHost, type Host } from "../host/host";
import { breakOff, ended, expect, hold, readAll, release, type Row, send, stall, wait } from "../host/script";
import { answer, createAccess, refused } from "./access";

const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";
const OK = answer(200, { etag: '"e1"' });
const HOME = "logs.s3.eu-central-1.amazonaws.com";

interface Outcome { failed: Failure | undefined; result: PutResult | undefined; host: Host; access: S3Access; heads: { to: string; host: string; date: string; scope: string; head: string }[] }

/** Fails unless the signature is the one that S3 computes of this head (S3 API reference, sig-v4-header-based-auth). */
function checkSignature(text: string, secret: string): void {
  const [first, ...lines] = text.split("\r\n");
  const headers = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]));
  const [, scope, names, signature] = /Credential=[^/]+\/(\S+), SignedHeaders=(\S+), Signature=(\w+)$/.exec(headers["authorization"]!)!;
  const [method, path] = first!.split(" ");
  const canonical = [method, path, "", ...names!.split(";").map((name) => `${name}:${headers[name]}`), "", names, headers["x-amz-content-sha256"]].join("\n");
  const toSign = ["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, createHash("sha256").update(canonical).digest("hex")].join("\n");
  const key = scope!.split("/").reduce<string | Buffer>((last, part) => createHmac("sha256", last).update(part).digest(), "AWS4" + secret);
  assert.equal(signature, createHmac("sha256", key).update(toSign).digest("hex"), text);
  assert.equal(scope!.slice(0, 8), headers["x-amz-date"]!.slice(0, 8));
}

/** The head of a request, however its body goes on. */
const head: Row = expect(/^[A-Z]+ [^]*?\r\n\r\n/);
/** Takes all of a put and confirms it. */
const taken: Row[] = [head, send(CONTINUE), expect(/\r\n0;chunk-signature=\w{64}\r\n\r\n$|^0;chunk-signature=\w{64}\r\n\r\n$/), send(OK), ended()];
const says = (text: string): Row[] => [head, send(text), ended()];

function put(connections: Row[][], change: Partial<S3Access> = {}, size = 20000, milliseconds = 300_000, start = A_DAY): Outcome {
  const host = createHost();
  host.time.clock.set(start);
  host.card.put("a.log", "x".repeat(size));
  for (const rows of connections) host.tls.script(...rows);
  const access = createAccess(change);
  const told: [Failure | undefined, PutResult | undefined][] = [];
  persistently<PutResult>(host.platform, access, (done) => putObject(host.platform, access, "a.log", "k", { signed: true, headers: [] }, () => {}, done), (failed, result) => told.push([failed, result]));
  host.time.pass(milliseconds);
  assert.equal(told.length, 1, "done is called once");
  host.verify();
  const heads = host.tls.connections.map(({ options, received }) => ({
    to: `${options.host}:${options.port}`, host: /\r\nhost: (\S+)/.exec(received)![1]!, date: /\r\nx-amz-date: (\S+)/.exec(received)![1]!, scope: /Credential=[^/]+\/(\S+?),/.exec(received)![1]!, head: received.split("\r\n\r\n")[0]!,
  }));
  for (const one of heads) checkSignature(one.head, access.credentials.secretAccessKey);
  return { failed: told[0]![0], result: told[0]![1], host, access, heads };
}
const redirect = (location: string) => says(refused(307, "TemporaryRedirect", "", { location }));
const NEW = "logs.s3-us-west-2.amazonaws.com";

describe("remedies over the wire", () => {
  it("a temporary redirect is followed to the new host with a signature for it, and not remembered", () => {
    const { failed, heads, access } = put([redirect(`https://${NEW}/k`), taken]);
    assert.equal(failed, undefined);
    assert.deepEqual(heads.map((one) => [one.to, one.host]), [[`${HOME}:443`, HOME], [`${NEW}:443`, NEW]]);
    assert.notEqual(/Signature=(\w+)/.exec(heads[0]!.head)![1], /Signature=(\w+)/.exec(heads[1]!.head)![1]);
    assert.equal(access.address.host, HOME);
  });
  it("a second redirect is not followed, wherever it leads", () => {
    const { failed, heads, access } = put([redirect(`https://${NEW}/k`), redirect(`https://${HOME}/k`)]);
    assert.deepEqual([failed!.cause!.status, heads.length, access.address.host], [307, 2, HOME]);
  });
  it("the new host may be busy first", () => {
    const { failed, heads } = put([redirect(`https://${NEW}/k`), says(refused(503, "SlowDown")), taken]);
    assert.deepEqual([failed, heads.map((one) => one.host)], [undefined, [HOME, NEW, NEW]]);
  });
  for (const location of ["https://evil.example.com/k", "http://" + NEW + "/k", "https://amazonaws.com.evil.example/k", "https://evil.example#.amazonaws.com/k", "https://evil.example\\.amazonaws.com/k", "https://u:p@" + NEW + "/k", "https://" + NEW + ":8443/k", "//" + NEW + "/k", "/k", ""]) {
    it(`a redirect to ${location || "nowhere"} is not followed`, () => {
      const { failed, heads } = put([redirect(location)]);
      assert.deepEqual([failed!.code, failed!.cause!.status, heads.length], ["s3", 307, 1]);
      assert.ok(failed!.hint.length > 10);
    });
  }

  const regions: [what: string, text: string][] = [
    ["301 with a header", refused(301, "PermanentRedirect", "<Endpoint>logs.s3.us-west-2.amazonaws.com</Endpoint>", { "x-amz-bucket-region": "us-west-2" })],
    ["400 with an element", refused(400, "AuthorizationHeaderMalformed", "<Region>us-west-2</Region>")],
    ["400 without a word but a header", answer(400, { "x-amz-bucket-region": "us-west-2" })],
  ];
  for (const [what, text] of regions) {
    it(`the region is followed once: ${what}`, () => {
      const { failed, heads, access } = put([says(text), taken]);
      assert.equal(failed, undefined);
      assert.deepEqual([heads[1]!.host, heads[1]!.scope], ["logs.s3.us-west-2.amazonaws.com", "20260601/us-west-2/s3/aws4_request"]);
      assert.equal(access.region, "us-west-2");
      assert.equal(put([says(text), says(refused(301, "PermanentRedirect", "<Region>eu-west-1</Region>"))]).failed!.cause!.region, "eu-west-1");
    });
  }
  it("an endpoint of one's own stays where it is when the region changes", () => {
    const settings = { bucket: "logs", region: "eu-central-1", endpoint: { host: "192.168.1.10", port: 8443 } };
    const address = { host: "192.168.1.10", port: 8443, hostHeader: "192.168.1.10:8443", root: "/logs/" };
    const { heads } = put([says(refused(400, "AuthorizationHeaderMalformed", "<Region>us-west-2</Region>")), taken], { settings, address });
    assert.deepEqual(heads.map((one) => [one.to, one.host, one.scope.split("/")[1]]), [["192.168.1.10:8443", "192.168.1.10:8443", "eu-central-1"], ["192.168.1.10:8443", "192.168.1.10:8443", "us-west-2"]]);
    const back = put([redirect("https://192.168.1.10:8443/logs/k"), taken], { settings, address });
    assert.deepEqual(back.heads.map((one) => one.to), ["192.168.1.10:8443", "192.168.1.10:8443"]);
    assert.equal(put([redirect("https://192.168.1.10/logs/k")], { settings, address }).heads.length, 1, "another port is another server");
  });

  it("the clock is mended once and the request signed with the new time", () => {
    const skewed = (date: string) => says(refused(403, "RequestTimeTooSkewed", "", { date }));
    const { failed, heads } = put([skewed("Mon, 01 Jun 2026 14:30:00 GMT"), taken]);
    assert.equal(failed, undefined);
    assert.deepEqual(heads.map((one) => one.date), ["20260601T120000Z", "20260601T143000Z"]);
    assert.equal(put([skewed("Mon, 01 Jun 2026 14:30:00 GMT"), skewed("Mon, 01 Jun 2026 16:30:00 GMT")]).failed!.cause!.code, "RequestTimeTooSkewed");
    const garbled = put([skewed("yesterday")]);
    assert.deepEqual([garbled.failed!.cause!.code, Math.floor(garbled.host.platform.clock.now() / 1000)], ["RequestTimeTooSkewed", Math.floor((A_DAY + 300_000) / 1000)]);
  });

  it("SlowDown is met with waits that are random and grow, four at most", () => {
    const { failed, host, heads } = put(Array(5).fill(says(refused(503, "SlowDown"))));
    assert.deepEqual([failed!.cause!.code, heads.length], ["SlowDown", 5]);
    const waits = host.printed.map((line) => Number(/again in ([\d.]+) s/.exec(line)?.[1])).filter((wait) => wait >= 0);
    assert.equal(waits.length, 4);
    waits.forEach((wait, i) => assert.ok(wait <= Math.min(20, 2 ** i), `${waits}`));
    assert.ok(new Set(waits).size > 2, "they differ");
  });
  it("retries end when their tokens are gone, also over several commands", () => {
    const bucket = { tokens: 12 };
    assert.equal(put([says(refused(503, "SlowDown")), says(refused(503, "SlowDown")), says(refused(503, "SlowDown"))], { bucket }).heads.length, 3);
    assert.equal(put([says(refused(500, "InternalError"))], { bucket }).heads.length, 1);
  });
  it("an InternalError in the middle of the body stops it, and all of it is sent again", () => {
    const { failed, result, heads } = put([[head, send(CONTINUE), expect(/^2000;chunk-signature=\w{64}\r\nx{8192}/), send(refused(500, "InternalError")), readAll(), ended()], taken]);
    assert.deepEqual([failed, result!.size, heads.length], [undefined, 20000, 2]);
  });
  it("a token that expired is a clear failure where there are no other credentials", () => {
    const credentials = { accessKeyId: "ASIAIOSFODNN7EXAMPLE", secretAccessKey: "secret", sessionToken: "token" };
    const { failed, heads } = put([says(refused(400, "ExpiredToken", "", { "x-amz-bucket-region": "eu-central-1" }))], { credentials });
    assert.deepEqual([failed!.cause!.code, heads.length], ["ExpiredToken", 1]);
    assert.match(failed!.message, /400 ExpiredToken/);
  });
  it("a HEAD that is refused for the region follows it, too", () => {
    const host = createHost();
    host.tls.script(head, send(answer(400, { "x-amz-bucket-region": "us-west-2", "content-length": "0" })), ended());
    host.tls.script(head, send(refused(400, "AuthorizationHeaderMalformed", "<Region>us-west-2</Region>")), ended());
    host.tls.script(head, send(answer(200, { "content-length": "5" })), ended());
    const access = createAccess();
    access.persist = (attempt, done) => persistently(host.platform, access, attempt, done);
    let size = -1;
    headObject(host.platform, access, "k", (_failed, found) => { size = found?.size ?? -2; });
    host.time.pass(10_000);
    host.verify();
    assert.deepEqual([size, access.region], [5, "us-west-2"]);
  });
});

describe("slow uploads", () => {
  /** The body goes on with a piece in twenty seconds. */
  const slow = (minutes: number): Row[] => Array.from({ length: minutes * 3 }, () => [hold(), wait(20_000), release(), expect(/[^]{1,8300}/)]).flat();

  it("a signature does not age while the body goes: 20 minutes are no failure", () => {
    const { failed, result } = put([[head, send(CONTINUE), ...slow(20), expect(/\r\n0;chunk-signature=\w{64}\r\n\r\n$|^0;chunk-signature=\w{64}\r\n\r\n$/), send(OK), ended()]], {}, 600_000, 3_000_000);
    assert.deepEqual([failed, result!.size], [undefined, 600_000]);
  });
  it("a retry after a slow body that broke is signed with the time of then", () => {
    const { failed, heads } = put([[head, send(CONTINUE), ...slow(20), readAll(), breakOff()], taken], {}, 600_000, 3_000_000);
    assert.equal(failed, undefined);
    const [first, second] = heads.map((one) => Date.parse(one.date.replace(/(....)(..)(..)T(..)(..)(..)Z/, "$1-$2-$3T$4:$5:$6Z")));
    assert.ok(second! - first! >= 20 * 60_000 && second! - first! < 21 * 60_000, `${second! - first!}`);
  });
  it("a retry on the next day has the next day's scope and key", () => {
    const { failed, heads } = put([[head, send(CONTINUE), ...slow(20), readAll(), breakOff()], taken], {}, 600_000, 3_000_000, Date.parse("2026-06-01T23:50:00Z"));
    assert.equal(failed, undefined);
    assert.deepEqual(heads.map((one) => one.scope.slice(0, 8)), ["20260601", "20260602"]);
  });
  it("the body goes without 100 Continue after a second", () => {
    const { failed, host } = put([[head, expect(/\r\n0;chunk-signature=\w{64}\r\n\r\n$|^0;chunk-signature=\w{64}\r\n\r\n$/), send(OK), ended()]]);
    assert.equal(failed, undefined);
    assert.ok(host.tls.connections.length === 1);
  });
  it("a server that says nothing any more is given up after 30 seconds, and tried again", () => {
    const { failed, heads } = put([[head, stall()], taken]);
    assert.deepEqual([failed, heads.length], [undefined, 2]);
    assert.ok(heads[1]!.date > "20260601T120030Z");
  });
});
