// Access keys of the local cloud: a static pair, a set of temporary credentials, and those that AWS IoT gave (IAM User Guide, "IAM identifiers").
import { randomBytes } from "node:crypto";

export interface StaticCredentials {
  accessKeyId: string;
  secretAccessKey: string;
}

export interface SessionCredentials extends StaticCredentials {
  sessionToken: string;
}

/** A key the cloud knows. Temporary ones carry a token and, if they end, the time they do (milliseconds since 1970). */
export interface AccessKey extends StaticCredentials {
  sessionToken?: string;
  expires?: number;
}

/** All keys the cloud knows, by access key id. Services look keys up here; tests add, expire and remove them. */
export type AccessKeys = Map<string, AccessKey>;

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** A new random key pair with an id of 20 characters that begins with AKIA. */
export function newStaticCredentials(): StaticCredentials {
  return { accessKeyId: "AKIA" + base32(16), secretAccessKey: randomBytes(30).toString("base64") };
}

/**
 * New random temporary credentials. The id begins with ASIA. The token has the usual length of a real one (about 700
 * characters) and holds "+", "/" and "=", which a client must percent-encode in a presigned URL.
 */
export function newSessionCredentials(): SessionCredentials {
  return {
    accessKeyId: "ASIA" + base32(16),
    secretAccessKey: randomBytes(30).toString("base64"),
    sessionToken: "IQoJb3JpZ2luX2VjE+/" + randomBytes(511).toString("base64"),
  };
}

function base32(length: number): string {
  return Array.from(randomBytes(length), (byte) => BASE32[byte & 31]).join("");
}
