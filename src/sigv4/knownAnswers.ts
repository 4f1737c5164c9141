// Known answers of signing, from AWS's own documents. Pure; for the self test and for what failed.
import type { Bytes } from "../bytes/bytes";
import type { Hash } from "../platform/ports";
import { createChunkSigner, EMPTY_HASH } from "./chunkSignature";
import { hmacHex, hmacKey, sha256Hex } from "./hmac";
import { sign } from "./signature";
import { signingKey } from "./signingKey";

const SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", DATE = "20130524T000000Z", SCOPE = "20130524/us-east-1/s3/aws4_request";

/** A whole request (S3 API reference, sig-v4-header-based-auth, "GET Object"): every step of signing goes into this signature. */
export function signsRight(hash: Hash): boolean {
  const signed = sign(
    hash, signingKey(hash, SECRET, SCOPE),
    {
      method: "GET", path: "/test.txt", query: [], payloadHash: EMPTY_HASH,
      headers: [["Host", "examplebucket.s3.amazonaws.com"], ["Range", "bytes=0-9"], ["x-amz-content-sha256", EMPTY_HASH], ["x-amz-date", DATE]],
    },
    DATE, "us-east-1", "s3",
  );
  return signed.signature == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41";
}

/** A signing key (AWS General Reference, "Examples of how to derive a signing key"), read back from its pad. */
export function derivesRight(hash: Hash): boolean {
  const inner = hash.array(signingKey(hash, "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "20120215/us-east-1/iam/aws4_request").inner);
  let key = "";
  for (let i = 0; i < 32; i++) key += String.fromCharCode(inner[i]! ^ 0x36);
  return key == "\xf4\x78\x0e\x2d\x9f\x65\xfa\x89\x5f\x9c\x67\xb3\x2c\xe1\xba\xf0\xb0\xd8\xa4\x35\x05\xa0\x00\xa1\xa9\xe0\x90\xd4\x14\xdb\x40\x4d";
}

/** The last two chunks of the example upload (S3 API reference, sigv4-streaming): the first has 64 KiB, more than a board can hold. */
export function chunksRight(hash: Hash): boolean {
  const chunk = createChunkSigner(hash, signingKey(hash, SECRET, SCOPE), DATE, SCOPE, "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648");
  let text: Bytes = "a";
  while (text.length < 1024) text += text;
  if (chunk(text) != "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497") return false;
  return chunk("") == "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9";
}

/** FIPS 180-4, "abc": the bytes. */
export function hashesRight(hash: Hash): boolean {
  return hash.text(new Uint8Array(hash.sha256("abc"))) == "\xba\x78\x16\xbf\x8f\x01\xcf\xea\x41\x41\x40\xde\x5d\xae\x22\x23\xb0\x03\x61\xa3\x96\x17\x7a\x9c\xb4\x10\xff\x61\xf2\x00\x15\xad";
}

/** FIPS 180-4, "abc": the digits. */
export function hexRight(hash: Hash): boolean {
  return sha256Hex(hash, "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
}

/** RFC 4231, test cases 2 and 6 (a key longer than a block). */
export function macsRight(hash: Hash): boolean {
  let long: Bytes = "";
  while (long.length < 131) long += "\xaa";
  const short = hmacHex(hash, hmacKey(hash, "Jefe"), "what do ya want for nothing?");
  if (short != "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843") return false;
  const other = hmacHex(hash, hmacKey(hash, long), "Test Using Larger Than Block-Size Key - Hash Key First");
  return other == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54";
}
