// Chunk signatures and chunked bodies (S3 API reference, sigv4-streaming and sigv4-streaming-trailers).
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Pair } from "../../src/sigv4/canonicalRequest";
import { createChunkSigner, EMPTY_HASH, trailerSignature } from "../../src/sigv4/chunkSignature";
import { sign } from "../../src/sigv4/signature";
import { signingKey } from "../../src/sigv4/signingKey";
import { credentialScope } from "../../src/sigv4/stringToSign";
import { CHUNK, createChunkedBody, encodedLength } from "../../src/s3/chunkedBody";
import { createHost } from "../host/host";
import { hash } from "../host/hash";
import { describeVectors } from "../host/vectors";

const DATE = "20130524T000000Z";
const SCOPE = credentialScope(DATE, "us-east-1", "s3");
const key = signingKey(hash, "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", SCOPE);
const hex = (bytes: string) => createHash("sha256").update(bytes, "latin1").digest("hex");

describe("createChunkSigner", () => {
  const SEED = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9";

  it("gives the published signatures of 65,536 and 1,024 bytes and of the end", () => {
    const signer = createChunkSigner(hash, key, DATE, SCOPE, SEED);
    assert.deepEqual(["a".repeat(65536), "a".repeat(1024), ""].map(signer), [
      "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
      "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
      "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
    ]);
  });

  it("begins with the published seed: the signature of the request's head", () => {
    const headers: Pair[] = [
      ["Host", "s3.amazonaws.com"], ["x-amz-date", DATE], ["x-amz-storage-class", "REDUCED_REDUNDANCY"],
      ["x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"], ["Content-Encoding", "aws-chunked"],
      ["x-amz-decoded-content-length", "66560"], ["Content-Length", "66824"],
    ];
    const request = { method: "PUT", path: "/examplebucket/chunkObject.txt", query: [], headers, payloadHash: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" };
    assert.equal(sign(hash, key, request, DATE, "us-east-1", "s3").signature, SEED);
  });

  it("chains: the same chunk is signed differently after another one, and the same again from the same seed", () => {
    const [first, second] = [createChunkSigner(hash, key, DATE, SCOPE, SEED), createChunkSigner(hash, key, DATE, SCOPE, SEED)];
    const one = first("x");
    assert.notEqual(first("x"), one);
    assert.equal(second("x"), one);
  });

  it("signs the trailers as published", () => {
    const last = "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992";
    assert.equal(
      trailerSignature(hash, key, DATE, SCOPE, last, "x-amz-checksum-crc32c:sOO8/Q==\n"),
      "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435",
    );
    assert.equal(
      trailerSignature(hash, key, DATE, SCOPE, "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9", "first:1st\nsecond:2nd\nthird:3rd\n"),
      "df5735bd9f3295cd9386572292562fefc93ba94e80a0a1ddcbd652c4e0a75e6c",
    );
  });

  it("knows the hash of nothing", () => assert.equal(hex(""), EMPTY_HASH));
});

describe("encodedLength", () => {
  const rows: [size: number, signed: number, unsigned: number][] = [
    [0, 86, 36], [1, 173, 42], [15, 187, 56], [16, 189, 58], [255, 428, 297], [256, 430, 299], [4095, 4269, 4138], [4096, 4271, 4140],
  ];
  for (const [size, signed, unsigned] of rows) {
    it(`of ${size} bytes is ${signed} signed and ${unsigned} unsigned`, () => assert.deepEqual([encodedLength(size, true), encodedLength(size, false)], [signed, unsigned]));
  }
});

/** The whole body of a file in memory, as it goes over the wire. */
function chunkedBody(data: string, signer: ((chunk: string) => string) | undefined): string {
  const host = createHost();
  host.card.put("file", data);
  const body = createChunkedBody(host.platform, "file", host.platform.files.stat("file")!, 0, data.length, signer);
  let wire = "";
  for (let piece = body.next(); piece !== ""; piece = body.next()) wire += piece;
  assert.equal(body.failed(), undefined);
  assert.equal(body.sent(), data.length);
  body.close();
  return wire;
}

/** The data that the vectors say nothing of but its length and hash. */
function payload(size: number): string {
  return Array.from({ length: size }, (_, i) => String.fromCharCode((31 * i + 7) & 255)).join("");
}

describeVectors("the streams of the shared data", "s3-streaming", (vectors) => {
  let signatures = 0;

  for (const stream of vectors.streams) {
    const { credentials, region, amzDate: date, request, seed, chunks, trailer, mode } = stream;
    const scope = credentialScope(date, region, "s3");
    const streamKey = signingKey(hash, credentials.secretAccessKey, scope);
    const size = chunks.reduce((sum: number, chunk: any) => sum + chunk.size, 0);
    const data = stream.payload.repeat !== undefined ? stream.payload.repeat.repeat(size) : size === 1 ? "a" : payload(size);
    const signed = mode.startsWith("STREAMING-AWS4");
    const signer = () => createChunkSigner(hash, streamKey, date, scope, seed.signature);

    it(`match the seed of ${stream.name}`, () => {
      const names = seed.signedHeaders.split(";");
      const headers = request.headers.filter((header: Pair) => names.includes(header[0].toLowerCase()));
      const made = sign(hash, streamKey, { ...request, headers, payloadHash: mode }, date, region, "s3");
      assert.deepEqual([made.canonicalRequest, made.stringToSign, made.signedHeaders, made.signature], [seed.canonicalRequest, seed.stringToSign, seed.signedHeaders, seed.signature]);
      signatures++;
    });

    if (signed) {
      it(`match the ${chunks.length} chunks of ${stream.name}${trailer ? " and its trailer" : ""}`, () => {
        assert.equal(hex(data), stream.payload.sha256);
        const next = signer();
        let at = 0;
        let last = "";
        for (const chunk of chunks) {
          last = next(data.substr(at, chunk.size));
          assert.equal(`${chunk.size.toString(16)};chunk-signature=${last}\r\n`, chunk.header);
          at += chunk.size;
          signatures++;
        }
        if (!trailer) return;
        assert.equal(trailerSignature(hash, streamKey, date, scope, last, trailer.hashedText), trailer.signature);
        signatures++;
      });
    }

    const ownTrailer = trailer && trailer.trailers[0][0] === "x-amz-checksum-crc32";
    const ownChunks = chunks.every((chunk: any, index: number) => chunk.size === CHUNK || index >= chunks.length - 2);
    if (ownChunks && size < 65536 && (signed ? !trailer : ownTrailer)) {
      it(`match the body of ${stream.name}, byte for byte`, () => {
        const wire = chunkedBody(data, signed ? signer() : undefined);
        assert.deepEqual([wire.length, hex(wire), encodedLength(size, signed)], [stream.bodyLength, stream.bodySha256, stream.bodyLength]);
      });
    }
  }

  for (const row of vectors.trailerOnly) {
    it(`match ${row.name}`, () => {
      const scope = credentialScope(row.amzDate, row.region, "s3");
      assert.equal(trailerSignature(hash, signingKey(hash, row.credentials.secretAccessKey, scope), row.amzDate, scope, row.previousSignature, row.hashedText), row.signature);
      signatures++;
    });
  }

  const lengths = vectors.contentLength.filter((row: any) => row.chunk === CHUNK);
  it(`match ${lengths.length} encoded lengths in chunks of ${CHUNK}`, () => {
    for (const row of lengths) assert.deepEqual([encodedLength(row.total, true), encodedLength(row.total, false)], [row.signed, row.unsignedCrc32Trailer], row.total + " bytes");
  });

  const all = vectors.counts.verifiedSignatures + vectors.trailerOnly.length;
  it(`match in all ${all} signatures`, () => assert.equal(signatures, all));
});
