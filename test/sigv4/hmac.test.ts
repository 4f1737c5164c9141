// HMAC-SHA-256 (RFC 4231) and the signing key (AWS General Reference, "Derive a signing key").
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { hmacHex, hmacKey } from "../../src/sigv4/hmac";
import { signingKey } from "../../src/sigv4/signingKey";
import { Chance } from "../host/chance";
import { hash } from "../host/hash";

const mac = (key: string, data: string) => hmacHex(hash, hmacKey(hash, key), data);

describe("hmac", () => {
  const rows: [title: string, key: string, data: string, mac: string][] = [
    ["case 1 of RFC 4231", "\x0b".repeat(20), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"],
    ["case 2, a key shorter than the digest", "Jefe", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"],
    ["case 3, data of 50 bytes", "\xaa".repeat(20), "\xdd".repeat(50), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"],
    ["case 6, a key longer than a block", "\xaa".repeat(131), "Test Using Larger Than Block-Size Key - Hash Key First", "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"],
  ];
  for (const [title, key, data, expected] of rows) it("gives the published answer of " + title, () => assert.equal(mac(key, data), expected));

  it("agrees with node:crypto for every length of key around a block", () => {
    const chance = new Chance(12);
    for (let length = 0; length <= 140; length++) {
      const [key, data] = [chance.bytes(length), chance.bytes(chance.below(200))];
      assert.equal(mac(key, data), createHmac("sha256", Buffer.from(key, "latin1")).update(Buffer.from(data, "latin1")).digest("hex"), "length " + length);
    }
  });

  it("takes a message in parts, and a key as an array", () => {
    const key = hmacKey(hash, new Uint8Array([74, 101, 102, 101]));
    assert.equal(hmacHex(hash, key, ["what do ya ", [hash.array("want for"), " nothing?"]]), rows[1]![3]);
  });

  it("keeps the pads of a ready key in 64 bytes each", () => {
    const key = hmacKey(hash, "key");
    assert.deepEqual([key.inner.length, key.outer.length], [64, 64]);
  });
});

describe("signingKey", () => {
  /** What a key signs, since its bytes are not kept: the HMAC of nothing, by the key of the document. */
  const published = (hex: string) => createHmac("sha256", Buffer.from(hex, "hex")).update("").digest("hex");
  const rows: [scope: string, secret: string, key: string][] = [
    ["20120215/us-east-1/iam/aws4_request", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d"],
    ["20150830/us-east-1/iam/aws4_request", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9"],
    ["20130524/us-east-1/s3/aws4_request", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "dbb893acc010964918f1fd433add87c70e8b0db6be30c1fbeafefa5ec6ba8378"],
  ];
  for (const [scope, secret, key] of rows) {
    it("is the published one for " + scope, () => assert.equal(hmacHex(hash, signingKey(hash, secret, scope), ""), published(key)));
  }
});
