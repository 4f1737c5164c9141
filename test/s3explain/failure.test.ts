// A refused request on a board: what its failure says afterwards, for every code of S3 and for what one code can mean besides.
import assert from "node:assert/strict";
import type { Failure } from "../../src/flow/failure";
import { whyLines } from "../../src/device/why";
import { explainFailure } from "../../src/s3/explain/failure";
import { signedBy } from "../../src/s3/explain/signed";
import { evidence } from "../../src/s3/refusal";
import { readRefusal } from "../../src/s3/refused";
import type { S3Access } from "../../src/s3/signedRequest";
import { signedRequest } from "../../src/s3/signedRequest";
import { EMPTY_HASH } from "../../src/sigv4/chunkSignature";
import { createHost } from "../host/host";
import { describeVectors } from "../host/vectors";
import { createAccess } from "../s3/access";

const TOKEN = "IQoJb3JpZ2luX2Vj" + "s".repeat(300);
interface Case { status: number; body?: string; method?: string; headers?: Record<string, string>; access?: Partial<S3Access>; changed?: (text: string) => string }
const xml = (code: string, message = "Because", more = "") => `<Error><Code>${code}</Code><Message>${message}</Message>${more}<RequestId>R1</RequestId></Error>`;

/** A failure explained; `changed` makes of what was signed what S3 says it signed. */
function explained(one: Case): Failure {
  const host = createHost();
  const access = createAccess(one.access ?? {});
  const signed = signedRequest(host.platform, access, { method: one.method ?? "PUT", key: "logs/a.log", query: [], headers: [], unsigned: [], payloadHash: EMPTY_HASH });
  let body = one.body ?? "";
  if (one.changed) {
    const lines = signed.head.split("\r\n").slice(1);
    const names = /SignedHeaders=([^,]+)/.exec(signed.head)![1]!.split(";");
    const canonical = [one.method ?? "PUT", "/logs/a.log", "", ...names.map((name) => lines.find((line) => line.toLowerCase().startsWith(name + ":"))!.replace(/: /, ":")), "", names.join(";"), EMPTY_HASH].join("\n");
    const toSign = ["AWS4-HMAC-SHA256", signed.amzDate, signed.scope, "0".repeat(64)].join("\n");
    body = xml("SignatureDoesNotMatch", "no match", `<StringToSign>${toSign}</StringToSign><SignatureProvided>${signed.signature}</SignatureProvided><CanonicalRequest>${one.changed(canonical)}</CanonicalRequest>`);
  }
  const failed = readRefusal(`${one.method ?? "PUT"} logs/a.log`, { status: one.status, headers: one.headers ?? {} }, body);
  failed.evidence = evidence(access, "logs/a.log", signed.head, body);
  assert.equal(JSON.stringify(failed).includes("AWS4"), false, "a failure shows nothing of its evidence");
  explainFailure(host.platform, failed);
  return failed;
}

const rows: [what: string, one: Case, cause: RegExp, next: RegExp][] = [
  ["a policy", { status: 403, body: xml("AccessDenied", "Access Denied") }, /^No policy allows s3:PutObject\.$/, /^Allow s3:PutObject on arn:aws:s3:::logs\/\*/],
  ["a policy, and an owner that is expected", { status: 403, body: xml("AccessDenied"), access: { expectedOwner: "111122223333" } }, /or the bucket is not of account 111122223333 \(s3\.expectedOwner\)\.$/, /Allow/],
  ["a policy that AWS names", { status: 403, body: xml("AccessDenied", 'User: arn:aws:iam::111122223333:user/b is not authorized to perform: kms:GenerateDataKey on resource: "arn:aws:kms:eu-central-1:1:key/k" because no identity-based policy allows it') }, /^arn:aws:iam::111122223333:user\/b may not: no identity-based policy allows it\.$/, /^Allow kms:GenerateDataKey on arn:aws:kms:eu-central-1:1:key\/k;/],
  ["an explicit deny", { status: 403, body: xml("AccessDenied", 'User: u is not authorized to perform: s3:PutObject on resource: "r" with an explicit deny in a resource-based policy') }, /^A policy denies s3:PutObject: deny in a resource-based policy\.$/, /^Take the denial out/],
  ["a missing object or policy", { method: "GET", status: 403, body: xml("AccessDenied") }, /logs\/a\.log is missing, or policy or ACL/, /s3:GetObject/],
  ["a missing object, and an owner that is expected", { method: "GET", status: 403, body: xml("AccessDenied"), access: { expectedOwner: "111122223333" } }, /is missing, or policy or ACL forbids it, or the bucket is not of account 111122223333/, /s3:GetObject/],
  ["an unknown key", { status: 403, body: xml("InvalidAccessKeyId", "", "<AWSAccessKeyId>AKIAX</AWSAccessKeyId>") }, /AWS does not know key AKIAX/, /accessKeyId/],
  ["a temporary key without its token", { status: 403, body: xml("InvalidAccessKeyId"), access: { credentials: { accessKeyId: "ASIAX", secretAccessKey: "s" } } }, /without session token/, /sessionToken/],
  ["another region", { status: 301, body: xml("PermanentRedirect", "", "<Endpoint>logs.s3.us-west-2.amazonaws.com</Endpoint>") }, /^The region is us-west-2, not eu-central-1\.$/, /region:"us-west-2"/],
  ["the right region at a wrong address", { status: 301, body: xml("PermanentRedirect", "", "<Endpoint>logs.s3.eu-central-1.amazonaws.com</Endpoint>") }, /^S3 does not serve the bucket at this address\.$/, /s3\.endpoint and s3\.region; S3 says: logs\.s3\.eu-central-1\.amazonaws\.com\.$/],
  ["an old signature", { status: 403, body: xml("AccessDenied", "Request has expired") }, /^What was signed has expired\.$/, /new URL/],
  ["an old signature, with times", { status: 403, body: xml("AccessDenied", "Request has expired", "<Expires>2026-06-01T11:00:00Z</Expires><ServerTime>2026-06-01T12:00:00Z</ServerTime>") }, /^What was signed has expired at 2026-06-01T11:00:00Z; S3's clock: 2026-06-01T12:00:00Z\.$/, /new URL/],
  ["another region, by HEAD", { method: "HEAD", status: 400, headers: { "x-amz-bucket-region": "us-west-2" } }, /region is us-west-2/, /us-west-2/],
  ["HEAD without a reason", { method: "HEAD", status: 403 }, /HEAD has no body/, /get/],
  ["HEAD with a wrong clock", { method: "HEAD", status: 403, headers: { date: "Mon, 01 Jun 2026 12:40:00 GMT" } }, /^The clock is 40 minutes behind\.$/, /syncTime/],
  ["a clock", { status: 403, body: xml("RequestTimeTooSkewed", "", "<RequestTime>20260601T120000Z</RequestTime><ServerTime>2026-06-03T12:00:00Z</ServerTime>") }, /^The clock is 2 days behind\.$/, /syncTime/],
  ["a bucket", { status: 404, body: xml("NoSuchBucket") }, /no bucket logs/, /s3\.bucket/],
  ["a proxy", { status: 502, body: "<html>Bad gateway</html>" }, /in trouble/, /again/],
  ["a host line that was changed on the way", { status: 403, changed: (text) => text.replace(/host:\S+/, "host:proxy") }, /host signed is not/, /one name/],
  ["a header that was taken away on the way", { status: 403, changed: (text) => text.replace(/x-amz-date:\S+\n/, "") }, /x-amz-date: header lines/, /one value/],
  ["nothing but the hash", { status: 403, changed: (text) => text }, /hashed is another/, /Hash/],
  ["a body cut before the canonical request", { status: 403, body: xml("SignatureDoesNotMatch", "x", "<CanonicalRequest>PUT\n/").replace("</Error>", "") }, /did not send what it signed/, /GET/],
];

describe("a refused request, explained on the board", () => {
  for (const [what, one, cause, next] of rows) {
    it(what, () => {
      const failed = explained(one);
      const [first, second] = failed.story!;
      assert.match(first!.replace("cause: ", ""), cause);
      assert.match(second!.replace("next:  ", ""), next);
      assert.equal(failed.hint, first!.replace("cause: ", "") + " " + second!.replace("next:  ", ""));
      for (const line of failed.story!) assert.ok(line.length < 250 && !/[$|\n]|undefined/.test(line), line);
    });
  }
  it("names both sides of the first difference, made readable", () => {
    const failed = explained({ status: 403, changed: (text) => text.replace("logs/a.log", "logs/a\t.log\r") });
    assert.deepEqual(failed.story!.slice(2), ["first difference: path", '  S3:   "/logs/a\\t.log\\r"', '  here: "/logs/a.log"']);
  });
  it("never shows a secret or a token", () => {
    const credentials = { accessKeyId: "ASIAX", secretAccessKey: "sSeCrEt", sessionToken: TOKEN };
    for (const changed of [(text: string) => text, (text: string) => text.replace(TOKEN, TOKEN + "y"), (text: string) => text.replace("security-token:", "security-token:y")]) {
      const failed = explained({ status: 403, changed, access: { credentials } });
      const shown = JSON.stringify(failed) + whyLines(failed).join("\n");
      assert.ok(!shown.includes(TOKEN.slice(8, 40)) && !shown.includes("sSeCrEt"), shown);
    }
  });
  it("tells an unusual length of the secret, and what the self test found", () => {
    for (const works of [true, false]) {
      const { platform } = createHost();
      const access = createAccess({ credentials: { accessKeyId: "AKIAX", secretAccessKey: "short" } });
      const signed = signedRequest(platform, access, { method: "GET", key: "a", query: [], headers: [], unsigned: [], payloadHash: EMPTY_HASH });
      const body = xml("SignatureDoesNotMatch", "x", `<StringToSign>${signedBy(platform.hash, signed.head)!.stringToSign}</StringToSign>`);
      const failed = readRefusal("GET a", { status: 403, headers: {} }, body);
      failed.evidence = evidence(access, "a", signed.head, body);
      // A build that makes another key of the documents' secret than AWS does.
      const hash = { ...platform.hash, array: (input: any) => platform.hash.array(/^AWS4wJalr/.test(input) && !works ? "other" : input) };
      explainFailure({ ...platform, hash }, failed);
      assert.match(failed.story![0]!, works ? /the secret is wrong/ : /this build hashes or derives keys wrongly/);
      assert.deepEqual(failed.story!.slice(2), [`S3 signed the same lines; self test ${works ? "passed" : "failed"}`, "secretAccessKey has 5 characters, AWS's have 40"]);
    }
  });

  describeVectors("of s3-errors.json: the table", "s3-errors", (vectors) => {
    for (const one of vectors.codes) {
      it(`${one.status} ${one.code}`, () => {
        const failed = explained({ status: one.status, body: one.sampleBody });
        for (const line of failed.story!) assert.ok(line.length > 10 && line.length < 220, line);
        const [cause, next] = failed.story!;
        assert.match(cause!, /^cause: [A-Z\w].*\.$/);
        assert.doesNotMatch(cause!, / [;,.:]|  |is (\S+), not \1\./);
        assert.match(next!, /^next: {2}\S.{9,}/);
      });
    }
  });
});
