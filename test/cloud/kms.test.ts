// The local KMS (AWS KMS API reference, ListAliases; protocol AWS JSON 1.1).
import { deepEqual, equal, match, ok } from "node:assert/strict";
import aws4 from "aws4";
import type { Call, Reply } from "./client";
import { client, cloud, useCloud } from "./suite";

const TYPE = "application/x-amz-json-1.1";
const MINUTE = 60_000;

describe("The local KMS", function () {
  this.timeout(20_000);
  useCloud();

  const headers = { "content-type": TYPE, "x-amz-target": "TrentService.ListAliases" };
  const ask = (body: unknown, call: Call = {}) =>
    client.call({
      method: "POST", path: "/", service: "kms", payload: null, port: cloud.kms.port, host: `localhost:${cloud.kms.port}`, headers,
      body: typeof body === "string" ? body : JSON.stringify(body), ...call,
    });
  const json = (reply: Reply) => JSON.parse(reply.body.toString()) as Record<string, any>;
  const names = (reply: Reply) => json(reply)["Aliases"].map((alias: { AliasName: string }) => alias.AliasName) as string[];

  it("lists all aliases by name, AWS's own too, of which some have no key yet", async () => {
    const reply = await ask({});
    deepEqual([reply.status, reply.headers["content-type"]], [200, TYPE]);
    deepEqual(names(reply), ["alias/aws/ebs", "alias/aws/lambda", "alias/aws/s3", "alias/device-logs"]);
    const [first, , , last] = json(reply)["Aliases"];
    ok(!("TargetKeyId" in first));
    const { keyId, keyArn, alias } = cloud.describe().kms;
    deepEqual([last.TargetKeyId, last.AliasArn, last.AliasName], [keyId, keyArn.replace(/key\/.*/, alias), alias]);
    ok(Math.abs(last.CreationDate - Date.now() / 1000) < 60, "seconds, not milliseconds");
    deepEqual([json(reply)["Truncated"], json(reply)["NextMarker"]], [false, undefined]);
  });

  it("gives them in pages", async () => {
    const found: string[] = [];
    for (let marker: string | undefined, i = 0; i === 0 || marker !== undefined; i++) {
      const reply = await ask({ Limit: 3, ...(marker === undefined ? {} : { Marker: marker }) });
      found.push(...names(reply));
      marker = json(reply)["NextMarker"];
      equal(json(reply)["Truncated"], marker !== undefined);
    }
    deepEqual(found, names(await ask({})));
  });

  it("gives those of one key, by its id or ARN", async () => {
    const key = cloud.kms.keys.create("alias/second");
    for (const KeyId of [key.keyId, key.arn]) deepEqual(names(await ask({ KeyId })), ["alias/second"]);
    deepEqual(names(await ask({ KeyId: cloud.kms.keys.create().keyId })), []);
  });

  it("accepts a request signed by aws4, and temporary credentials", async () => {
    const host = `localhost:${cloud.kms.port}`;
    const signed = aws4.sign({ service: "kms", region: cloud.kms.region, method: "POST", path: "/", headers: { Host: host, "Content-Type": TYPE, "X-Amz-Target": "TrentService.ListAliases" }, body: "{}" }, cloud.credentials);
    const reply = await client.send({ method: "POST", path: "/", headers: signed.headers, body: "{}", port: cloud.kms.port });
    equal(reply.status, 200, reply.body.toString());
    equal((await ask({}, { session: true })).status, 200);
  });

  const requests: [string, unknown, string, number][] = [
    ["a marker it did not make", { Marker: "nonsense" }, "InvalidMarkerException", 400],
    ["a limit of 0", { Limit: 0 }, "ValidationException", 400],
    ["a limit of 101", { Limit: 101 }, "ValidationException", 400],
    ["a limit that is a text", { Limit: "50" }, "SerializationException", 400],
    ["a body that is no JSON", "KeyId=1", "SerializationException", 400],
    ["no body", "", "SerializationException", 400],
    ["a list", [], "SerializationException", 400],
    ["a key nobody has", { KeyId: "12345678-1234-1234-1234-123456789012" }, "NotFoundException", 400],
    ["a key ARN of another region", { KeyId: "arn:aws:kms:us-east-1:111122223333:key/12345678-1234-1234-1234-123456789012" }, "InvalidArnException", 400],
    ["an ARN that is none", { KeyId: "arn:aws:s3:::bucket" }, "InvalidArnException", 400],
  ];
  for (const [title, body, code, status] of requests) {
    it(`refuses ${title}`, async () => isRefused(await ask(body), status, code));
  }

  const at = (minutes: number) => Date.now() + minutes * MINUTE;
  const signatures: [string, () => Call, string, RegExp][] = [
    ["a wrong secret", () => ({ secretAccessKey: "wrong" }), "InvalidSignatureException", /signature we calculated does not match[^]*Canonical String for this request should have been\n'POST\n\/\n\ncontent-type:/],
    ["another body than was signed", () => ({ payload: "0".repeat(64), unsigned: ["x-amz-content-sha256"], after: { "x-amz-content-sha256": undefined } }), "InvalidSignatureException", /does not match/],
    ["an unknown key", () => ({ accessKeyId: "AKIANOSUCHKEY0000000" }), "UnrecognizedClientException", /security token included in the request is invalid/],
    ["a temporary key without its token", () => ({ session: true, after: { "x-amz-security-token": undefined } }), "UnrecognizedClientException", /invalid/],
    ["no signature", () => ({ after: { authorization: undefined } }), "MissingAuthenticationTokenException", /Missing Authentication Token/],
    ["half a signature", () => ({ after: { authorization: "AWS4-HMAC-SHA256 Credential=a/20260101/eu-central-1/kms/aws4_request" } }), "IncompleteSignatureException", /requires 'Signature' parameter/],
    ["a mistyped algorithm", () => ({ after: { authorization: "AWS4-HMAC-SHA25 Credential=a" } }), "IncompleteSignatureException", /AWS4-HMAC-SHA25/],
    ["the scope of another service", () => ({ service: "s3" }), "InvalidSignatureException", /correct service: 'kms'/],
    ["the scope of another region", () => ({ region: "us-east-1" }), "InvalidSignatureException", /valid region/],
    ["the scope of another day", () => ({ day: "20200101" }), "InvalidSignatureException", /Date in Credential scope does not match/],
    ["a time 6 minutes behind", () => ({ time: at(-6) }), "InvalidSignatureException", /^Signature expired: \d{8}T\d{6}Z is now earlier than .* - 5 min\.\)$/],
    ["a time 6 minutes ahead", () => ({ time: at(6) }), "InvalidSignatureException", /^Signature not yet current/],
    ["a target that was not signed", () => ({ unsigned: ["x-amz-target"] }), "InvalidSignatureException", /'x-amz-target' must be a 'SignedHeader'/],
    ["a host that was not signed", () => ({ unsigned: ["host"] }), "InvalidSignatureException", /'Host' or ':authority' must be/],
  ];
  for (const [title, call, code, message] of signatures) {
    it(`refuses ${title}`, async () => isRefused(await ask({}, call()), 400, code, message));
  }

  it("refuses a token that ended, an operation it does not have, another content type and what the policy denies", async () => {
    const key = cloud.accessKeys.get(cloud.sessionCredentials.accessKeyId)!;
    key.expires = Date.now() - 1;
    isRefused(await ask({}, { session: true }), 400, "ExpiredTokenException", /expired/);
    delete key.expires;
    isRefused(await ask({}, { headers: { ...headers, "x-amz-target": "TrentService.Encrypt" } }), 400, "UnknownOperationException");
    isRefused(await ask({}, { headers: { ...headers, "content-type": "application/json" } }), 404, "UnknownOperationException");
    cloud.policy.deny("kms:ListAliases");
    const reply = await ask({});
    cloud.policy.allow();
    isRefused(reply, 400, "AccessDeniedException");
    match(json(reply)["Message"], /not authorized to perform: kms:ListAliases/, "with a capital M");
  });

  it("fails on demand, once for each failure, then works again", async () => {
    cloud.kms.next({ code: "ThrottlingException", message: "Rate exceeded" }, { code: "KMSInternalException" }, { code: "DependencyTimeoutException" });
    isRefused(await ask({}), 400, "ThrottlingException", /Rate exceeded/);
    isRefused(await ask({}), 500, "KMSInternalException");
    isRefused(await ask({}), 503, "DependencyTimeoutException");
    equal((await ask({})).status, 200);
    const { target, body, status, code } = cloud.kms.requests.at(-4)!;
    deepEqual([target, body, status, code], ["TrentService.ListAliases", "{}", 400, "ThrottlingException"]);
  });

  it("has a clock of its own", async () => {
    cloud.kms.setOffset(600);
    const reply = await ask({});
    cloud.kms.setOffset(0);
    isRefused(reply, 400, "InvalidSignatureException", /Signature expired/);
    ok(Date.parse(reply.headers.date!) > at(9));
  });

  function isRefused(reply: Reply, status: number, code: string, message?: RegExp): void {
    const answer = json(reply);
    deepEqual([reply.status, answer["__type"], reply.headers["content-type"]], [status, code, TYPE], reply.body.toString());
    ok(reply.headers["x-amzn-requestid"]);
    if (message) match(answer["message"], message);
  }
});
