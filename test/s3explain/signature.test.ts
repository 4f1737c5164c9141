// A refused signature: the first line that differs is named by what it is, both values are readable, and no token is shown.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readable } from "../../src/s3/explain/readable";
import type { OwnSigning, ServerSigning, SignatureExplanation } from "../../src/s3/explain/signature";
import { explainSignature } from "../../src/s3/explain/signature";
import { describeVectors } from "../host/vectors";

const EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const HASH = "b41cef3a93d40fb0be07c818531db0f25fee816c9e49a1bb8fce449471f59558";
const TOKEN = "IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJHMEUCIQD" + "x".repeat(700);
/** What a board signed: a download with a type, a token and a range. */
const CANONICAL =
  "GET\n/logs/firmware.bin\npartNumber=1\ncontent-type:application/octet-stream\nhost:esp-data.s3.eu-central-1.amazonaws.com\n" +
  "x-amz-content-sha256:" + EMPTY + "\nx-amz-date:20300310T113003Z\nx-amz-security-token:" + TOKEN + "\n\n" +
  "content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token\n" + EMPTY;
const TO_SIGN = "AWS4-HMAC-SHA256\n20300310T113003Z\n20300310/eu-central-1/s3/aws4_request\n" + HASH;
const own = (change: Partial<OwnSigning> = {}): OwnSigning => ({ canonicalRequest: CANONICAL, stringToSign: TO_SIGN, signature: "a".repeat(64), ...change });
const same: ServerSigning = { canonicalRequest: CANONICAL, stringToSign: TO_SIGN, signatureProvided: "a".repeat(64) };

/** S3's canonical request is as it should be; ours has `from` replaced by `to`. */
function changed(from: string, to: string): SignatureExplanation {
  assert.ok(CANONICAL.includes(from), from);
  return explainSignature(same, own({ canonicalRequest: CANONICAL.replace(from, to), stringToSign: TO_SIGN.replace(HASH, "0".repeat(64)) }), "passed");
}

/** The strings to sign differ, the canonical requests do not. */
function changedToSign(from: string, to: string): SignatureExplanation {
  assert.ok(TO_SIGN.includes(from), from);
  return explainSignature(same, own({ stringToSign: TO_SIGN.replace(from, to) }));
}

describe("a refused signature: the canonical request", () => {
  const rows: [what: string, from: string, to: string, part: string, server: string, ours: string, cause: RegExp][] = [
    ["another method", "GET\n", "HEAD\n", "method", "GET", "HEAD", /a URL for HEAD does not serve GET/],
    ["a path encoded otherwise", "/logs/", "/logs%2F", "path", "/logs/firmware.bin", "/logs%2Ffirmware.bin", /path signed is not/],
    ["the query in the path", "/logs/firmware.bin\npartNumber=1", "/logs/firmware.bin?partNumber=1\n", "path", "/logs/firmware.bin", "/logs/firmware.bin?partNumber=1", /path/],
    ["a query name without =", "partNumber=1", "partNumber", "query", "partNumber=1", "partNumber", /query signed/],
    ["another host", "host:esp-data.s3.eu-central-1.", "host:esp-data.s3.", "header host", "host:esp-data.s3.eu-central-1.amazonaws.com", "host:esp-data.s3.amazonaws.com", /host signed is not the one sent\.$/],
    ["another date", "x-amz-date:20300310T113003Z", "x-amz-date:20300310T113004Z", "header x-amz-date", "x-amz-date:20300310T113003Z", "x-amz-date:20300310T113004Z", /date signed is not x-amz-date/],
    ["another value", "application/octet-stream", "text/plain", "header content-type", "content-type:application/octet-stream", "content-type:text/plain", /header content-type was not sent, or not as signed/],
    ["a space too many", "type:app", "type: app", "header content-type", "content-type:application/octet-stream", "content-type: application/octet-stream", /not as signed/],
    ["a name in capitals", "content-type:", "Content-Type:", "header content-type", "content-type:application/octet-stream", "Content-Type:application/octet-stream", /not as signed/],
    ["a header that is only signed", "host:", "date:today\nhost:", "header date", "", "date:today", /header date: header lines and SignedHeaders differ/],
    ["a header that is only at S3", "content-type:application/octet-stream\n", "", "header content-type", "content-type:application/octet-stream", "", /header lines and SignedHeaders differ/],
    ["header lines that are not sorted", "x-amz-content-sha256:" + EMPTY + "\nx-amz-date:20300310T113003Z", "x-amz-date:20300310T113003Z\nx-amz-content-sha256:" + EMPTY, "header x-amz-content-sha256", "x-amz-content-sha256:" + EMPTY.substr(0, 59) + "...", "x-amz-date:20300310T113003Z", /not sorted/],
    ["no blank line", "\n\ncontent-type;", "\ncontent-type;", "blank line", "", "content-", /line is missing or too many/],
    ["two blank lines", "\n\ncontent-type;", "\n\n\ncontent-type;", "signed header names", "content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token", "", /differ/],
    ["fewer signed names", "content-type;host;", "host;", "signed header names", "content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token", "host;x-amz-content-sha256;x-amz-date;x-amz-security-token", /SignedHeaders differ/],
    ["another payload hash", "token\n" + EMPTY, "token\nUNSIGNED-PAYLOAD", "payload hash", EMPTY, "UNSIGNED-PAYLOAD", /payload hash signed/],
    ["a line end more", "token\n" + EMPTY, "token\n" + EMPTY + "\n", "end", "", "", /missing or too many/],
    ["CRLF instead of LF", "GET\n", "GET\r\n", "method", "GET", "GET\\r", /A CR is in what is signed/],
    ["a hidden NUL", "/logs/", "/logs\0/", "path", "/logs/firmware.bin", "/logs\\0/firmware.bin", /path/],
    ["a tab and a byte above 127", "/logs/", "/l\t\xe9/", "path", "/logs/firmware.bin", "/l\\t\\xe9/firmware.bin", /path/],
  ];
  for (const [what, from, to, part, server, ours, cause] of rows) {
    it(`names ${what}`, () => {
      const found = changed(from, to);
      assert.equal(found.part, part);
      assert.equal(found.server, server);
      assert.equal(found.ours, ours);
      assert.match(found.cause, cause);
      assert.ok(found.next.length > 10, found.next);
    });
  }

  it("names a header that was signed and arrived empty", () => {
    const found = explainSignature({ ...same, canonicalRequest: CANONICAL.replace("application/octet-stream", "") }, own());
    assert.equal(found.part, "header content-type");
    assert.match(found.cause, /was not sent/);
  });

  it("cuts long values around the difference", () => {
    const found = changed("/logs/firmware.bin", "/" + "long/".repeat(40) + "x");
    assert.ok(found.ours.length < 90, found.ours);
    const [a, b] = [readable("/" + "long/".repeat(40) + "a/end"), readable("/" + "long/".repeat(40) + "a/end", "/" + "long/".repeat(40) + "b/end")];
    assert.ok(a.endsWith("..."));
    assert.equal(b, "...long/long/long/long/a/end");
  });

  it("names the first difference only: what follows it is a consequence", () => {
    assert.equal(explainSignature(same, own({ canonicalRequest: "PUT\n/\n\nhost:x\n\nhost\n" + EMPTY, stringToSign: "AWS4\n\n\n" })).part, "method");
  });
});

describe("a refused signature: the string to sign, and the signature", () => {
  const rows: [what: string, from: string, to: string, part: string, server: string, ours: string, cause: RegExp][] = [
    ["the algorithm", "SHA256\n", "SHA25\n", "algorithm", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA25", /another algorithm or scope/],
    ["the date", "20300310T113003Z", "20300310T123003Z", "date", "20300310T113003Z", "20300310T123003Z", /date signed/],
    ["the scope's date", "20300310/", "20300311/", "scope date", "20300310", "20300311", /scope/],
    ["the region", "eu-central-1", "us-east-1", "region", "eu-central-1", "us-east-1", /scope/],
    ["the service", "/s3/", "/iotdata/", "service", "s3", "iotdata", /scope/],
    ["the end of the scope", "aws4_request", "aws4-request", "scope", "aws4_request", "aws4-request", /scope/],
    ["the hash", HASH, EMPTY, "hash of the canonical request", HASH, EMPTY, /canonical request hashed is another/],
    ["a CR", "Z\n20300310/", "Z\r\n20300310/", "date", "20300310T113003Z", "20300310T113003Z\\r", /A CR is/],
  ];
  for (const [what, from, to, part, server, ours, cause] of rows) {
    it(`names ${what}`, () => {
      const found = changedToSign(from, to);
      assert.deepEqual([found.part, found.server, found.ours], [part, server, ours]);
      assert.match(found.cause, cause);
    });
  }

  const chunk = (previous: string) => "AWS4-HMAC-SHA256-PAYLOAD\n20300310T113003Z\n20300310/eu-central-1/s3/aws4_request\n" + previous + "\n" + EMPTY + "\n" + HASH;
  it("says that a chunk was refused and not the head", () => {
    assert.match(explainSignature({ stringToSign: chunk("1".repeat(64)), signatureProvided: "c" }, own()).cause, /head was right, a chunk/);
    assert.match(explainSignature({ stringToSign: chunk("1".repeat(64)) }, own({ stringToSign: chunk("2".repeat(64)) })).next, /chain it to the signature before/);
  });

  it("with all lines equal only secret and derivation are left; the self test decides", () => {
    assert.match(explainSignature(same, own(), "passed").cause, /the secret is wrong/);
    assert.match(explainSignature(same, own(), "failed").cause, /this build hashes or derives keys wrongly/);
    assert.match(explainSignature(same, own()).next, /device\.selfTest\(\)/);
    assert.equal(explainSignature(same, own(), "passed").part, "");
  });
  it("the string to sign is enough: it holds the hash of the canonical request", () => {
    assert.match(explainSignature({ stringToSign: TO_SIGN }, own(), "passed").cause, /the secret is wrong/);
  });
  it("does not blame the secret when S3 said nothing", () => {
    for (const server of [{}, { canonicalRequest: "", stringToSign: "" }, { canonicalRequest: CANONICAL }]) {
      assert.match(explainSignature(server, own(), "passed").cause, /S3 did not send what it signed/);
    }
  });
  it("says that another signature was sent than was computed", () => {
    const found = explainSignature({ ...same, signatureProvided: "b".repeat(64) }, own(), "passed");
    assert.equal(found.part, "signature");
    assert.equal(found.server, "b".repeat(64));
    assert.match(found.cause, /not the one computed/);
  });
  it("recognises the signature that hex text as key gives", () => {
    assert.match(explainSignature(same, own({ signature: "c", hexKeySignature: "a".repeat(64) })).cause, /Hex text was used/);
  });
});

describe("a refused signature: secrets", () => {
  const secret = TOKEN.substr(8, 12);
  it("shows 8 characters of a token, wherever it differs", () => {
    for (const to of ["y" + TOKEN.substr(1), TOKEN.substr(0, 20) + "y" + TOKEN.substr(21), TOKEN + "y", TOKEN.substr(0, 30) + "\n" + TOKEN.substr(30), ""]) {
      const found = changed(TOKEN, to);
      assert.equal(found.part, "header x-amz-security-token");
      assert.ok(!JSON.stringify(found).includes(secret), JSON.stringify(found));
    }
    assert.match(changed(TOKEN, TOKEN + "y").ours, /^x-amz-security-token:IQoJb3Jp\.\.\.\(\d+ characters\)$/);
  });
  it("also in a query, in any case of letters, and more than once", () => {
    for (const line of ["X-Amz-Security-Token=" + TOKEN + "&x=1", "a=b&x-amz-security-token=" + TOKEN, "X-Amz-Security-Token=a&X-Amz-Security-Token=" + TOKEN]) {
      assert.ok(!readable(line).includes(secret), readable(line));
    }
    assert.equal(readable("X-Amz-Security-Token=" + TOKEN + "&x=1"), "X-Amz-Security-Token=IQoJb3Jp...(" + TOKEN.length + " characters)&x=1");
    assert.equal(readable("x-amz-date;x-amz-security-token;x-amz-user"), "x-amz-date;x-amz-security-token;x-amz-user");
  });
  it("also when the rest of a broken token stands on a line of its own", () => {
    const broken = CANONICAL.replace(TOKEN, TOKEN.substr(0, 30) + "\n" + TOKEN.substr(30));
    const other = CANONICAL.replace(TOKEN, TOKEN.substr(0, 30));
    for (const [a, b] of [[broken, other], [other, broken]]) {
      const found = explainSignature({ ...same, canonicalRequest: a! }, own({ canonicalRequest: b! }));
      assert.ok(!JSON.stringify(found).includes(TOKEN.substr(30, 12)), JSON.stringify(found));
    }
  });
});

describeVectors("a refused signature: the thread of the HMAC chain", "seed-diagnosis", (vectors) => {
  const chain = vectors.hmacChain;
  const hmac = (key: Buffer | string, text: string) => createHmac("sha256", key).update(text).digest("hex");
  let key = chain.kDateHex;
  for (const part of ["eu-central-1", "s3", "aws4_request"]) key = hmac(key, part);
  const hexKeySignature = hmac(key, chain.stringToSign);

  it("the posted signature is that of hex keys, and is called so", () => {
    const posted = chain.claimedSteps[3].claimed;
    assert.equal(hexKeySignature, posted);
    const right = chain.correctFromSameKDate[3].hex;
    const found = explainSignature(
      { canonicalRequest: chain.canonicalRequest, stringToSign: chain.stringToSign, signatureProvided: posted },
      { canonicalRequest: chain.canonicalRequest, stringToSign: chain.stringToSign, signature: right, hexKeySignature });
    assert.match(found.cause, /Hex text was used as HMAC key/);
    assert.match(found.next, /32 raw bytes/);
  });
  it("the signature in the header is neither: it was made elsewhere", () => {
    const found = explainSignature(
      { stringToSign: chain.stringToSign, signatureProvided: chain.signatureSentInHeader },
      { canonicalRequest: chain.canonicalRequest, stringToSign: chain.stringToSign, signature: chain.correctFromSameKDate[3].hex, hexKeySignature });
    assert.equal(found.part, "signature");
  });
  it("the first attempt in the thread: content-type is signed and not listed", () => {
    const first = vectors.firstAttempt.canonicalRequest;
    const seen = first.replace("content-type:application/octet-stream\n", "");
    const found = explainSignature({ canonicalRequest: seen }, { canonicalRequest: first, stringToSign: "", signature: "" });
    assert.equal(found.part, "header content-type");
    assert.match(found.cause, /SignedHeaders differ/);
  });
});
