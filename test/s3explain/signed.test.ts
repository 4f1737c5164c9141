// What was signed, read back from the head that was sent, is what was signed.
import assert from "node:assert/strict";
import { EMPTY_HASH } from "../../src/sigv4/chunkSignature";
import { hmacHex } from "../../src/sigv4/hmac";
import { signsRight } from "../../src/sigv4/knownAnswers";
import { signedBy } from "../../src/s3/explain/signed";
import { signedRequest } from "../../src/s3/signedRequest";
import type { S3Request } from "../../src/s3/signedRequest";
import { hash } from "../host/hash";
import { createHost } from "../host/host";
import { createAccess } from "../s3/access";

const request = (change: Partial<S3Request> = {}): S3Request => ({ method: "PUT", key: "logs/a b+c.txt", query: [], headers: [], unsigned: [["content-length", "7"]], payloadHash: EMPTY_HASH, ...change });

describe("what was signed, from the head that was sent", () => {
  const rows: [what: string, request: S3Request, token?: string][] = [
    ["a key with spaces", request()],
    ["a query", request({ query: [["uploads", ""], ["a", "b c&d=e"], ["A", "/"]] })],
    ["headers beside the usual ones", request({ headers: [["x-amz-meta-a", "  two   words "], ["content-encoding", "aws-chunked"], ["x-amz-acl", ""]] })],
    ["an unsigned payload", request({ payloadHash: "UNSIGNED-PAYLOAD" })],
    ["a session token", request(), "IQoJ/+=" + "x".repeat(700)],
    ["the bucket itself", request({ method: "GET", key: "" })],
  ];
  for (const [what, asked, token] of rows) {
    it(`is the same for ${what}`, () => {
      const { platform } = createHost();
      const access = createAccess();
      if (token) access.credentials.sessionToken = token;
      const signed = signedRequest(platform, access, asked);
      const found = signedBy(platform.hash, signed.head)!;
      assert.equal(found.signature, signed.signature);
      assert.equal(hmacHex(hash, signed.key, found.stringToSign), signed.signature, "it hashes to what was signed");
      assert.equal(signedBy(platform.hash, signed.head, signed.key)!.signature, signed.signature);
      assert.equal(found.canonicalRequest.includes(token ?? "security-token"), token !== undefined);
    });
  }
  it("shows a signature that was not computed from what was sent", () => {
    const { platform } = createHost();
    const signed = signedRequest(platform, createAccess(), request());
    assert.notEqual(signedBy(platform.hash, signed.head.replace("a%20b", "ab"), signed.key)!.signature, signed.signature);
  });
  it("is nothing for what is no signed head", () => {
    for (const text of ["", "\n", "GET / HTTP/1.1\r\n\r\n", "garbage", "Authorization: AWS4-HMAC-SHA256 Credential=, SignedHeaders=, Signature=", "\u0000\u00ff:\n:"]) assert.equal(signedBy(hash, text), undefined);
  });
  it("the known answer fails with a hash that is wrong", () => {
    assert.equal(signsRight(hash), true);
    assert.equal(signsRight({ ...hash, sha256: (input) => hash.sha256([input, "x"]) }), false);
  });
});
