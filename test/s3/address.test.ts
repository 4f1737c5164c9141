// Where a bucket is, and how a key becomes a path.
import assert from "node:assert/strict";
import { bucketAddress, keyPath } from "../../src/s3/address";
import type { BucketSettings } from "../../src/s3/address";

const rows: [what: string, settings: BucketSettings, host: string, port: number, header: string, root: string][] = [
  ["names the bucket in the host on AWS", { bucket: "logs", region: "eu-central-1" }, "logs.s3.eu-central-1.amazonaws.com", 443, "logs.s3.eu-central-1.amazonaws.com", "/"],
  ["uses the path for a bucket with a dot, which the certificate does not cover", { bucket: "my.logs", region: "us-east-1" }, "s3.us-east-1.amazonaws.com", 443, "s3.us-east-1.amazonaws.com", "/my.logs/"],
  ["knows China's domain", { bucket: "logs", region: "cn-north-1" }, "logs.s3.cn-north-1.amazonaws.com.cn", 443, "logs.s3.cn-north-1.amazonaws.com.cn", "/"],
  ["uses the path for an endpoint of one's own", { bucket: "logs", region: "us-east-1", endpoint: { host: "192.168.1.10", port: 9000 } }, "192.168.1.10", 9000, "192.168.1.10:9000", "/logs/"],
  ["names the bucket in the host of an own endpoint if told so", { bucket: "logs", region: "us-east-1", endpoint: { host: "s3.lan", style: "virtual" } }, "logs.s3.lan", 443, "logs.s3.lan", "/"],
];

describe("a bucket's address", () => {
  for (const [what, settings, host, port, hostHeader, root] of rows) {
    it(what, () => assert.deepEqual(bucketAddress(settings), { host, port, hostHeader, root }));
  }

  it("encodes every byte of a key once and keeps slashes and dots as they are", () => {
    const address = bucketAddress({ bucket: "logs", region: "us-east-1" });
    assert.equal(keyPath(address, "a b/../gr\u00fc\u00df+%41//x"), "/a%20b/../gr%C3%BC%C3%9F%2B%2541//x");
  });
});
