// A server's answer as text, however it was captured, becomes lines for a person.
import assert from "node:assert/strict";
import { explainAnswer } from "../../src/s3/explain/answer";
import { describeVectors } from "../host/vectors";

const EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const TOKEN = "IQoJb3JpZ2luX2VjEJr" + "s".repeat(400);
const CANONICAL = "GET\n/a&b\n\nhost:esp-data.s3.amazonaws.com\nx-amz-security-token:" + TOKEN + "\n\nhost;x-amz-security-token\n" + EMPTY;
const TO_SIGN = "AWS4-HMAC-SHA256\n20300310T113003Z\n20300310/eu-central-1/s3/aws4_request\n" + "b".repeat(64);
const escaped = (text: string) => text.replace(/&/g, "&amp;");
const MISMATCH =
  '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>SignatureDoesNotMatch</Code><Message>The request signature we calculated does not match.</Message>' +
  `<StringToSign>${TO_SIGN}</StringToSign><SignatureProvided>${"a".repeat(64)}</SignatureProvided><CanonicalRequest>${escaped(CANONICAL)}</CanonicalRequest>` +
  "<RequestId>4442587FB7D0A2F9</RequestId></Error>";
const ours = { canonicalRequest: CANONICAL.replace("esp-data.s3.", "esp-data.s3.eu-central-1."), stringToSign: TO_SIGN, signature: "a".repeat(64) };
const skewed = "<Error><Code>RequestTimeTooSkewed</Code><Message>The difference is too large.</Message><RequestTime>20300310T103003Z</RequestTime><ServerTime>2030-03-10T11:30:03Z</ServerTime></Error>";

/** The body in chunks of `size`, as it goes over the wire. */
function chunked(body: string, size: number): string {
  let text = "";
  for (let at = 0; at < body.length; at += size) {
    const part = body.substr(at, size);
    text += part.length.toString(16) + "\r\n" + part + "\r\n";
  }
  return text + "0\r\n\r\n";
}
const STATUS = "HTTP/1.1 403 Forbidden\r\nx-amz-request-id: 77\r\nContent-Type: application/xml\r\n";

describe("a server's answer, explained", () => {
  it("XML alone: code, message, cause, next step", () => {
    assert.deepEqual(explainAnswer(skewed, {}), [
      "RequestTimeTooSkewed: The difference is too large.",
      "cause: The clock is 60 minutes behind, like local time: it must be UTC.",
      "next:  device.syncTime()",
    ]);
  });

  const expected = explainAnswer(STATUS + "\r\n" + MISMATCH, { ours });
  it("raw HTTP: the status too, and what differs in the signature", () => {
    assert.deepEqual(expected, [
      "403 SignatureDoesNotMatch: The request signature we calculated does not match.",
      "first difference: header host",
      '  S3:   "host:esp-data.s3.amazonaws.com"',
      '  here: "host:esp-data.s3.eu-central-1.amazonaws.com"',
      "cause: The host signed is not the one sent.",
      "next:  Connect to, send and sign one name, with its port unless 443.",
      "request id: 4442587FB7D0A2F9",
    ]);
  });
  for (const size of [7, 16, 100, 255, 4096]) {
    it(`chunks of ${size} bytes printed raw are the same`, () => {
      const raw = STATUS + "Transfer-Encoding: chunked\r\n\r\n" + chunked(MISMATCH, size);
      assert.deepEqual(explainAnswer(raw, { ours }), expected);
      assert.deepEqual(explainAnswer(raw.replace(/\r/g, ""), { ours }), expected, "copied from a console, without CR");
      assert.deepEqual(explainAnswer(chunked(MISMATCH, size), { ours, status: 403 }), expected, "without its head");
    });
  }
  it("a piece of it, without the first sizes and with a size in its middle", () => {
    assert.deepEqual(explainAnswer(MISMATCH.replace("esp-data.s3", "esp-d\r\n37b\r\nata.s3") + "\r\n0\r\n", { ours, status: 403 }), expected);
  });
  it("with CRLF for LF after a trip through an editor", () => {
    assert.deepEqual(explainAnswer((STATUS.replace(/\r/g, "") + "\n" + MISMATCH).replace(/\n/g, "\r\n"), { ours }), expected);
  });
  it("without our side S3's lines are shown, the token cut", () => {
    const lines = explainAnswer(STATUS + "\r\n" + MISMATCH, {});
    assert.ok(lines.includes("  S3 signed: host:esp-data.s3.amazonaws.com"), lines.join("\n"));
    assert.ok(lines.includes("  S3 signed: /a&b"));
    assert.ok(lines.some((line) => /security-token:IQoJb3Jp\.\.\.\(419 characters\)$/.test(line)));
    assert.ok(!lines.join().includes(TOKEN.substr(8, 10)));
  });
  it("a HEAD without a body goes by its headers", () => {
    const lines = explainAnswer("HTTP/1.1 301 Moved Permanently\r\nx-amz-bucket-region: us-west-2\r\nx-amz-request-id: 77\r\n\r\n", { request: { method: "HEAD", region: "eu-central-1" } });
    assert.deepEqual(lines, ["301 without a code", "cause: The region is us-west-2, not eu-central-1.", 'next:  device.configure({s3:{region:"us-west-2"}})', "request id: 77"]);
  });
  it("100 Continue before it, and the request that was sent", () => {
    const request = "GET /a HTTP/1.1\r\nHost: esp.s3.eu-central-1.amazonaws.com\r\nAuthorization: AWS4-HMAC-SHA25 Credential=AKIA/20300310/eu-central-1/s3/aws4_request, SignedHeaders=host, Signature=0\r\n\r\n";
    const lines = explainAnswer(request + "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 400 Bad Request\r\n\r\n<Error><Code>InvalidRequest</Code><Message>Missing required header for this request: x-amz-content-sha256</Message></Error>", {});
    assert.match(lines[0]!, /^400 InvalidRequest: Missing/);
    assert.match(lines[1]!, /x-amz-content-sha256 is missing/);
    assert.ok(lines.some((line) => /begins with AWS4-HMAC-SHA25\.$/.test(line)), lines.join("\n"));
  });
  it("hidden characters in a server's message do not reach the terminal", () => {
    assert.equal(explainAnswer("<Error><Code>X</Code><Message>a\x1b[31mb</Message></Error>", {})[0], "X: a\\x1b[31mb");
  });
  it("nothing at all, and what is no answer, are not fatal", () => {
    for (const text of ["", "\n", "hello", "HTTP/1.1", "HTTP/1.1 403", "<Error>", "<Error><Code>", "0\r\n\r\n", "GET / HTTP/1.1"]) {
      assert.ok(explainAnswer(text, {}).length >= 3, JSON.stringify(text));
    }
  });

  describeVectors("of s3-errors.json", "s3-errors", (vectors) => {
    for (const one of vectors.bodies) {
      it(one.name, () => {
        const lines = explainAnswer(one.body, { status: one.status });
        if (one.expect.ok) assert.deepEqual(lines.slice(1, 2), ["This is not a refusal."]);
        else {
          if (one.expect.code !== "(none)") assert.match(lines[0]!, new RegExp("^" + one.status + " " + one.expect.code));
          assert.match(lines[1]!, /^cause: /);
        }
      });
    }
  });
});
