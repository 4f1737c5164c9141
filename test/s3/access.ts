// A bucket for the tests of src/s3, and the answers of its server.
import { failure } from "../../src/flow/failure";
import type { S3Access } from "../../src/s3/signedRequest";
import { bucketAddress } from "../../src/s3/address";
import type { BucketSettings } from "../../src/s3/address";

export function createAccess(change: Partial<S3Access> = {}): S3Access {
  const settings: BucketSettings = { bucket: "logs", region: "eu-central-1" };
  return {
    settings,
    address: bucketAddress(settings),
    region: settings.region,
    persist: (attempt, done) => attempt(done),
    credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" },
    handshakeSeconds: 60,
    silenceSeconds: 30,
    ...change,
  };
}

/** An answer as S3 sends it. */
export function answer(status: number, headers: Record<string, string> = {}, body = ""): string {
  const all = { "x-amz-request-id": "REQUEST1", date: "Mon, 01 Jun 2026 12:00:00 GMT", "content-length": String(body.length), ...headers };
  return `HTTP/1.1 ${status} Whatever\r\n${Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${body}`;
}

/** A refusal as S3 sends it. */
export function refused(status: number, code: string, more = "", headers: Record<string, string> = {}): string {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>Because of ${code}</Message>${more}<RequestId>FROMXML</RequestId></Error>`;
  return answer(status, headers, body);
}

export const lost = () => failure("connection-lost", "The connection broke", "Try again.");
