// The one retry policy: what is tried again, mended or given up, and how often (src/s3/recover.ts, src/flow/backoff.ts).
import assert from "node:assert/strict";
import { failure, type Failure, type FailureCode } from "../../src/flow/failure";
import { fullBucket, fullJitter, takeRetry } from "../../src/flow/backoff";
import { giveBack } from "../../src/flow/retryBucket";
import { persistently } from "../../src/device/persist";
import { remedy } from "../../src/s3/recover";
import { createHost } from "../host/host";
import { describeVectors } from "../host/vectors";
import { createAccess } from "./access";

function s3(status: number, code: string, more: Partial<NonNullable<Failure["cause"]>> = {}): Failure {
  return { ...failure("s3", "refused", "hint"), cause: { status, code, message: "", requestId: "", ...more } };
}

const rows: [Failure, string][] = [
  [failure("connection-lost", "", ""), "retry"], [failure("timeout", "", ""), "retry"], [failure("handshake", "", ""), "retry"],
  [failure("connect", "", ""), "retry"], [failure("dns", "", ""), "retry"], [failure("s3-incomplete", "", ""), "retry"],
  [failure("card-full", "", ""), ""], [failure("file-changed", "", ""), ""], [failure("memory", "", ""), ""], [failure("http", "", ""), ""],
  [s3(500, "InternalError"), "retry"], [s3(503, "SlowDown"), "retry"], [s3(503, ""), "retry"], [s3(502, ""), "retry"], [s3(504, ""), "retry"], [s3(429, ""), "retry"],
  [s3(400, "RequestTimeout"), "retry"], [s3(409, "OperationAborted"), "retry"], [s3(409, "ConditionalRequestConflict"), "retry"], [s3(400, "BadDigest"), "retry"],
  [s3(403, "RequestTimeTooSkewed"), "clock"],
  [s3(400, "AuthorizationHeaderMalformed", { region: "us-west-2" }), "region"], [s3(301, "PermanentRedirect", { region: "us-west-2" }), "region"], [s3(400, "", { region: "us-west-2" }), "region"],
  [s3(400, "RequestTimeout", { region: "eu-central-1" }), "retry"], [s3(400, "ExpiredToken", { region: "eu-central-1" }), "credentials"], [s3(403, "AccessDenied", { region: "us-west-2" }), ""], [s3(400, "InvalidArgument", { region: "eu-central-1" }), ""],
  [s3(301, "PermanentRedirect", { region: "evil.example.com/" }), ""], [s3(400, "AuthorizationHeaderMalformed"), ""],
  [s3(403, "AccessDenied"), ""], [s3(403, "SignatureDoesNotMatch"), ""], [s3(404, "NoSuchKey"), ""], [s3(400, "InvalidToken"), "credentials"], [s3(400, "ExpiredToken"), "credentials"],
  [s3(307, "TemporaryRedirect", { location: "https://logs.s3-us-west-2.amazonaws.com/k" }), "redirect"], [s3(307, "TemporaryRedirect"), ""], [s3(307, "TemporaryRedirect", { location: "http://plain.amazonaws.com/" }), ""], [s3(501, "NotImplemented"), ""], [s3(403, ""), ""],
];

describe("recovery", () => {
  for (const [failed, way] of rows) {
    it(`${failed.code} ${failed.cause ? `${failed.cause.status} ${failed.cause.code} ` : ""}${failed.cause?.region ?? ""} is ${way || "given up"}`, () => assert.equal(remedy(failed), way));
  }

  function attempts(failures: (Failure | undefined)[], access = createAccess()): { calls: number; failed: Failure | undefined; host: ReturnType<typeof createHost>; access: typeof access } {
    const host = createHost();
    let calls = 0;
    let outcome: Failure | undefined;
    persistently<string>(host.platform, access, (done) => {
      const failed = failures[Math.min(calls++, failures.length - 1)];
      done(failed, failed ? undefined : "ok");
    }, (failed) => { outcome = failed; });
    host.time.pass(200_000);
    return { calls, failed: outcome, host, access };
  }

  it("tries five times in all, then tells the last failure", () => {
    const { calls, failed } = attempts([s3(503, "SlowDown")]);
    assert.deepEqual([calls, failed?.cause?.code], [5, "SlowDown"]);
  });
  it("tries a host that cannot be reached three times", () => {
    for (const code of ["dns", "connect"] as FailureCode[]) assert.equal(attempts([failure(code, "", "")]).calls, 3);
  });
  it("does not try a refusal again", () => assert.equal(attempts([s3(403, "AccessDenied")]).calls, 1));
  it("mends the clock once by the server's date", () => {
    const skewed = s3(403, "RequestTimeTooSkewed", { date: "Mon, 01 Jun 2026 13:00:00 GMT" });
    const mended = attempts([skewed, undefined]);
    assert.deepEqual([mended.calls, mended.failed], [2, undefined]);
    assert.equal(Math.floor((mended.host.platform.clock.now() - 200_000) / 1000), Date.parse("2026-06-01T13:00:00Z") / 1000);
    assert.equal(attempts([skewed]).calls, 2);
  });
  it("follows the region once, with its address, and keeps it", () => {
    const { calls, access } = attempts([s3(301, "PermanentRedirect", { region: "us-west-2" }), undefined]);
    assert.deepEqual([calls, access.region, access.address.host], [2, "us-west-2", "logs.s3.us-west-2.amazonaws.com"]);
  });
  it("does not follow a region that is the one it signed for", () => assert.equal(attempts([s3(400, "", { region: "eu-central-1" })]).calls, 1));
  const elsewhere = (location: string) => s3(307, "TemporaryRedirect", { location });
  it("follows a temporary redirect within AWS once, and does not remember it", () => {
    for (const host of ["logs.s3-us-west-2.amazonaws.com", "s3.cn-north-1.amazonaws.com.cn", "logs.s3.eu-central-1.amazonaws.com"]) {
      const host_ = createHost();
      const access = createAccess();
      const hosts: string[] = [];
      persistently<string>(host_.platform, access, (done) => {
        hosts.push(access.address.host + access.address.root);
        done(hosts.length === 1 ? elsewhere(`https://${host}/k`) : undefined, "ok");
      }, () => {});
      host_.time.pass(1000);
      assert.deepEqual(hosts, ["logs.s3.eu-central-1.amazonaws.com/", host + (host.startsWith("logs.") ? "/" : "/logs/")]);
      assert.equal(access.address.host, "logs.s3.eu-central-1.amazonaws.com");
    }
    assert.equal(attempts([elsewhere("https://logs.s3-us-west-2.amazonaws.com/k")]).calls, 2);
  });
  for (const location of ["https://evil.example.com/", "https://amazonaws.com.evil.example/", "https://x@evil.example/.amazonaws.com", "https://evil.example:443/.amazonaws.com", "https://evil.example?.amazonaws.com", "https://notamazonaws.com/"]) {
    it(`does not follow a redirect to ${location}`, () => assert.equal(attempts([elsewhere(location)]).calls, 1));
  }
  it("renews credentials once where they can be, and gives up where not", () => {
    const expired = s3(400, "ExpiredToken");
    assert.equal(attempts([expired]).calls, 1);
    let renewed = 0;
    const access = createAccess({ refresh: (done) => { renewed++; access.due = Infinity; done(); } });
    assert.deepEqual([attempts([expired, undefined], access).calls, renewed], [2, 1]);
    assert.deepEqual([attempts([expired], access).calls, renewed], [2, 2]);
    assert.equal(attempts([expired], createAccess({ due: Infinity, refresh: (done) => done(failure("handshake", "", "")) })).failed!.code, "handshake");
  });
  it("makes no retry when the bucket of tokens is empty", () => {
    assert.equal(attempts([s3(503, "SlowDown")], createAccess({ bucket: { tokens: 7 } })).calls, 2);
  });

  describeVectors("the known figures", "retry", (vectors: any) => {
    for (const row of vectors.fullJitter) {
      it(`full jitter: try ${row.attempt}, base ${row.baseMs}, cap ${row.capMs}, random ${row.random}`, () => assert.equal(fullJitter(row.baseMs, row.capMs, row.attempt, row.random), row.delayMs));
    }
    for (const { name, ops } of vectors.tokenBucket) {
      it(`token bucket: ${name}`, () => {
        const bucket = fullBucket();
        for (const { op, allowed, capacity } of ops) {
          if (op === "retry" || op === "timeoutRetry") assert.equal(takeRetry(bucket, op === "timeoutRetry") > 0, allowed);
          else giveBack(bucket, op === "success" ? 0 : op === "successAfterRetry" ? 5 : 10);
          assert.equal(bucket.tokens, capacity);
        }
      });
    }
  });
});
