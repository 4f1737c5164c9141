// Every code of S3, every bare status, and what one code can mean besides, has a cause and a next step.
import assert from "node:assert/strict";
import { clockOff } from "../../src/s3/explain/clock";
import type { RefusalAnswer, RefusalFacts } from "../../src/s3/explain/refusal";
import { explainRefusal } from "../../src/s3/explain/refusal";
import { xmlText } from "../../src/s3/xml";
import { describeVectors } from "../host/vectors";

type Elements = Record<string, string>;
const FACTS: RefusalFacts = { method: "GET", bucket: "esp-data", region: "eu-central-1", key: "logs/a.log", accessKeyId: "AKIAIOSFODNN7EXAMPLE", token: false };
function answer(status: number, code: string, message = "", elements: Elements = {}, more: Partial<RefusalAnswer> = {}): RefusalAnswer {
  return { status, code, message, element: (name) => elements[name] ?? "", ...more };
}

/** No placeholder left, nothing empty, at most two lines of a terminal each. */
function wellFormed(one: { cause: string; next: string }): void {
  for (const text of [one.cause, one.next]) {
    assert.ok(text.length > 5 && text.length < 200, text);
    assert.doesNotMatch(text, /[$|]|undefined|null|NaN|,,/);
  }
}

describe("a refusal of S3: codes", () => {
  const busy = /busy or in trouble/, again = /Try again/, built = /does not take the request as it is built/, message = /S3's message/;
  const rows: [code: string, status: number, message: string, elements: Elements, cause: RegExp, next: RegExp][] = [
    ["InternalError", 500, "", {}, busy, again],
    ["ServiceUnavailable", 503, "", {}, busy, again],
    ["SlowDown", 503, "", {}, busy, again],
    ["OperationAborted", 409, "", {}, busy, again],
    ["ConditionalRequestConflict", 409, "", {}, busy, again],
    ["BadGateway", 502, "", {}, busy, again],
    ["GatewayTimeout", 504, "", {}, busy, again],
    ["KMS.ThrottlingException", 400, "", {}, busy, again],
    ["RequestTimeout", 400, "", {}, /too slowly or not whole/, again],
    ["IncompleteBody", 400, "", { NumberBytesExpected: "3", NumberBytesProvided: "5" }, /wrong Content-Length/, again],
    ["BadDigest", 400, "", {}, /not the one hashed/, again],
    ["XAmzContentSHA256Mismatch", 400, "", {}, /not the one hashed.*line ends/, again],
    ["InvalidDigest", 400, "", {}, /not the one hashed/, again],
    ["RequestTimeTooSkewed", 403, "", { RequestTime: "20250901T162148Z", ServerTime: "2025-09-03T16:21:50Z" }, /clock is 2 days behind\.$/, /device\.syncTime\(\)/],
    ["RequestExpired", 400, "Request has expired", {}, /expired/, /new URL/],
    ["ExpiredToken", 400, "", { "Token-0": "IQoJsecret" }, /session token is expired/, /credentials/],
    ["InvalidToken", 400, "", {}, /of another key/, /token together/],
    ["TokenRefreshRequired", 400, "", {}, /session token/, /token together/],
    ["InvalidAccessKeyId", 403, "", { AWSAccessKeyId: "AKIAIOSFODNN7EXAMPLE" }, /does not know key AKIAIOSFODNN7EXAMPLE/, /credentials/],
    ["SignatureDoesNotMatch", 403, "", {}, /another signature/, /device\.why\(\)/],
    ["AccessDenied", 403, "Access Denied", {}, /logs\/a\.log is missing, or policy or ACL forbids it/, /Allow s3:GetObject on arn:aws:s3:::esp-data\/\*/],
    ["AccountProblem", 403, "", {}, /locked/, /support/],
    ["AllAccessDisabled", 403, "", {}, /locked/, /support/],
    ["InvalidObjectState", 403, "", {}, /archived/, /Restore/],
    ["AuthorizationHeaderMalformed", 400, "", { Region: "us-east-1" }, /region is us-east-1, not eu-central-1/, /configure\(\{s3:\{region:"us-east-1"\}\}\)/],
    ["AuthorizationQueryParametersError", 400, "", {}, built, message],
    ["InvalidArgument", 400, "", { ArgumentName: "partNumber" }, /as it is built: partNumber/, message],
    ["InvalidRequest", 400, "", {}, built, message],
    ["MissingContentLength", 411, "", {}, built, message],
    ["MissingSecurityHeader", 400, "", {}, built, message],
    ["InvalidPartOrder", 400, "", {}, built, message],
    ["MalformedXML", 400, "", {}, built, message],
    ["MalformedTrailerError", 400, "", {}, built, message],
    ["MethodNotAllowed", 405, "", {}, built, message],
    ["EntityTooLarge", 400, "", {}, /5 GiB/, message],
    ["EntityTooSmall", 400, "", {}, /5 MiB/, message],
    ["InvalidChunkSizeError", 403, "", {}, /8192/, message],
    ["InvalidPart", 400, "", { PartNumber: "2" }, /part 2/, /resume/],
    ["NoSuchUpload", 404, "", {}, /complete, aborted or expired/, /head\(key\)/],
    ["NoSuchKey", 404, "", {}, /no logs\/a\.log in esp-data/, /case sensitive/],
    ["NoSuchVersion", 404, "", {}, /no logs\/a\.log/, /case sensitive/],
    ["NoSuchBucket", 404, "", {}, /no bucket esp-data/, /s3\.bucket/],
    ["InvalidBucketName", 400, "", {}, /esp-data cannot name a bucket/, /3 to 63.*no _/],
    ["KeyTooLongError", 400, "", {}, /1024/, /Shorten/],
    ["InvalidRange", 416, "", {}, /after the end/, /Ask for less/],
    ["PreconditionFailed", 412, "", {}, /changed, or exists/, /anew/],
    ["NotModified", 304, "", {}, /has not changed/, /Nothing/],
    ["NotImplemented", 501, "", { Header: "Transfer-Encoding" }, /Transfer-Encoding; chunks need/, message],
    ["PermanentRedirect", 301, "", { Endpoint: "esp-data.s3.us-west-2.amazonaws.com" }, /region is us-west-2/, /us-west-2/],
    ["TemporaryRedirect", 307, "", { Endpoint: "esp-data.s3-us-west-2.amazonaws.com" }, /not known everywhere/, /send to esp-data\.s3-us-west-2/],
    ["IllegalLocationConstraintException", 400, "", {}, /region is another/, /region:"\.\.\."/],
    ["KMS.DisabledException", 400, "", {}, /KMS key is disabled/, /keyId/],
    ["KMS.NotFoundException", 400, "", {}, /KMS key/, /aliases/],
    ["KMS.KMSInvalidStateException", 400, "", {}, /KMS key/, /aliases/],
  ];
  for (const [code, status, text, elements, cause, next] of rows) {
    it(`${code} has a cause and a next step`, () => {
      const found = explainRefusal(answer(status, code, text, elements), FACTS);
      assert.match(found.cause, cause);
      assert.match(found.next, next);
      wellFormed(found);
      wellFormed(explainRefusal(answer(status, code), {}));
    });
  }
  it("are 54, each once", () => {
    assert.equal(new Set(rows.map((row) => row[0])).size, 54);
  });
  it("that nobody knows go by their status, and cannot name a row of ours", () => {
    assert.match(explainRefusal(answer(400, "BrandNewError"), FACTS).cause, built);
    assert.match(explainRefusal(answer(503, "BrandNewError"), FACTS).cause, busy);
    for (const code of ["keys", "again", "read", "token"]) assert.match(explainRefusal(answer(400, code), FACTS).cause, built);
  });

  describeVectors("of s3-errors.json", "s3-errors", (vectors) => {
    it("all have a row here", () => assert.deepEqual(vectors.codes.map((one: any) => one.code).sort(), rows.map((row) => row[0]).sort()));
    for (const one of vectors.codes) {
      it(`${one.code}: S3's own body`, () => {
        const element = (name: string) => xmlText(one.sampleBody, name);
        for (const facts of [FACTS, {}]) wellFormed(explainRefusal({ status: one.status, code: element("Code"), message: element("Message"), element }, facts));
      });
    }
    it("all bare statuses are these", () => assert.deepEqual(vectors.byStatus.map((one: any) => one.status), STATUSES.map((row) => row[0])));
  });
});

const STATUSES: [status: number, cause: RegExp, next: RegExp][] = [
  [301, /region is another, not eu-central-1/, /region/],
  [307, /new bucket/, /Location/],
  [400, /HEAD in a wrong region/, /s3\.region/],
  [403, /HEAD has no body.*key, signature, clock or policy/, /device\.get\(\)/],
  [404, /no logs\/a\.log in esp-data/, /s3\.prefix/],
  [408, /too slowly/, /Try again/],
  [412, /changed/, /anew/],
  [416, /after the end/, /Ask for less/],
  [429, /busy/, /Try again/],
  [500, /busy/, /Try again/],
  [502, /busy/, /Try again/],
  [503, /busy/, /Try again/],
  [504, /busy/, /Try again/],
];

describe("a refusal of S3: an answer without a body", () => {
  for (const [status, cause, next] of STATUSES) {
    it(`${status} has a cause and a next step`, () => {
      const found = explainRefusal(answer(status, ""), FACTS);
      assert.match(found.cause, cause);
      assert.match(found.next, next);
      wellFormed(found);
      wellFormed(explainRefusal(answer(status, ""), {}));
    });
  }
  it("304 too, and a 200 that broke off", () => {
    assert.match(explainRefusal(answer(304, ""), FACTS).cause, /not changed/);
    assert.match(explainRefusal(answer(200, ""), FACTS).cause, /result is unknown/);
  });
  for (const status of [301, 400, 403]) {
    it(`${status} to HEAD: x-amz-bucket-region tells the region`, () => {
      assert.match(explainRefusal(answer(status, "", "", {}, { region: "us-west-2" }), { ...FACTS, method: "HEAD" }).next, /region:"us-west-2"/);
    });
  }
  it("403 to HEAD in the right region is not blamed on the region", () => {
    assert.match(explainRefusal(answer(403, "", "", {}, { region: "eu-central-1" }), { ...FACTS, method: "HEAD" }).cause, /HEAD has no body/);
  });
  it("403 to HEAD: the header Date shows a wrong clock", () => {
    const found = explainRefusal(answer(403, "", "", {}, { date: "Sun, 10 Mar 2030 11:30:03 GMT" }), { ...FACTS, utc: Date.parse("2030-03-10T12:00:03Z") });
    assert.match(found.cause, /clock is 30 minutes ahead/);
  });
  it("403 to HEAD with a temporary key and no token says so", () => {
    assert.match(explainRefusal(answer(403, ""), { ...FACTS, accessKeyId: "ASIAIOSFODNN7EXAMPLE" }).cause, /without session token/);
  });
});

describe("a refusal of S3: what one code can mean besides", () => {
  const denied = (message: string, elements: Elements = {}, facts: Partial<RefusalFacts> = {}) =>
    explainRefusal(answer(403, "AccessDenied", message, elements), { ...FACTS, ...facts });
  const rows: [what: string, found: () => { cause: string; next: string }, cause: RegExp, next: RegExp][] = [
    ["a missing object without the right to list", () => denied("Access Denied"), /S3 hides which without s3:ListBucket/, /spelling/],
    ["an upload that no policy allows", () => denied("Access Denied", {}, { method: "PUT" }), /No policy allows s3:PutObject/, /KMS rights/],
    ["a removal that no policy allows", () => denied("Access Denied", {}, { method: "DELETE" }), /s3:DeleteObject/, /Allow s3:DeleteObject/],
    ["a list that no policy allows", () => denied("Access Denied", {}, { key: "" }), /s3:ListBucket/, /s3:ListBucket/],
    ["an owner that is not expected", () => denied("Access Denied", {}, { method: "PUT" }), /s3\.expectedOwner/, /Allow/],
    ["a presigned URL that is over", () => denied("Request has expired", { Expires: "2017-07-20T04:18:45Z", ServerTime: "2017-07-20T04:18:55Z", "X-Amz-Expires": "300" }), /expired at 2017-07-20T04:18:45Z; S3's clock: 2017-07-20T04:18:55Z/, /new URL/],
    ["a presigned URL of the future", () => denied("Request is not yet valid"), /clock is over 15 minutes off/, /syncTime/],
    ["headers sent and not signed", () => denied("There were headers present in the request which were not signed", { HeadersNotSigned: "x-amz-acl" }), /x-amz-acl was sent but not signed/, /Sign/],
    ["a date that was not sent", () => denied("AWS authentication requires a valid Date or x-amz-date header"), /as it is built/, /S3's message/],
    ["a temporary key without its token", () => explainRefusal(answer(403, "InvalidAccessKeyId"), { ...FACTS, accessKeyId: "ASIAIOSFODNN7EXAMPLE" }), /ASIA.*without session token/, /sessionToken/],
    ["a temporary key with a wrong token", () => explainRefusal(answer(400, "InvalidToken"), { ...FACTS, accessKeyId: "ASIAIOSFODNN7EXAMPLE", token: true }), /of another key/, /together/],
    ["AWS4-HMAC-SHA25", () => explainRefusal(answer(400, "InvalidArgument", "Unsupported Authorization Type", { ArgumentName: "Authorization", ArgumentValue: "AWS4-HMAC-SHA25 Credentials=AKIA" }), FACTS), /Authorization is wrong: AWS4-HMAC-SHA25$/m, /AWS4-HMAC-SHA256 Credential=KEY/],
    ["Credentials=", () => explainRefusal(answer(400, "AuthorizationHeaderMalformed", "missing Credential."), FACTS), /Authorization is wrong/, /Credential=KEY/],
    ["x-amz-content-sha256 missing", () => explainRefusal(answer(400, "InvalidRequest", "Missing required header for this request: x-amz-content-sha256"), FACTS), /x-amz-content-sha256 is missing/, /UNSIGNED-PAYLOAD/],
    ["x-amz-content-sha256 wrong", () => explainRefusal(answer(400, "InvalidArgument", "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, ...", { ArgumentName: "x-amz-content-sha256" }), FACTS), /missing or wrong/, /hash/],
    ["a region named in the code's own body", () => explainRefusal(answer(400, "AuthorizationQueryParametersError", "", { Region: "us-east-1" }), FACTS), /region is us-east-1/, /us-east-1/],
    ["an old endpoint's name", () => explainRefusal(answer(301, "PermanentRedirect", "", { Endpoint: "esp-data.s3-us-west-2.amazonaws.com" }), FACTS), /us-west-2/, /"us-west-2"/],
    ["a clock that shows local time", () => explainRefusal(answer(403, "RequestTimeTooSkewed", "", { RequestTime: "20300310T133010Z", ServerTime: "2030-03-10T11:30:03Z" }), FACTS), /2 hours ahead, like local time: it must be UTC/, /syncTime/],
    ["a KMS code of the future", () => explainRefusal(answer(400, "KMS.SomethingException"), FACTS), /KMS key/, /keyId/],
  ];
  for (const [what, found, cause, next] of rows) {
    it(`tells ${what}`, () => {
      const one = found();
      assert.match(one.cause.replace("SHA25.", "SHA25"), cause);
      assert.match(one.next, next);
      wellFormed(one);
    });
  }
  for (const code of ["ExpiredToken", "TokenRefreshRequired", "InvalidToken", "InvalidAccessKeyId"]) {
    it(`${code} of credentials that AWS IoT gave does not ask to copy any`, () => {
      const told = explainRefusal(answer(400, code), { ...FACTS, accessKeyId: "ASIAIOSFODNN7EXAMPLE", token: true, fetched: true });
      assert.match(told.cause, /AWS IoT/);
      assert.match(told.next, /^Try again: /);
      assert.doesNotMatch(told.next, /configure|sessionToken|together/);
    });
  }

  it("never shows a token, whatever S3 sends back", () => {
    const elements = { "Token-0": "IQoJsecretsecretsecret", ArgumentName: "Authorization", ArgumentValue: "IQoJsecretsecretsecretsecretsecret" };
    const found = explainRefusal(answer(400, "InvalidToken", "", elements), FACTS);
    assert.ok(!JSON.stringify(found).includes("secretsecretsecret"));
  });
});

describe("how far a clock is off", () => {
  const right = "2030-03-10T11:30:00Z";
  const rows: [own: string, said: string][] = [
    ["2030-03-10T11:34:59Z", ""],
    ["20300310T112500Z", ""],
    ["20300310T111000Z", "20 minutes behind"],
    ["2030-03-10T12:10:00Z", "40 minutes ahead"],
    ["20300310T063000Z", "5 hours behind, like local time: it must be UTC"],
    ["20300310T170000Z", "5.5 hours ahead, like local time: it must be UTC"],
    ["20300310T164000Z", "5.2 hours ahead"],
    ["19700101T000007Z", "21983 days behind"],
    ["", ""],
  ];
  for (const [own, said] of rows) it(`${own || "nothing"}: ${said || "right, or not known"}`, () => assert.equal(clockOff(own, right), said));
  it("reads the header Date", () => assert.equal(clockOff("2030-03-10T12:10:00Z", "Sun, 10 Mar 2030 11:30:00 GMT"), "40 minutes ahead"));
  it("says nothing of a text that is no date", () => {
    assert.equal(clockOff("yesterday", right), "");
    assert.equal(clockOff(right, "yesterday"), "");
  });
});
