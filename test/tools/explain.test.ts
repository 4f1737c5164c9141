// espruino-aws explain: run as a user runs it, by plain Node.js, and its functions on odd texts.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { main } from "../../tools/cli";
import { fromCurl } from "../../tools/explain";

const BIN = fileURLToPath(new URL("../../tools/espruino-aws.mjs", import.meta.url));
const EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const SKEWED = "<Error><Code>RequestTimeTooSkewed</Code><Message>Too large.</Message><RequestTime>20300310T103003Z</RequestTime><ServerTime>2030-03-10T11:30:03Z</ServerTime></Error>";
const SKEWED_LINES = ["RequestTimeTooSkewed: Too large.", "cause: The clock is 60 minutes behind, like local time: it must be UTC.", "next:  device.syncTime()"];
const canonical = (host: string) => `GET\n/a%20b\nlist-type=2&prefix=x\nhost:${host}\nx-amz-content-sha256:${EMPTY}\nx-amz-date:20300310T113003Z\n\nhost;x-amz-content-sha256;x-amz-date\n${EMPTY}`;
const MISMATCH =
  `<Error><Code>SignatureDoesNotMatch</Code><Message>No match.</Message><StringToSign>AWS4-HMAC-SHA256\n20300310T113003Z\n20300310/eu-central-1/s3/aws4_request\n${"0".repeat(64)}</StringToSign>` +
  `<SignatureProvided>${"a".repeat(64)}</SignatureProvided><CanonicalRequest>${canonical("logs.s3.amazonaws.com").replace(/&/g, "&amp;")}</CanonicalRequest><RequestId>R1</RequestId></Error>`;
const REQUEST =
  `GET /a%20b?prefix=x&list-type=2 HTTP/1.1\nHost: logs.s3.eu-central-1.amazonaws.com\nx-amz-content-sha256: ${EMPTY}\nx-amz-date: 20300310T113003Z\n` +
  `Authorization: AWS4-HMAC-SHA256 Credential=AKIA/20300310/eu-central-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=${"a".repeat(64)}\n`;
const HOST_LINES = [
  "403 SignatureDoesNotMatch: No match.", "first difference: header host", '  S3:   "host:logs.s3.amazonaws.com"', '  here: "host:logs.s3.eu-central-1.amazonaws.com"',
  "cause: The host signed is not the one sent.", "next:  Connect to, send and sign one name, with its port unless 443.", "request id: R1",
];
const CURL =
  "*   Trying 127.0.0.1:443...\n* Connected\n" + REQUEST.trim().split("\n").map((line) => "> " + line).join("\n") + "\n> \n* Request completely sent off\n" +
  "< HTTP/1.1 403 Forbidden\n< content-type: application/xml\n< \n{ [1200 bytes data]\n" + MISMATCH + "\n* Connection #0 left intact\n";

describe("espruino-aws explain", function () {
  this.timeout(20000);
  const directory = mkdtempSync(join(tmpdir(), "explain-"));
  after(() => rmSync(directory, { recursive: true, force: true }));

  function file(name: string, text: string): string {
    const path = join(directory, name);
    writeFileSync(path, text);
    return path;
  }

  async function run(...words: string[]): Promise<{ code: number; lines: string[]; errors: string[] }> {
    const lines: string[] = [], errors: string[] = [];
    const code = await main(words, { line: (text) => void lines.push(text), error: (text) => void errors.push(text) });
    return { code, lines, errors };
  }

  it("is run by plain Node.js, with a file and with the standard input", () => {
    const path = file("skewed.xml", SKEWED);
    for (const [name, input] of [[path, ""], ["-", SKEWED]]) {
      const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, "explain", name!], { input: input!, encoding: "utf8", cwd: tmpdir() });
      assert.deepEqual([status, stdout, stderr], [0, SKEWED_LINES.join("\n") + "\n", ""]);
    }
  });
  it("0 explained, 1 could not read, 2 usage", async () => {
    assert.equal((await run("explain", file("a.xml", SKEWED))).code, 0);
    const unread = await run("explain", join(directory, "nothing"));
    assert.deepEqual([unread.code, unread.lines], [1, []]);
    assert.match(unread.errors[0]!, /nothing cannot be read: ENOENT/);
    assert.equal((await run("explain", file("a.xml", SKEWED), "--request", directory)).code, 1);
    for (const words of [["explain"], ["nothing"], ["explain", "a", "b"], ["explain", "a", "--nothing"], []]) assert.equal((await run(...words)).code, 2, words.join(" "));
    assert.equal((await run("explain", "--help")).code, 0);
  });
  it("compares with the request that was sent, its query in any order", async () => {
    const { lines } = await run("explain", file("answer", "HTTP/1.1 403 Forbidden\n\n" + MISMATCH), "--request", file("request", REQUEST));
    assert.deepEqual(lines, HOST_LINES);
  });
  it("compares with the canonical request of somebody's code", async () => {
    for (const end of ["", "\n"]) {
      const { lines } = await run("explain", file("answer.xml", MISMATCH), "--status", "403", "--canonical", file("canonical", canonical("logs.s3.eu-central-1.amazonaws.com") + end));
      assert.deepEqual(lines, HOST_LINES);
    }
  });
  it("takes the same from what curl -v printed", async () => {
    assert.deepEqual((await run("explain", file("curl.txt", CURL))).lines, HOST_LINES);
    assert.deepEqual((await run("explain", file("curl.txt", CURL.replace(/\n/g, "\r\n")))).lines, HOST_LINES);
  });
  it("names a region that is not the one given", async () => {
    const { lines } = await run("explain", file("head.txt", "HTTP/1.1 301 Moved\nx-amz-bucket-region: us-west-2\n\n"), "--region", "eu-central-1");
    assert.equal(lines[1], "cause: The region is us-west-2, not eu-central-1.");
  });

  const services: [what: string, text: string, status: string, cause: RegExp, next: RegExp][] = [
    ["KMS: no policy", '{"__type":"AccessDeniedException","Message":"User: arn:x is not authorized to perform: kms:ListAliases on resource: \\"*\\" because no identity-based policy allows it"}', "400", /arn:x may not: no identity-based policy allows it/, /Allow kms:ListAliases on \*/],
    ["KMS: an unknown key or token", '{"__type":"UnrecognizedClientException","message":"The security token included in the request is invalid."}', "400", /does not know key/, /credentials/],
    ["KMS: an expired token", '{"__type":"com.amazon.coral.service#ExpiredTokenException","message":"x"}', "400", /token is expired/, /token together/],
    ["KMS: a clock that is behind", '{"__type":"InvalidSignatureException","message":"Signature expired: 20300310T103003Z is now earlier than 20300310T112503Z (20300310T113003Z - 5 min.)"}', "400", /clock is over 5 minutes behind/, /syncTime/],
    ["KMS: a clock that is ahead", '{"__type":"InvalidSignatureException","message":"Signature not yet current: x is still later than y"}', "400", /over 5 minutes ahead/, /syncTime/],
    ["KMS: a wrong signature", '{"__type":"InvalidSignatureException","message":"The request signature we calculated does not match"}', "400", /another signature/, /why/],
    ["KMS: a key that is disabled", '{"__type":"DisabledException","message":"x"}', "400", /KMS key is disabled/, /keyId/],
    ["KMS: too many requests", '{"__type":"ThrottlingException","message":"Rate exceeded"}', "400", /busy/, /again/],
    ["IoT: a thing that is not attached", '{"message":"Invalid thing name passed"}', "403", /thing is not attached/, /thingName/],
    ["IoT: no policy", '{"message":"Access Denied"}', "403", /policy does not allow/, /iot:AssumeRoleWithCertificate/],
    ["IoT: a certificate of elsewhere", '{"message":"Certificate is invalid on this endpoint"}', "403", /inactive, unknown/, /CredentialProvider/],
    ["IoT: no such alias", '{"message":"Role alias does not exist"}', "404", /no such role alias/, /roleAlias/],
    ["IoT: a role without trust", '{"message":"Unable to assume the role, or the role to assume does not exist"}', "400", /does not trust/, /credentials\.iot\.amazonaws\.com/],
    ["IoT: too long a duration", '{"message":"The requested CredentialDurationSeconds exceeds the MaxSessionDuration set for the role"}', "400", /longer credentials/, /Shorten/],
  ];
  for (const [what, text, status, cause, next] of services) {
    it(`knows ${what}`, async () => {
      const { code, lines } = await run("explain", file("service.json", text), "--status", status);
      assert.equal(code, 0);
      assert.match(lines[1]!, cause);
      assert.match(lines[2]!, next);
    });
  }
  it("compares what KMS says it signed", async () => {
    const message = `does not match\n\nThe Canonical String for this request should have been\n'${canonical("other")}'\n\nThe String-to-Sign should have been\n'AWS4-HMAC-SHA256\n1\n2\n3'\n`;
    const { lines } = await run("explain", file("kms.json", JSON.stringify({ __type: "InvalidSignatureException", message })), "--status", "400", "--request", file("request", REQUEST));
    assert.deepEqual(lines.slice(0, 3), ["400 InvalidSignatureException: does not match", "first difference: header host", '  S3:   "host:other"']);
  });
  it("is not broken by garbage, cut anywhere", async () => {
    for (const text of [CURL, "{", "{}", "[]", '{"message":5}', "\u0000\u0001", "> \n< \n", "< HTTP/1.1\n", "{ [5 bytes data]"]) {
      for (let end = 0; end <= text.length; end += text === CURL ? 97 : 1) assert.equal((await run("explain", file("cut", text.slice(0, end)))).code, 0, text.slice(0, end));
    }
    assert.deepEqual(fromCurl("plain"), { request: "", answer: "plain" });
  });
});
