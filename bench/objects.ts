// Objects that are in the bucket before a measurement, and URLs: made without a board.
import { Agent, request } from "node:https";
import { crc32 } from "node:zlib";
import aws4 from "aws4";
import type { CloudDescription } from "../sim/cloud/index";

/** Stores `body` under each key, with its CRC-32 if wanted. */
export async function putObjects(cloud: CloudDescription, keys: string[], body: Buffer, checksum: boolean): Promise<void> {
  const { host, port, bucket, region } = cloud.s3;
  const agent = new Agent({ keepAlive: true, maxSockets: 4, rejectUnauthorized: false });
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  const extra: Record<string, string> = checksum ? { "x-amz-checksum-crc32": sum.toString("base64") } : {};
  const put = (key: string) =>
    new Promise<void>((resolve, reject) => {
      const headers = { "content-length": body.length, "x-amz-content-sha256": "UNSIGNED-PAYLOAD", ...extra };
      const signed = aws4.sign({ service: "s3", region, method: "PUT", host: `${host}:${port}`, path: `/${bucket}/${key}`, headers }, cloud.credentials);
      const call = request({ host, port, method: "PUT", path: signed.path, headers: signed.headers, agent }, (answer) => {
        answer.resume();
        answer.on("end", () => (answer.statusCode === 200 ? resolve() : reject(new Error(`${key}: ${answer.statusCode}`))));
      });
      call.on("error", reject);
      call.end(body);
    });
  await Promise.all(keys.map(put));
  agent.destroy();
}

/** A URL for one object, good for an hour. */
export function presigned(cloud: CloudDescription, method: string, key: string): string {
  const { host, port, bucket, region } = cloud.s3;
  const address = `${host}:${port}`;
  return `https://${address}` + aws4.sign({ service: "s3", region, method, host: address, path: `/${bucket}/${key}?X-Amz-Expires=3600`, signQuery: true }, cloud.credentials).path;
}
