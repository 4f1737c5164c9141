// The worked examples of AWS's own documents, typed in: S3 API reference (sig-v4-header-based-auth, sigv4-query-string-auth) and
// AWS General Reference (IAM ListUsers).
import assert from "node:assert/strict";
import type { Pair } from "../../src/sigv4/canonicalRequest";
import { EMPTY_HASH } from "../../src/sigv4/chunkSignature";
import { sha256Hex } from "../../src/sigv4/hmac";
import { presign } from "../../src/sigv4/presign";
import { authorization, sign } from "../../src/sigv4/signature";
import { signingKey } from "../../src/sigv4/signingKey";
import { credentialScope } from "../../src/sigv4/stringToSign";
import { hash } from "../host/hash";

const KEY_ID = "AKIAIOSFODNN7EXAMPLE";
const SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const DATE = "20130524T000000Z";
const HOST: Pair = ["Host", "examplebucket.s3.amazonaws.com"];
const key = signingKey(hash, SECRET, credentialScope(DATE, "us-east-1", "s3"));

interface Example {
  title: string;
  method: string;
  path: string;
  query: Pair[];
  headers: Pair[];
  payloadHash: string;
  requestHash: string;
  signedHeaders: string;
  signature: string;
}

const examples: Example[] = [
  {
    title: "GET Object, the first ten bytes",
    method: "GET", path: "/test.txt", query: [], headers: [["Range", "bytes=0-9"]], payloadHash: EMPTY_HASH,
    requestHash: "7344ae5b7ee6c3e7e6b0fe0640412a37625d1fbfff95c48bbb2dc43964946972",
    signedHeaders: "host;range;x-amz-content-sha256;x-amz-date",
    signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
  },
  {
    title: "PUT Object, a key with a dollar sign",
    method: "PUT", path: "/test%24file.text", query: [],
    headers: [["Date", "Fri, 24 May 2013 00:00:00 GMT"], ["x-amz-storage-class", "REDUCED_REDUNDANCY"]],
    payloadHash: "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
    requestHash: "9e0e90d9c76de8fa5b200d8c849cd5b8dc7a3be3951ddb7f6a76b4158342019d",
    signedHeaders: "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
    signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
  },
  {
    title: "GET Bucket Lifecycle, a parameter without a value",
    method: "GET", path: "/", query: [["lifecycle", ""]], headers: [], payloadHash: EMPTY_HASH,
    requestHash: "9766c798316ff2757b517bc739a67f6213b4ab36dd5da2f94eaebf79c77395ca",
    signedHeaders: "host;x-amz-content-sha256;x-amz-date",
    signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
  },
  {
    title: "List Objects",
    method: "GET", path: "/", query: [["max-keys", "2"], ["prefix", "J"]], headers: [], payloadHash: EMPTY_HASH,
    requestHash: "df57d21db20da04d7fa30298dd4488ba3a2b47ca3a489c74750e0f1e7df1b9b7",
    signedHeaders: "host;x-amz-content-sha256;x-amz-date",
    signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
  },
];

describe("AWS's published examples", () => {
  for (const example of examples) {
    it("are matched: " + example.title, () => {
      const headers = example.headers.concat([HOST, ["x-amz-content-sha256", example.payloadHash], ["x-amz-date", DATE]]);
      const signed = sign(hash, key, { ...example, headers }, DATE, "us-east-1", "s3");
      assert.equal(sha256Hex(hash, signed.canonicalRequest), example.requestHash);
      assert.equal(signed.stringToSign, `AWS4-HMAC-SHA256\n${DATE}\n20130524/us-east-1/s3/aws4_request\n${example.requestHash}`);
      assert.equal(
        authorization(KEY_ID, signed),
        `AWS4-HMAC-SHA256 Credential=${KEY_ID}/20130524/us-east-1/s3/aws4_request, SignedHeaders=${example.signedHeaders}, Signature=${example.signature}`,
      );
    });
  }

  it("are matched: the presigned URL for 24 hours", () => {
    const request = { method: "GET", path: "/test.txt", query: [], headers: [HOST], payloadHash: "UNSIGNED-PAYLOAD" };
    assert.equal(
      presign(hash, key, request, DATE, "us-east-1", "s3", KEY_ID, 86400).query,
      "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
        + "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
        + "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
    );
  });

  it("are matched: IAM ListUsers", () => {
    const date = "20150830T123600Z";
    const iam = signingKey(hash, "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", credentialScope(date, "us-east-1", "iam"));
    const headers: Pair[] = [["Host", "iam.amazonaws.com"], ["Content-Type", "application/x-www-form-urlencoded; charset=utf-8"], ["X-Amz-Date", date]];
    const request = { method: "GET", path: "/", query: [["Version", "2010-05-08"], ["Action", "ListUsers"]] as Pair[], headers, payloadHash: EMPTY_HASH };
    const signed = sign(hash, iam, request, date, "us-east-1", "iam");
    assert.equal(sha256Hex(hash, signed.canonicalRequest), "f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59");
    assert.equal(signed.signature, "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
  });
});
