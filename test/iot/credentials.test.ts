// The credentials provider's answers, read and judged; when credentials are renewed; and the exchange with the device's certificate.
import assert from "node:assert/strict";
import { renew } from "../../src/device/credentials";
import type { Failure } from "../../src/flow/failure";
import { credentialsIn } from "../../src/iot/credentials";
import { areGood, readCredentials, renewalDue } from "../../src/iot/credentialsJson";
import { iotRefusal, serverAnswer, statusHint, noAnswer } from "../../src/iot/refusal";
import { place, rest } from "../../src/iot/rest";
import type { RestAnswer, RestRequest } from "../../src/iot/rest";
import { remedy } from "../../src/s3/recover";
import { A_DAY, createHost, type Host } from "../host/host";
import { breakOff, endClean, ended, expect, readAll, refused, send } from "../host/script";
import { describeVectors } from "../host/vectors";
import { answer, createAccess } from "../s3/access";

const MINUTE = 60_000, HOUR = 60 * MINUTE;
const KEYS = { accessKeyId: "ASIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", sessionToken: "IQoJb3JpZ2luX2VjE/+=" + "t".repeat(1500) };
const body = (expires: number, change: object = {}) => JSON.stringify({ credentials: { ...KEYS, expiration: new Date(expires).toISOString().replace(/\.\d+/, ""), ...change } });
const SETTINGS = { credentials: { source: "iot", endpoint: "c1.credentials.iot.eu-central-1.amazonaws.com", roleAlias: "logs", thingName: "board-17" } };
const REQUEST: RestRequest = { method: "GET", host: "a.iot", port: 8443, path: "/things/t/shadow", headers: [["x-a", "b"]], body: "", limit: 100, handshakeSeconds: 60, silenceSeconds: 30 };

function createBoard(): Host {
  const host = createHost();
  for (const name of ["cert.der", "key.der"]) host.flash.flash.write(name, "der");
  return host;
}

describeVectors("published answers of the credentials provider", "iot", (vectors) => {
  for (const one of vectors.credentialsProvider.responses) {
    it(`${one.status} ${one.body.slice(0, 60)}: ${one.class ?? "credentials"}`, () => {
      const told = credentialsIn({ status: one.status, body: one.body, headers: {} }, Date.parse("2026-01-01T12:00:00Z"));
      if (one.expect) return assert.deepEqual([(told as any).accessKeyId, (told as any).expires], [one.expect.accessKeyId, one.expect.expirationMs]);
      const failed = told as Failure;
      assert.equal(remedy(failed), one.class === "retry" ? "retry" : "", failed.message);
      assert.ok(failed.hint.length > 10);
    });
  }
});

describe("answers of the credentials provider", () => {
  const whole = body(A_DAY + HOUR);
  const bad: [what: string, text: string][] = [
    ["every cut", ""], ["what follows it", whole + "x"], ["a list", `[${whole}]`], ["a text", '"credentials"'], ["null", '{"credentials":null}'], ["an empty token", body(A_DAY, { sessionToken: "" })],
    ["a number for a key", body(A_DAY, { secretAccessKey: 5 })], ["a line end in a token", body(A_DAY, { sessionToken: "a\nb" })], ["no expiry", body(A_DAY, { expiration: undefined })],
    ["an expiry that is no date", body(A_DAY, { expiration: "soon" })], ["a day that is none", body(A_DAY, { expiration: "2026-02-31T00:00:00Z" })], ["a local time", body(A_DAY, { expiration: "2026-06-01T13:00:00" })],
    ["an expiry as a number", body(A_DAY, { expiration: A_DAY })],
  ];
  for (const [what, text] of bad) it(`${what} is none`, () => assert.equal(readCredentials(text), undefined));
  it("cut anywhere it is none", () => {
    for (let length = 0; length < whole.length; length += 7) assert.equal(readCredentials(whole.slice(0, length)), undefined);
  });
  it("a fraction of a second and white space around are taken", () => assert.equal(readCredentials(` ${body(A_DAY, { expiration: "2026-06-01T13:00:00.250Z" })}\n`)!.expires, A_DAY + HOUR + 250));

  it("are good until a minute before their end", () => assert.deepEqual([A_DAY - 1, A_DAY, undefined].map((now) => areGood(now === undefined ? undefined : A_DAY + MINUTE, now ?? 0)), [true, false, false]));
  const dues: [life: number, fraction: number, before: number][] = [[HOUR, 0, 6 * MINUTE], [HOUR, 0.5, 9 * MINUTE], [15 * MINUTE, 0, 5 * MINUTE], [15 * MINUTE, 0.9, 7.5 * MINUTE], [12 * HOUR, 0, 72 * MINUTE], [2 * MINUTE, 0.5, MINUTE]];
  for (const [life, fraction, before] of dues) it(`a life of ${life / MINUTE} minutes: renewed ${before / MINUTE} before its end with ${fraction}`, () => assert.equal(renewalDue(A_DAY, A_DAY + life, fraction), A_DAY + life - before));
});

describe("HTTPS with the device's certificate", () => {
  function run(host: Host, change: Partial<RestRequest> = {}): { failed: Failure | undefined; answer: RestAnswer | undefined } {
    const told: any[] = [];
    rest(host.platform, { ...REQUEST, ...change }, (failed, answer) => told.push({ failed, answer }));
    host.time.settle();
    host.verify();
    assert.equal(told.length, 1);
    return told[0];
  }

  it("sends host, headers and a body of any length, and presents the certificate", () => {
    for (const [method, text] of [["GET", ""], ["POST", ""], ["POST", "x".repeat(3000)]] as const) {
      const host = createBoard();
      host.tls.script(expect(`${method} /things/t/shadow HTTP/1.1\r\nhost: a.iot:8443\r\nx-a: b\r\n${method === "POST" ? `content-length: ${text.length}\r\n` : ""}connection: close\r\n\r\n${text}`), send(answer(200, {}, "{}"), 1), endClean());
      assert.deepEqual(run(host, { method, body: text }).answer?.body, "{}");
      assert.equal(host.tls.connections[0]!.options.deviceCertificate, true);
    }
  });
  for (const status of [200, 400, 403, 409, 429, 503]) {
    it(`${status} is an answer, byte by byte`, () => {
      const host = createBoard();
      host.tls.script(readAll(), send(answer(status, { "x-amzn-errortype": "X:y", "x-amzn-requestid": "R" }, '{"message":"m"}'), 1), ended());
      const told = serverAnswer(run(host).answer!);
      assert.deepEqual([told.status, told.code, told.message, told.requestId], [status, "X", "m", "R"]);
    });
  }
  it("an answer longer than the limit is a failure, of a refusal the beginning is kept", () => {
    for (const status of [200, 403]) {
      const host = createBoard();
      host.tls.script(readAll(), send(answer(status, {}, "a".repeat(101))), ended());
      const { failed, answer: got } = run(host);
      assert.deepEqual([failed?.code, got?.body.length], status === 200 ? ["http", undefined] : [undefined, 100]);
    }
  });
  for (const name of ["cert.der", "key.der"]) {
    it(`without ${name} nothing is sent`, () => {
      const host = createBoard();
      host.flash.flash.erase(name);
      assert.match(run(host).failed!.message, new RegExp(name));
    });
  }
  it("an alert in the handshake is about the certificate, a server that just leaves may be", () => {
    assert.equal(noAnswer({ code: "handshake", message: "mbedtls_ssl_handshake returned -0x7780", hint: "" }).code, "certificate");
    assert.equal(noAnswer({ code: "handshake", message: "mbedtls_ssl_handshake returned -0x7200", hint: "h" }).hint, "h");
    const host = createBoard();
    host.tls.script(readAll(), breakOff());
    assert.match(noAnswer(run(host).failed!).hint, /certificate active/);
    const other = createBoard();
    other.tls.script(refused("dns"));
    assert.equal(noAnswer(run(other).failed!).code, "dns");
  });
  it("403 on port 443 is about ALPN", () => assert.match(statusHint(403, 443), /ALPN.*8443/));
  it("a body that is no JSON tells nothing", () => {
    for (const text of ["", "<html>", "[1]", "{", '"m"']) assert.equal(serverAnswer({ status: 500, body: text, headers: {} }).message, "");
    assert.equal(iotRefusal("it", serverAnswer({ status: 500, body: "", headers: {} }), "h").message, "AWS IoT refused it: 500");
  });
  it("an endpoint is a host, or a host and a port", () => assert.deepEqual([place("a", 443), place({ host: "a" }, 443), place({ host: "a", port: 1 }, 443)].map(({ port }) => port), [443, 443, 1]));
});

describe("renewing credentials", () => {
  function run(host: Host, access = createAccess()): { failed: Failure | undefined; access: typeof access } {
    const told: (Failure | undefined)[] = [];
    renew(host.platform, () => SETTINGS, access, (failed) => told.push(failed));
    host.time.settle();
    host.verify();
    assert.equal(told.length, 1);
    return { failed: told[0], access };
  }
  const script = (host: Host, ...answers: string[]) => answers.forEach((text) => host.tls.script(readAll(), send(text), ended()));

  it("puts keys, token and expiry in, and when they are due", () => {
    const host = createBoard();
    host.tls.script(expect("GET /role-aliases/logs/credentials HTTP/1.1\r\nhost: c1.credentials.iot.eu-central-1.amazonaws.com\r\nx-amzn-iot-thingname: board-17\r\nconnection: close\r\n\r\n"), send(answer(200, {}, body(A_DAY + HOUR)), 100), ended());
    const { failed, access } = run(host);
    assert.equal(failed, undefined);
    assert.deepEqual({ ...access.credentials }, { ...KEYS, expires: A_DAY + HOUR });
    assert.ok(access.due! > A_DAY + 48 * MINUTE - MINUTE && access.due! <= A_DAY + 54 * MINUTE);
    assert.ok(!host.printed.join().includes("ttttt"));
  });
  it("gives up after five busy answers", () => {
    const host = createBoard();
    script(host, ...Array(5).fill(answer(503)));
    assert.deepEqual([run(host).failed!.cause!.status, host.tls.connections.length], [503, 5]);
  });
  it("keeps good ones when there are no others, for a minute", () => {
    const host = createBoard();
    script(host, answer(403, {}, '{"message":"Access Denied"}'));
    const access = createAccess({ credentials: { ...KEYS, expires: A_DAY + 3 * MINUTE } });
    assert.equal(run(host, access).failed, undefined);
    assert.ok(Math.abs(access.due! - A_DAY - MINUTE) < 1000);
  });
  it("does not keep those that are about to end", () => {
    const host = createBoard();
    script(host, answer(403, {}, '{"message":"Access Denied"}'));
    assert.equal(run(host, createAccess({ credentials: { ...KEYS, expires: A_DAY + MINUTE } })).failed!.code, "iot");
  });
  it("without the module that reads them says so", () => {
    const host = createBoard();
    host.modules.missing.add("credread");
    script(host, answer(200, {}, body(A_DAY + HOUR)));
    assert.equal(run(host).failed!.code, "storage");
  });
});
