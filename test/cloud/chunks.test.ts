// The parser of aws-chunked bodies, fed in every slicing and with garbage.
import { deepEqual, throws } from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { ChunkParser, type ChunkFraming } from "../../sim/cloud/s3/chunks";

const SIGNATURE = "0123456789abcdef".repeat(4);

/** What the listener heard, with the data of a chunk joined. */
function parse(framing: ChunkFraming, slices: Buffer[]): string[] {
  const heard: string[] = [];
  let data = "";
  const parser = new ChunkParser(framing, {
    chunk: (size, signature) => heard.push(`chunk ${size} ${signature.slice(0, 4)}`.trim()),
    data: (slice) => (data += slice.toString("latin1")),
    chunkEnd: () => {
      heard.push(`data ${data}`);
      data = "";
    },
    trailer: (name, value) => heard.push(`trailer ${name}=${value}`),
  });
  for (const slice of slices) parser.write(slice);
  parser.end();
  return heard;
}

const cut = (body: Buffer, size: number) => Array.from({ length: Math.ceil(body.length / size) }, (_, i) => body.subarray(i * size, (i + 1) * size));

const signed = Buffer.from(`5;chunk-signature=${SIGNATURE}\r\nhe\r\nl\r\nA;chunk-signature=${SIGNATURE}\r\n0123456789\r\n0;chunk-signature=${SIGNATURE}\r\n\r\n`);
const unsigned = Buffer.from("3\r\nabc\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n");

describe("The parser of aws-chunked bodies", () => {
  it("reads signed chunks and unsigned ones with a trailer, in slices of any size", () => {
    for (let size = 1; size <= signed.length; size++) {
      deepEqual(parse({ signed: true, trailers: false }, cut(signed, size)), ["chunk 5 0123", "data he\r\nl", "chunk 10 0123", "data 0123456789", "chunk 0 0123"]);
      deepEqual(parse({ signed: false, trailers: true }, cut(unsigned, size)), ["chunk 3", "data abc", "chunk 0", "trailer x-amz-checksum-crc32=AAAAAA=="]);
    }
  });

  it("refuses a body that ends anywhere before its end", () => {
    for (let length = 0; length < signed.length; length++) {
      throws(() => parse({ signed: true, trailers: false }, [signed.subarray(0, length)]), { code: "IncompleteBody" });
    }
  });

  const broken: [string, string][] = [
    ["a size that is no number", "zz\r\n"],
    ["an empty size", "\r\n"],
    ["a negative size", "-1\r\n"],
    ["a size beyond all measure", "fffffffffffffffff\r\n"],
    ["a signature where none belongs", `3;chunk-signature=${SIGNATURE}\r\nabc\r\n`],
    ["a line ended by LF alone", "3\nabc\r\n0\r\n\r\n"],
    ["a line ended by LF and something else", "3?\nabc\r\n0\r\n\r\n"],
    ["data longer than its size", "3\r\nabcd\r\n"],
    ["anything after the end", "0\r\n\r\n0"],
  ];
  for (const [title, text] of broken) {
    it(`refuses ${title}`, () => {
      for (const size of [1, 7, 10_000]) throws(() => parse({ signed: false, trailers: true }, cut(Buffer.from(text), size)), { code: "IncompleteBody" });
    });
  }

  it("gives up a line without end before it has come to an end", () => {
    const endless = new ChunkParser({ signed: false, trailers: true }, { chunk: () => {}, data: () => {}, chunkEnd: () => {}, trailer: () => {} });
    throws(() => cut(Buffer.alloc(5000, "0"), 100).forEach((slice) => endless.write(slice)), { code: "IncompleteBody" });
  });

  it("refuses chunks without a signature where they must be signed", () => {
    for (const text of ["3\r\nabc\r\n", "3;chunk-signature=\r\n", `3;chunk-signature=${SIGNATURE.toUpperCase()}\r\n`, `3;signature=${SIGNATURE}\r\n`]) {
      throws(() => parse({ signed: true, trailers: false }, [Buffer.from(text)]), { code: "IncompleteBody" });
    }
  });

  it("never fails but with a refusal, whatever comes", () => {
    for (let i = 0; i < 500; i++) {
      const garbage = randomBytes(200);
      const spoilt = Buffer.from(signed);
      spoilt[i % (spoilt.length - 2)]! ^= 1 << i % 8;
      throws(() => parse({ signed: i % 2 === 0, trailers: i % 3 === 0 }, [garbage]), { code: "IncompleteBody" });
      try {
        parse({ signed: true, trailers: false }, [spoilt]);
      } catch (error) {
        deepEqual((error as { code: string }).code, "IncompleteBody");
      }
    }
  });
});
