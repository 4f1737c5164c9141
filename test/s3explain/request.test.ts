// What is wrong with a request before it is sent: every case that users met has a cause and a next step, and a right request has none.
import assert from "node:assert/strict";
import type { RequestFacts } from "../../src/s3/explain/request";
import { explainRequest } from "../../src/s3/explain/request";
import { explainRefusal } from "../../src/s3/explain/refusal";
import { explainSignature } from "../../src/s3/explain/signature";
import { describeVectors } from "../host/vectors";

const EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const HOST = "esp-data.s3.eu-central-1.amazonaws.com";
const AUTHORIZATION =
  "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20300310/eu-central-1/s3/aws4_request, " +
  "SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date, Signature=" + "a".repeat(64);
const HEAD =
  "GET /firmware.bin HTTP/1.1\r\nHost: " + HOST + "\r\nContent-Type: text/plain\r\nx-amz-content-sha256: " + EMPTY +
  "\r\nx-amz-date: 20300310T113003Z\r\nContent-Length: 0\r\nAuthorization: " + AUTHORIZATION + "\r\n\r\n";
const CANONICAL =
  "GET\n/firmware.bin\n\ncontent-type:text/plain\nhost:" + HOST + "\nx-amz-content-sha256:" + EMPTY +
  "\nx-amz-date:20300310T113003Z\n\ncontent-type;host;x-amz-content-sha256;x-amz-date\n" + EMPTY;
const TO_SIGN = "AWS4-HMAC-SHA256\n20300310T113003Z\n20300310/eu-central-1/s3/aws4_request\n" + "b".repeat(64);
const right = (change: RequestFacts = {}): RequestFacts => ({
  host: HOST, port: 443, bucket: "esp-data", region: "eu-central-1", key: "firmware.bin", accessKeyId: "AKIAIOSFODNN7EXAMPLE", token: false,
  utc: Date.parse("2030-03-10T11:30:03Z"), serverTime: "Sun, 10 Mar 2030 11:31:00 GMT", head: HEAD, bodyLength: 0, canonicalRequest: CANONICAL,
  stringToSign: TO_SIGN, selfTest: "passed", ...change,
});
function replaced(text: string, from: string, to: string): string {
  assert.ok(text.includes(from), from);
  return text.replace(from, to);
}
const head = (from: string, to: string) => right({ head: replaced(HEAD, from, to) });
const canonical = (from: string, to: string) => right({ canonicalRequest: replaced(CANONICAL, from, to) });
const refused = (code: string, status: number, elements: Record<string, string> = {}) =>
  [explainRefusal({ status, code, message: "", element: (name) => elements[name] ?? "" }, {})];
const signing = { canonicalRequest: CANONICAL, stringToSign: TO_SIGN, signature: "a".repeat(64) };

type Found = { cause: string; next: string }[];
/** The cases by the names under which they were collected; some are seen in the answer only. */
const CASES: [id: string, found: () => Found, cause: RegExp, next: RegExp][] = [
  ["url-as-hostname", () => explainRequest(right({ host: "https://" + HOST + "/firmware.bin" })), /is a URL, not a host name/, /Connect to esp-data\.s3\.eu-central-1\.amazonaws\.com;/],
  ["algorithm-typo", () => explainRequest(head("HMAC-SHA256 ", "HMAC-SHA25 ")), /Authorization is wrong: it begins with AWS4-HMAC-SHA25\.$/, /Credential=KEY/],
  ["credentials-plural", () => explainRequest(head("Credential=", "Credentials=")), /no Credential=/, /Credential=KEY/],
  ["missing-content-sha256", () => explainRequest({ ...right(), head: HEAD.replace(/x-amz-content-sha256: .*\r\n|x-amz-content-sha256;/g, ""), canonicalRequest: "" }), /x-amz-content-sha256 is missing/, /UNSIGNED-PAYLOAD/],
  ["amz-date-not-sent", () => explainRequest(head("x-amz-date: ", "Date: ")), /x-amz-date was not sent/, /Send/],
  ["host-mismatch", () => explainRequest(canonical("host:" + HOST, "host:esp-data.s3.amazonaws.com")), /host signed is not the one sent: esp-data\.s3\.amazonaws\.com, esp-data\.s3\.eu-central-1/, /one name/],
  ["header-not-in-signedheaders", () => explainRequest(canonical("\ncontent-type;", "\n")), /content-type: header lines and SignedHeaders differ/, /one value/],
  ["underscore-bucket", () => explainRequest({ bucket: "test_bucket" }), /test_bucket cannot name a bucket/, /no _.*style "path"/],
  ["hex-key-chaining", () => explainRequest(right({ selfTest: "failed" })), /derives keys wrongly/, /32 raw bytes, not hex text/],
  ["signature-differs-from-computed", () => [explainSignature({ ...signing, signatureProvided: "c".repeat(64) }, signing)], /not the one computed/, /last one computed/],
  ["wrong-ca", () => explainRequest(right({ failed: "certificate" })), /does not come from the root in ca\.der/, /Amazon Root CA 1/],
  ["timezone-worry", () => explainRequest(head("x-amz-date: 20300310T113003Z", "x-amz-date: 20300310T123003+0100")), /not UTC/, /a region has no time zone/],
  ["time-not-set", () => explainRequest(right({ utc: 7000 })), /clock is not set \(1970-01-01/, /syncTime/],
  ["clock-skew", () => explainRequest(right({ utc: Date.parse("2030-03-10T11:51:00Z") })), /clock is 20 minutes ahead/, /syncTime/],
  ["port-443-for-iot-https", () => explainRequest({ host: "a1-ats.iot.eu-central-1.amazonaws.com", port: 443, clientCertificate: true }), /ALPN x-amzn-http-ca/, /8443/],
  ["missing-final-crlf", () => explainRequest(right({ head: HEAD.substr(0, HEAD.length - 2) })), /does not end with an empty line/, /CRLF CRLF/],
  ["lf-vs-crlf", () => explainRequest(right({ stringToSign: TO_SIGN.split("\n").join("\r\n") })), /A CR is in what is signed/, /LF/],
  ["header-only-signed-not-token", () => explainRequest(right({ accessKeyId: "ASIAIOSFODNN7EXAMPLE" })), /ASIA.*without session token/, /sessionToken/],
  ["content-length-wrong", () => explainRequest(right({ bodyLength: 2 })), /Content-Length is 0, the body has 2 bytes/, /bytes \(UTF-8\), not characters/],
  ["uploads-in-path", () => explainRequest(canonical("/firmware.bin\n", "/firmware.bin?uploads\n")), /query signed/, /\?uploads is signed as uploads=/],
  ["payload-hash-mismatch", () => refused("XAmzContentSHA256Mismatch", 400), /not the one hashed/, /again/],
  ["sse-header-order", () => explainRequest(canonical("content-type:text/plain\nhost:" + HOST, "host:" + HOST + "\ncontent-type:text/plain")), /not sorted/, /order sent is free/],
  ["presigned-head", () => explainRequest(right({ ...head("GET /", "HEAD /"), canonicalRequest: "", signedMethod: "GET" })), /a URL for GET does not serve HEAD/, /Range: bytes=0-0/],
];

describe("a request before it is sent", () => {
  for (const [id, found, cause, next] of CASES) {
    it(`${id} has a cause and a next step`, () => {
      const all = found();
      assert.equal(all.length, 1, JSON.stringify(all, null, 1));
      assert.match(all[0]!.cause, cause);
      assert.match(all[0]!.next, next);
      for (const text of [all[0]!.cause, all[0]!.next]) {
        assert.ok(text.length > 5 && text.length < 200, text);
        assert.doesNotMatch(text, /[$|]|undefined/);
      }
    });
  }
  it("these are 23", () => assert.equal(new Set(CASES.map((one) => one[0])).size, 23));
  describeVectors("of seed-diagnosis.json", "seed-diagnosis", (vectors) => {
    it("are all here", () => assert.deepEqual(CASES.map((one) => one[0]), vectors.cases.map((one: any) => one.id)));
    it("the first attempt of the thread: all that is wrong at once", () => {
      const first = vectors.firstAttempt.canonicalRequest;
      const date = "20230308T151538Z", scope = "20230308/eu-central-1/s3/aws4_request";
      const found = explainRequest({
        host: "https://test_bucket.s3.eu-central-1.amazonaws.com/firmware.bin", bucket: "test_bucket", region: "eu-central-1",
        canonicalRequest: first, stringToSign: "AWS4-HMAC-SHA25\n" + date + "\n" + scope + "\n" + vectors.firstAttempt.postedHash,
        head: "GET /firmware.bin HTTP/1.1\r\nHost: test_bucket.s3.eu-central-1.amazonaws.com\r\nDate: Wed, 08 Mar 2023 15:15:38 GMT\r\n" +
          "Content-Type: application/octet-stream\r\nAuthorization: AWS4-HMAC-SHA25 Credentials=AKIA/" + scope + ", SignedHeaders=host;x-amz-date, Signature=0\r\n\r\n",
      }).map((one) => one.cause);
      const wanted = [/is a URL/, /test_bucket cannot name/, /begins with AWS4-HMAC-SHA25\.$/, /no Credential=/, /x-amz-content-sha256 is missing/, /x-amz-date was not sent/,
        /host signed is not the one sent/, /content-type: header lines/];
      assert.equal(found.length, wanted.length, found.join("\n"));
      wanted.forEach((one, i) => assert.match(found[i]!, one));
    });
  });

  it("a right one is not blamed", () => {
    assert.deepEqual(explainRequest(right()), []);
    assert.deepEqual(explainRequest({}), []);
    assert.deepEqual(explainRequest({ accessKeyId: "ASIAIOSFODNN7EXAMPLE", token: true }), []);
    assert.deepEqual(explainRequest({ accessKeyId: "ASIAIOSFODNN7EXAMPLE" }), []);
    assert.deepEqual(explainRequest(right({ host: "192.168.1.10", port: 8000, head: HEAD.replace(HOST, "192.168.1.10:8000"), canonicalRequest: CANONICAL.replace(HOST, "192.168.1.10:8000") })), []);
    assert.deepEqual(explainRequest({ host: "a1-ats.iot.eu-central-1.amazonaws.com", port: 443, clientCertificate: true, alpn: "x-amzn-http-ca" }), []);
  });
  it("a presigned URL is not blamed for what travels in it", () => {
    const target = "/a?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=ASIA%2F20300310%2Feu-central-1%2Fs3%2Faws4_request&X-Amz-SignedHeaders=host&X-Amz-Security-Token=IQoJ&X-Amz-Signature=0";
    assert.deepEqual(explainRequest({ accessKeyId: "ASIAIOSFODNN7EXAMPLE", head: "GET " + target + " HTTP/1.1\r\nHost: " + HOST + "\r\n\r\n" }), []);
  });

  const more: [what: string, facts: RequestFacts, cause: RegExp][] = [
    ["dots in a bucket's host name", { bucket: "my.logs", host: "my.logs.s3.eu-central-1.amazonaws.com" }, /does not cover the dots in my\.logs/],
    ["a region that is not that of the host", right({ region: "us-east-1", head: "", canonicalRequest: "" }), /region is eu-central-1, not us-east-1/],
    ["an x-amz- header that is not signed", head("Content-Length", "x-amz-acl: private\r\nContent-Length"), /x-amz-acl was sent but not signed/],
    ["another payload hash", head("sha256: " + EMPTY, "sha256: UNSIGNED-PAYLOAD"), /payload hash signed/],
    ["a connection to another host", right({ host: "other.example" }), /other\.example, esp-data/],
    ["uploads without =", canonical("/firmware.bin\n\n", "/firmware.bin\nuploads\n"), /query signed/],
    ["a temporary key without a token, before there is a head", { accessKeyId: "ASIAIOSFODNN7EXAMPLE", token: false }, /without session token/],
    ["a bucket like an address", { bucket: "192.168.1.10" }, /cannot name/],
    ["capitals in a bucket", { bucket: "Logs" }, /cannot name/],
    ["two characters", { bucket: "ab" }, /cannot name/],
    ["64 characters", { bucket: "a".repeat(64) }, /cannot name/],
    ["two dots in a row", { bucket: "a..b" }, /cannot name/],
    ["a hyphen at the end", { bucket: "logs-" }, /cannot name/],
  ];
  for (const [what, facts, cause] of more) {
    it(`names ${what}`, () => {
      const all = explainRequest(facts);
      assert.equal(all.length, 1, JSON.stringify(all));
      assert.match(all[0]!.cause, cause);
    });
  }
});
