// The shared vectors for aws-chunked bodies, sent to the local S3 as they stand. Skipped where they are not at hand.
import { deepEqual, equal } from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import type { Cloud } from "../../sim/cloud/index";
import { Client, testCloud } from "./client";

interface Stream {
  name: string;
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  region: string;
  amzDate: string;
  request: { method: string; path: string; query: [string, string][]; headers: [string, string][] };
  payload: { sha256: string; repeat?: string; hex?: string };
  seed: { signature: string; signedHeaders: string };
  chunks: { size: number; header: string }[];
  trailer: { trailers: [string, string][]; signature?: string } | null;
  bodyLength: number;
  bodySha256: string;
}

const file = new URL("../../../shared/vectors/s3-streaming.json", import.meta.url);

describe("The shared vectors of aws-chunked bodies", function () {
  this.timeout(20_000);
  if (!existsSync(file)) {
    it(`are skipped: there is no ${file.pathname.split("/").slice(-3).join("/")} beside the checkout`);
    return;
  }
  /** One cloud for all vectors of one time and place. */
  const clouds = new Map<string, Cloud>();
  const cloudOf = async ({ amzDate, region, credentials: { sessionToken, ...keys }, request }: Stream): Promise<Cloud> => {
    const time = Date.parse(amzDate.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, "$1-$2-$3T$4:$5:$6Z"));
    const cloud = clouds.get(amzDate + region) ?? (await testCloud({
      region,
      bucket: request.path.startsWith("/examplebucket/") ? "examplebucket" : "log-bucket",
      now: () => time,
      ...(sessionToken === undefined ? { credentials: keys } : { sessionCredentials: { ...keys, sessionToken } }),
    }));
    clouds.set(amzDate + region, cloud);
    return cloud;
  };
  after(() => Promise.all([...clouds.values()].map((cloud) => cloud.close())));

  const { streams } = JSON.parse(readFileSync(file, "utf8")) as { streams: Stream[] };
  for (const stream of streams) {
    it(`hold for ${stream.name}`, async () => {
      const data = payloadOf(stream);
      const body = encode(stream, data);
      equal(createHash("sha256").update(body).digest("hex"), stream.bodySha256);
      const { credentials, region, request } = stream;
      const cloud = await cloudOf(stream);
      const scope = `${stream.amzDate.slice(0, 8)}/${region}/s3/aws4_request`;
      const headers = Object.fromEntries(request.headers.map(([name, value]) => [name.toLowerCase(), value]));
      headers["authorization"] = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope},SignedHeaders=${stream.seed.signedHeaders},Signature=${stream.seed.signature}`;
      headers["content-length"] ??= String(body.length);
      const query = request.query.map(([name, value]) => `${name}=${value}`).join("&");
      const reply = await new Client(cloud).send({ method: request.method, path: request.path + (query && "?" + query), headers, body });
      const isPart = query.includes("uploadId");
      const kms = headers["x-amz-server-side-encryption"] !== undefined;
      // Past the signature, the cloud knows neither the vectors' upload nor their KMS key.
      deepEqual([reply.status, reply.code], isPart ? [404, "NoSuchUpload"] : kms ? [400, "KMS.NotFoundException"] : [200, ""], reply.body.toString());
      if (!isPart && !kms) deepEqual(cloud.s3.keys().map((key) => cloud.s3.get(key)!.equals(data)), [true]);
      for (const key of cloud.s3.keys()) cloud.s3.remove(key);
    });
  }
});

/** The vectors give the data as one letter, as hex, or by its hash alone: then byte i is (31 i + 7) mod 256. */
function payloadOf({ payload, chunks }: Stream): Buffer {
  const length = chunks.reduce((sum, { size }) => sum + size, 0);
  if (payload.hex !== undefined) return Buffer.from(payload.hex, "hex");
  if (payload.repeat !== undefined) return Buffer.alloc(length, payload.repeat);
  return Buffer.from(Array.from({ length }, (_, i) => (31 * i + 7) & 255));
}

function encode({ chunks, trailer }: Stream, data: Buffer): Buffer {
  let at = 0;
  const parts = chunks.flatMap(({ size, header }) => {
    const chunk = data.subarray(at, (at += size));
    return [Buffer.from(header), chunk, Buffer.from(size > 0 ? "\r\n" : "")];
  });
  const lines = (trailer?.trailers ?? []).map(([name, value]) => `${name}:${value}\r\n`);
  if (trailer?.signature !== undefined) lines.push(`x-amz-trailer-signature:${trailer.signature}\r\n`);
  return Buffer.concat([...parts, Buffer.from(lines.join("") + "\r\n")]);
}
