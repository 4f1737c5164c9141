// Objects that are in the bucket before a measurement.
import { Agent, request } from "node:https";
import aws4 from "aws4";
import type { CloudDescription } from "../sim/cloud/index";

/** Stores `count` empty objects: prefix00000, prefix00001 and so on. */
export async function putEmptyObjects(cloud: CloudDescription, prefix: string, count: number): Promise<void> {
  const { host, port, bucket, region } = cloud.s3;
  const agent = new Agent({ keepAlive: true, maxSockets: 4, rejectUnauthorized: false });
  const put = (key: string) =>
    new Promise<void>((resolve, reject) => {
      const { path, headers } = aws4.sign({ service: "s3", region, method: "PUT", host: `${host}:${port}`, path: `/${bucket}/${key}`, headers: { "content-length": 0 } }, cloud.credentials);
      const call = request({ host, port, method: "PUT", path, headers, agent }, (answer) => {
        answer.resume();
        answer.on("end", () => (answer.statusCode === 200 ? resolve() : reject(new Error(`${key}: ${answer.statusCode}`))));
      });
      call.on("error", reject);
      call.end();
    });
  await Promise.all(Array.from({ length: count }, (_, i) => put(prefix + String(i).padStart(5, "0"))));
  agent.destroy();
}
