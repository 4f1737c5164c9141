// Whom the local S3 lets in and how it refuses (S3 API reference, "Authenticating requests").
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { SignatureV4 } from "@smithy/signature-v4";
import { Sha256 } from "@aws-crypto/sha256-js";
import aws4 from "aws4";
import { Client, EMPTY, sha256, type Call, type Reply } from "./client";
import { client, cloud, useCloud } from "./suite";

const MINUTE = 60_000;
const old = Buffer.from("the old object");

describe("S3 authentication", function () {
  this.timeout(20_000);
  useCloud();
  beforeEach(() => cloud.s3.put("kept", old));

  it("accepts a request signed by aws4", async () => {
    const signed = aws4.sign(
      { service: "s3", region: cloud.s3.region, method: "PUT", path: `/${cloud.s3.bucket}/a%20b/%C3%BC%2B1.txt`, headers: { Host: client.hostHeader(), "X-Amz-Meta-A": "x   y" }, body: "hello" },
      cloud.credentials,
    );
    const reply = await client.send({ method: "PUT", path: signed.path, headers: lowerCase(signed.headers), body: "hello" });
    equal(reply.status, 200, reply.body.toString());
    equal(cloud.s3.get("a b/ü+1.txt")?.toString(), "hello");
  });

  it("accepts a request signed by @smithy/signature-v4 with temporary credentials", async () => {
    const { sessionCredentials, s3 } = cloud;
    const signer = new SignatureV4({ service: "s3", region: s3.region, credentials: sessionCredentials, sha256: Sha256, uriEscapePath: false });
    const headers = { host: client.hostHeader(), "x-amz-content-sha256": sha256("hello") };
    const signed = await signer.sign({ method: "PUT", protocol: "https:", hostname: "localhost", path: `/${s3.bucket}/smithy`, headers, body: "hello" });
    const reply = await client.send({ method: "PUT", path: signed.path, headers: signed.headers, body: "hello" });
    equal(reply.status, 200, reply.body.toString());
    equal(s3.get("smithy")?.toString(), "hello");
  });

  for (const key of ["sp ace+plus", "~(paren)*!'", "grüße/日本", "a=b&c", "pct%41", "a//b/../c", "x?y#z"]) {
    it(`takes the key ${key} and gives it back`, async () => {
      equal((await client.put(key, "data")).status, 200);
      equal(cloud.s3.get(key)?.toString(), "data");
      equal((await client.call({ key })).body.toString(), "data");
    });
  }

  it("finds the bucket in the host name, dots included", async () => {
    for (const host of [`${cloud.s3.bucket}.s3.localhost`, `${cloud.s3.bucket}.anything.example`, `${cloud.s3.bucket}.s3.${cloud.s3.region}.amazonaws.com`]) {
      equal((await client.call({ path: "/kept", host: client.hostHeader(host) })).body.toString(), "the old object", host);
    }
    equal((await client.call({ path: "/kept", host: "my.own.bucket.s3.localhost" })).element("BucketName"), "my.own.bucket");
  });

  it("echoes what it computed when the signature differs", async () => {
    const reply = await client.call({ key: "kept", breakSignature: true });
    equal(`${reply.status} ${reply.code}`, "403 SignatureDoesNotMatch");
    equal(reply.element("AWSAccessKeyId"), cloud.credentials.accessKeyId);
    const canonical = reply.element("CanonicalRequest")!;
    match(canonical, new RegExp(`^GET\n/${cloud.s3.bucket}/kept\n\nhost:localhost:${cloud.s3.port}\nx-amz-content-sha256:${EMPTY}\nx-amz-date:\\d{8}T\\d{6}Z\n\nhost;x-amz-content-sha256;x-amz-date\n${EMPTY}$`));
    equal(reply.element("StringToSign")!.split("\n")[3], sha256(canonical));
    equal(Buffer.from(reply.element("CanonicalRequestBytes")!.replace(/ /g, ""), "hex").toString(), canonical);
    equal(Buffer.from(reply.element("StringToSignBytes")!.replace(/ /g, ""), "hex").toString(), reply.element("StringToSign"));
    match(reply.element("SignatureProvided")!, /^[0-9a-f]{64}$/);
    equal(reply.element("RequestId"), reply.headers["x-amz-request-id"]);
    equal(reply.element("HostId"), reply.headers["x-amz-id-2"]);
  });

  const authorization = (change: (text: string) => string) => (call: Call): Call => {
    const { headers } = client.sign(call);
    return { ...call, after: { authorization: change(headers["authorization"]!), "x-amz-date": headers["x-amz-date"] } };
  };
  type Row = [title: string, call: Call | ((call: Call) => Call), answer: string, more?: (reply: Reply) => void];
  const refusals: Row[] = [
    ["a wrong secret key", { secretAccessKey: "wrong" }, "403 SignatureDoesNotMatch"],
    ["an unknown access key id", { accessKeyId: "AKIANOSUCHKEY0000000" }, "403 InvalidAccessKeyId", (r) => equal(r.element("AWSAccessKeyId"), "AKIANOSUCHKEY0000000")],
    ["a temporary key without its token", { session: true, after: { "x-amz-security-token": undefined } }, "403 InvalidAccessKeyId"],
    ["a token that does not belong to the key", { headers: { "x-amz-security-token": "bogus" } }, "400 InvalidToken", (r) => equal(r.element("Token-0"), "bogus")],
    ["a request without any signature", { after: { authorization: undefined } }, "403 AccessDenied", (r) => equal(r.element("Message"), "Access Denied")],
    ["a time 20 minutes behind", { time: Date.now() - 20 * MINUTE }, "403 RequestTimeTooSkewed", checkSkew],
    ["a time 20 minutes ahead", { time: Date.now() + 20 * MINUTE }, "403 RequestTimeTooSkewed", checkSkew],
    ["no date at all", { after: { "x-amz-date": undefined } }, "403 AccessDenied", (r) => match(r.element("Message")!, /requires a valid Date/)],
    ["another region in the scope", { region: "us-west-2" }, "400 AuthorizationHeaderMalformed", (r) => {
      equal(r.element("Region"), "eu-central-1");
      equal(r.element("Message"), "The authorization header is malformed; the region 'us-west-2' is wrong; expecting 'eu-central-1'");
    }],
    ["another service in the scope", { service: "iot" }, "400 AuthorizationHeaderMalformed"],
    ["another day in the scope", { day: "20200101" }, "400 AuthorizationHeaderMalformed"],
    ["a signed header that was changed", { headers: { "x-amz-meta-a": "one" }, after: { "x-amz-meta-a": "two" } }, "403 SignatureDoesNotMatch"],
    ["a signed header that was not sent", { headers: { "x-amz-meta-a": "one" }, after: { "x-amz-meta-a": undefined } }, "403 SignatureDoesNotMatch"],
    ["an x-amz- header that was not signed", { after: { "x-amz-meta-b": "1", "x-amz-acl": "private" } }, "403 AccessDenied", (r) => {
      equal(r.element("Message"), "There were headers present in the request which were not signed");
      equal(r.element("HeadersNotSigned"), "x-amz-acl, x-amz-meta-b");
    }],
    ["a host that was not signed", { unsigned: ["host"] }, "403 AccessDenied", (r) => equal(r.element("HeadersNotSigned"), "host")],
    ["a missing x-amz-content-sha256", { payload: null }, "400 InvalidRequest", (r) => equal(r.element("Message"), "Missing required header for this request: x-amz-content-sha256")],
    ["a senseless x-amz-content-sha256", { payload: "none" }, "400 InvalidArgument", (r) => equal(r.element("ArgumentValue"), "none")],
    ["a mistyped algorithm", authorization((text) => text.replace("SHA256 ", "SHA25 ")), "400 InvalidArgument", (r) => {
      equal(r.element("Message"), "Unsupported Authorization Type");
      match(r.element("ArgumentValue")!, /^AWS4-HMAC-SHA25 Credential/);
    }],
    ["Credentials instead of Credential", authorization((text) => text.replace("Credential=", "Credentials=")), "400 AuthorizationHeaderMalformed"],
    ["an Authorization header of one word", authorization(() => "AWS4-HMAC-SHA256"), "400 InvalidArgument"],
    ["an Authorization header without a signature", authorization((text) => text.replace(/, Signature.*/, "")), "400 AuthorizationHeaderMalformed", (r) => match(r.element("Message")!, /three components/)],
    ["signature version 2", authorization(() => "AWS AKID:c2ln"), "400 InvalidRequest"],
  ];
  for (const [title, wrong, answer, more] of refusals) {
    it(`refuses ${title}, and keeps what was there`, async () => {
      const call: Call = { method: "PUT", key: "kept", body: "new" };
      const reply = await client.call(typeof wrong === "function" ? wrong(call) : { ...call, ...wrong });
      equal(`${reply.status} ${reply.code}`, answer, reply.body.toString());
      more?.(reply);
      deepEqual(cloud.s3.get("kept"), old);
    });
  }

  it("refuses a token that ended, and says so", async () => {
    const key = cloud.accessKeys.get(cloud.sessionCredentials.accessKeyId)!;
    equal((await client.call({ key: "kept", session: true })).status, 200);
    key.expires = Date.now() - 1;
    const reply = await client.call({ key: "kept", session: true });
    delete key.expires;
    equal(`${reply.status} ${reply.code}`, "400 ExpiredToken");
    equal(reply.element("Token-0"), cloud.sessionCredentials.sessionToken);
  });

  it("takes the time from a Date header when there is no x-amz-date", async () => {
    const time = Math.floor(Date.now() / 1000) * 1000;
    const date = new Date(time).toUTCString();
    const signed = aws4.sign(
      { service: "s3", region: cloud.s3.region, method: "GET", path: `/${cloud.s3.bucket}/kept`, doNotModifyHeaders: true, headers: { Host: client.hostHeader(), Date: date, "X-Amz-Content-Sha256": EMPTY } },
      cloud.credentials,
    );
    equal((await client.send({ method: "GET", path: signed.path, headers: lowerCase(signed.headers) })).status, 200);
  });

  it("answers a refused HEAD with the status alone", async () => {
    const reply = await client.call({ method: "HEAD", key: "kept", breakSignature: true });
    equal(reply.status, 403);
    equal(reply.body.length, 0);
    equal(cloud.s3.requests.at(-1)?.code, "SignatureDoesNotMatch");
  });

  describe("of presigned URLs", () => {
    const open = (path: string, method = "GET", headers: Record<string, string> = {}, body?: string) =>
      client.send({ method, path, headers: { host: client.hostHeader(), ...headers }, body });

    it("accepts them for reading and writing, with a session token too", async () => {
      equal((await open(client.presign({ key: "kept" }))).body.toString(), "the old object");
      equal((await open(client.presign({ key: "up", method: "PUT", session: true }), "PUT", {}, "data")).status, 200);
      equal(cloud.s3.get("up")?.toString(), "data");
    });

    it("refuses a GET URL used for HEAD, because the method is signed", async () => {
      equal((await open(client.presign({ key: "kept" }), "HEAD")).status, 403);
    });

    it("refuses one that has expired and tells the times", async () => {
      const reply = await open(client.presign({ key: "kept", time: Date.now() - 60 * MINUTE, expires: "60" }));
      equal(`${reply.status} ${reply.code}`, "403 AccessDenied");
      equal(reply.element("Message"), "Request has expired");
      equal(reply.element("X-Amz-Expires"), "60");
      match(reply.element("Expires")!, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      ok(Math.abs(Date.parse(reply.element("ServerTime")!) - Date.now()) < MINUTE);
    });

    const rows: [string, Parameters<Client["presign"]>[0], string][] = [
      ["a changed signature", { change: { "X-Amz-Signature": "0".repeat(64) } }, "403 SignatureDoesNotMatch"],
      ["a changed expiry", { change: { "X-Amz-Expires": "301" } }, "403 SignatureDoesNotMatch"],
      ["an added parameter", { change: { "response-content-type": "text/html" } }, "403 SignatureDoesNotMatch"],
      ["a missing parameter", { change: { "X-Amz-Date": undefined } }, "400 AuthorizationQueryParametersError"],
      ["more than a week", { expires: "604801" }, "400 AuthorizationQueryParametersError"],
      ["an expiry that is no number", { expires: "soon" }, "400 AuthorizationQueryParametersError"],
      ["another region", { region: "us-west-2" }, "400 AuthorizationQueryParametersError"],
      ["a token that was taken away", { session: true, change: { "X-Amz-Security-Token": undefined } }, "403 InvalidAccessKeyId"],
      ["a time far ahead", { time: Date.now() + 60 * MINUTE }, "403 AccessDenied"],
    ];
    for (const [title, call, answer] of rows) {
      it(`refuses ${title}`, async () => {
        const reply = await open(client.presign({ key: "kept", ...call }));
        equal(`${reply.status} ${reply.code}`, answer, reply.body.toString());
      });
    }

    it("accepts a week and a second of validity, and a clock 10 minutes ahead", async () => {
      for (const call of [{ expires: "604800" }, { expires: "1" }, { time: Date.now() + 10 * MINUTE }]) {
        equal((await open(client.presign({ key: "kept", ...call }))).status, 200, JSON.stringify(call));
      }
    });

    it("wants signed headers sent as they were signed", async () => {
      const path = client.presign({ key: "typed", method: "PUT", headers: { "content-type": "text/csv", "x-amz-server-side-encryption": "AES256" } });
      const sent = { "content-type": "text/csv", "x-amz-server-side-encryption": "AES256" };
      for (const headers of [{}, { ...sent, "content-type": "text/plain" }, { "content-type": "text/csv" }]) {
        equal((await open(path, "PUT", headers, "x")).code, "SignatureDoesNotMatch", JSON.stringify(headers));
      }
      equal((await open(path, "PUT", sent, "x")).status, 200);
      equal((await client.call({ method: "HEAD", key: "typed" })).headers["content-type"], "text/csv");
    });

    it("dies with the temporary credentials it was signed with", async () => {
      const path = client.presign({ key: "kept", session: true, expires: "3600" });
      const key = cloud.accessKeys.get(cloud.sessionCredentials.accessKeyId)!;
      key.expires = Date.now() - 1;
      const reply = await open(path);
      delete key.expires;
      deepEqual([reply.code, (await open(path)).status], ["ExpiredToken", 200]);
    });

    it("refuses one whose token came as a header, and one made for another host", async () => {
      const path = client.presign({ key: "kept", session: true, change: { "X-Amz-Security-Token": undefined } });
      equal((await open(path, "GET", { "x-amz-security-token": cloud.sessionCredentials.sessionToken })).status, 403);
      equal((await open(client.presign({ key: "kept", host: "s3.amazonaws.com" }))).code, "SignatureDoesNotMatch");
    });

    it("accepts a URL made for HEAD for nothing else", async () => {
      const path = client.presign({ key: "kept", method: "HEAD" });
      equal((await open(path, "HEAD")).status, 200);
      deepEqual([(await open(path)).code, (await open(path, "PUT", {}, "x")).code], ["SignatureDoesNotMatch", "SignatureDoesNotMatch"]);
    });

    it("refuses x-amz- headers beside it that were not signed", async () => {
      const reply = await open(client.presign({ key: "kept", method: "PUT" }), "PUT", { "x-amz-tagging": "a=b" }, "new");
      equal(reply.element("HeadersNotSigned"), "x-amz-tagging");
      deepEqual(cloud.s3.get("kept"), old);
    });

    it("refuses a URL and an Authorization header at once", async () => {
      const { headers } = client.sign({ key: "kept" });
      equal((await open(client.presign({ key: "kept" }), "GET", headers)).code, "InvalidArgument");
    });
  });
});

function checkSkew(reply: Reply): void {
  match(reply.element("RequestTime")!, /^\d{8}T\d{6}Z$/);
  match(reply.element("ServerTime")!, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  equal(reply.element("MaxAllowedSkewMilliseconds"), "900000");
  ok(Math.abs(Date.parse(reply.headers.date!) - Date.now()) < MINUTE);
}

function lowerCase(headers: Record<string, string | number>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}
