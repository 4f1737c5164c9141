// Buckets in other regions, in other hands, and closed by a policy (S3 User Guide, "Request redirection and the REST API", "Verifying bucket
// ownership with bucket owner condition").
import { deepEqual, equal, match } from "node:assert/strict";
import type { Cloud } from "../../sim/cloud/index";
import type { Call } from "./client";
import { client, cloud, useCloud } from "./suite";

describe("An S3 bucket", function () {
  this.timeout(20_000);
  useCloud({ account: "123456789012" });
  before(() => {
    cloud.s3.addBucket("far-away", { region: "us-west-2" });
    cloud.s3.put("object", Buffer.from("far"), "far-away");
    cloud.s3.put("object", Buffer.from("near"));
  });

  const inPath = (host?: string): Call => ({ path: "/far-away/object", ...(host === undefined ? {} : { host: client.hostHeader(host) }) });
  const inHost = (endpoint: string): Call => ({ path: "/object", host: client.hostHeader(`far-away.${endpoint}`) });

  describe("of another region", () => {
    type Row = [title: string, call: () => Call, answer: string, detail: string | undefined];
    const rows: Row[] = [
      ["an address, signed for the home region", () => inPath(), "301 PermanentRedirect", "s3.us-west-2.localhost:PORT"],
      ["an address, signed for the bucket's region", () => ({ ...inPath(), region: "us-west-2" }), "200 ", undefined],
      ["an address, signed for a third region", () => ({ ...inPath(), region: "us-east-1" }), "400 AuthorizationHeaderMalformed", "eu-central-1"],
      ["the home region's endpoint", () => inPath("s3.eu-central-1.amazonaws.com"), "301 PermanentRedirect", "s3.us-west-2.amazonaws.com:PORT"],
      ["the home region's endpoint, bucket in the host name", () => inHost("s3.eu-central-1.amazonaws.com"), "301 PermanentRedirect", "far-away.s3.us-west-2.amazonaws.com:PORT"],
      ["the home region's endpoint, signed for the bucket's region", () => ({ ...inHost("s3.eu-central-1.amazonaws.com"), region: "us-west-2" }), "400 AuthorizationHeaderMalformed", "eu-central-1"],
      ["its own endpoint, signed for the home region", () => inHost("s3.us-west-2.amazonaws.com"), "400 AuthorizationHeaderMalformed", "us-west-2"],
      ["its own endpoint", () => ({ ...inHost("s3.us-west-2.localhost"), region: "us-west-2" }), "200 ", undefined],
      ["its own endpoint in the old form", () => ({ ...inHost("s3-us-west-2.amazonaws.com"), region: "us-west-2" }), "200 ", undefined],
      ["its own dual-stack endpoint", () => ({ ...inHost("s3.dualstack.us-west-2.amazonaws.com"), region: "us-west-2" }), "200 ", undefined],
      ["a host name without a region", () => inHost("s3.amazonaws.com"), "400 AuthorizationHeaderMalformed", "us-west-2"],
      ["a host name without a region, signed for the bucket's", () => ({ ...inHost("s3.localhost"), region: "us-west-2" }), "200 ", undefined],
    ];
    for (const [title, call, answer, detail] of rows) {
      it(`answers ${answer} under ${title}`, async () => {
        const reply = await client.call(call());
        equal(`${reply.status} ${reply.code}`, answer, reply.body.toString());
        equal((reply.element("Endpoint") ?? reply.element("Region"))?.replace(String(cloud.s3.port), "PORT"), detail);
        if (reply.status === 200) equal(reply.body.toString(), "far");
        else equal(reply.headers["x-amz-bucket-region"], "us-west-2");
        const head = await client.call({ ...call(), method: "HEAD" });
        deepEqual([head.status, head.body.length, head.headers["x-amz-bucket-region"]], [reply.status, 0, reply.headers["x-amz-bucket-region"]]);
      });
    }

    it("tells its region when asked for it, and in a presigned URL's refusal", async () => {
      equal((await client.call({ method: "HEAD", path: "/far-away", region: "us-west-2" })).headers["x-amz-bucket-region"], "us-west-2");
      const path = client.presign({ path: "/object", host: client.hostHeader("far-away.s3.localhost") });
      const reply = await client.send({ method: "GET", path, headers: { host: client.hostHeader("far-away.s3.localhost") } });
      deepEqual([reply.code, reply.element("Region")], ["AuthorizationQueryParametersError", "us-west-2"]);
    });

    it("stores nothing that came to the wrong place", async () => {
      equal((await client.put("ignored", "new", inPath())).code, "PermanentRedirect");
      equal(cloud.s3.get("object", "far-away")?.toString(), "far");
    });
  });

  describe("with an owner", () => {
    const owner = (id: string) => ({ headers: { "x-amz-expected-bucket-owner": id } });
    it("lets in who expects the right one", async () => {
      equal((await client.call({ key: "object", ...owner("123456789012") })).status, 200);
    });

    it("refuses who expects another one, before anything is stored", async () => {
      cloud.s3.addBucket("taken-over", { owner: "999999999999" });
      for (const path of ["/device-logs/object", "/taken-over/object"]) {
        const expected = path.includes("taken") ? "123456789012" : "999999999999";
        const reply = await client.put("", "secret", { path, ...owner(expected) });
        deepEqual([reply.status, reply.code], [403, "AccessDenied"]);
      }
      deepEqual([cloud.s3.get("object")?.toString(), cloud.s3.keys("taken-over")], ["near", []]);
      equal((await client.put("", "secret", { path: "/taken-over/object" })).status, 200, "which is why one should say whom one expects");
    });

    it("refuses an account id that is none", async () => {
      const reply = await client.call({ key: "object", ...owner("me") });
      deepEqual([reply.status, reply.code], [400, "InvalidBucketOwnerAWSAccountID"]);
    });
  });

  describe("with a policy", () => {
    afterEach(() => {
      cloud.policy.allow();
      cloud.policy.explains = false;
    });

    it("does not tell who may not list it that an object is missing", async () => {
      equal((await client.call({ key: "none" })).code, "NoSuchKey");
      cloud.policy.deny("s3:ListBucket");
      const reply = await client.call({ key: "none" });
      deepEqual([reply.status, reply.code, reply.element("Message")], [403, "AccessDenied", "Access Denied"]);
      equal((await client.call({ method: "HEAD", key: "none" })).status, 403);
      equal((await client.call({ query: { "list-type": "2" } })).code, "AccessDenied");
      equal((await client.call({ key: "object" })).status, 200);
      cloud.policy.explains = true;
      match((await client.call({ key: "none" })).element("Message")!, /arn:aws:iam::123456789012:user\/device is not authorized to perform: s3:ListBucket on resource: (&quot;|")arn:aws:s3:::device-logs\1/);
    });

    const actions: [Parameters<Cloud["policy"]["deny"]>[0], Call][] = [
      ["s3:GetObject", { key: "object" }],
      ["s3:PutObject", { method: "PUT", key: "object", body: "new" }],
      ["s3:PutObject", { method: "POST", key: "object", query: { uploads: "" } }],
      ["s3:DeleteObject", { method: "DELETE", key: "object" }],
      ["s3:ListBucketMultipartUploads", { query: { uploads: "" } }],
      ["s3:ListMultipartUploadParts", { key: "object", query: { uploadId: "x" } }],
      ["s3:AbortMultipartUpload", { method: "DELETE", key: "object", query: { uploadId: "x" } }],
      ["kms:GenerateDataKey", { method: "PUT", key: "object", headers: { "x-amz-server-side-encryption": "aws:kms" } }],
    ];
    for (const [action, call] of actions) {
      it(`refuses what needs ${action} when that is denied (${call.method ?? "GET"})`, async () => {
        cloud.policy.deny(action);
        const reply = await client.call(call);
        deepEqual([reply.status, reply.code], [403, "AccessDenied"]);
        equal(cloud.s3.get("object")?.toString(), "near");
      });
    }

    it("can deny one object alone", async () => {
      cloud.policy.deny("s3:GetObject", "object");
      cloud.s3.put("other", Buffer.from("x"));
      deepEqual([(await client.call({ key: "object" })).status, (await client.call({ key: "other" })).status], [403, 200]);
    });

    it("needs kms:Decrypt for reading what KMS encrypted", async () => {
      await client.put("sealed", "x", { headers: { "x-amz-server-side-encryption": "aws:kms" } });
      cloud.policy.deny("kms:Decrypt");
      deepEqual([(await client.call({ key: "sealed" })).code, (await client.call({ key: "object" })).status], ["AccessDenied", 200]);
    });
  });
});
