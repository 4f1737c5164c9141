// Whether KMS accepts a request's signature (IAM User Guide, "Create a signed AWS API request"). Unlike S3, KMS hashes
// the body itself, allows 5 minutes of skew, and has texts of its own.
import { createHash } from "node:crypto";
import type { AccessKey, AccessKeys } from "../credentials";
import { computeSignature, type Scope, type SignedMessage } from "../signature";
import { kmsRefusal } from "./errors";

export interface KmsAuthority {
  keys: AccessKeys;
  region: string;
  /** Milliseconds since 1970. */
  now: () => number;
}

const SKEW = 300_000;

/** Checks a request's signature. Fails with KmsError. */
export async function authenticateKms(request: SignedMessage, body: Buffer, authority: KmsAuthority): Promise<void> {
  const claim = readClaim(request.headers);
  checkScope(claim, authority.region);
  checkTime(claim, authority.now());
  const key = findKey(claim, request.headers["x-amz-security-token"], authority);
  for (const name of Object.keys(request.headers)) {
    if ((name === "host" || name.startsWith("x-amz-")) && !claim.signedHeaders.includes(name)) throw kmsRefusal.notSigned(name === "host" ? "'Host' or ':authority'" : `'${name}'`);
  }
  const payload = createHash("sha256").update(body).digest("hex");
  const computed = await computeSignature({ request, credentials: key, payload, ...claim });
  if (computed.signature !== claim.signature) throw kmsRefusal.mismatch(computed.canonicalRequest, computed.stringToSign);
}

interface Claim {
  accessKeyId: string;
  scope: Scope;
  signedHeaders: string[];
  signature: string;
  amzDate: string;
}

function readClaim(headers: Record<string, string>): Claim {
  const value = headers["authorization"];
  if (value === undefined) throw kmsRefusal.missingAuthentication();
  const [, algorithm = "", rest = ""] = /^(\S+) +(.*)$/.exec(value) ?? [];
  if (algorithm !== "AWS4-HMAC-SHA256") throw kmsRefusal.unknownAlgorithm(algorithm || value);
  const parts = new Map(rest.split(",").map((part) => part.trim().split("=", 2) as [string, string]));
  const missing = ["Credential", "Signature", "SignedHeaders"].filter((name) => !parts.get(name));
  const amzDate = headers["x-amz-date"];
  if (missing.length > 0) throw kmsRefusal.incomplete(missing, value);
  if (amzDate === undefined || parseTime(amzDate) === undefined) throw kmsRefusal.missingDate();
  const [accessKeyId, date, region, service, terminal, ...more] = parts.get("Credential")!.split("/");
  if (accessKeyId === undefined || date === undefined || region === undefined || service === undefined || more.length > 0) throw kmsRefusal.malformedCredential(parts.get("Credential")!);
  if (terminal !== "aws4_request") throw kmsRefusal.scope("with a valid terminator: 'aws4_request'");
  return { accessKeyId, scope: { date, region, service }, amzDate, signedHeaders: parts.get("SignedHeaders")!.toLowerCase().split(";"), signature: parts.get("Signature")! };
}

function checkScope({ scope, amzDate }: Claim, region: string): void {
  if (scope.service !== "kms") throw kmsRefusal.scope("correct service: 'kms'");
  if (scope.region !== region) throw kmsRefusal.scope("a valid region");
  if (scope.date !== amzDate.slice(0, 8)) throw kmsRefusal.scopeDate(scope.date, amzDate.slice(0, 8), amzDate);
}

function checkTime({ amzDate }: Claim, now: number): void {
  const time = parseTime(amzDate)!;
  if (time < now - SKEW) throw kmsRefusal.expired(amzDate, basic(now - SKEW), basic(now));
  if (time > now + SKEW) throw kmsRefusal.notYet(amzDate, basic(now + SKEW), basic(now));
}

function findKey({ accessKeyId }: Claim, token: string | undefined, { keys, now }: KmsAuthority): AccessKey {
  const key = keys.get(accessKeyId);
  if (key === undefined || key.sessionToken !== token) throw kmsRefusal.unknownKey();
  if (key.expires !== undefined && key.expires <= now()) throw kmsRefusal.expiredToken();
  return key;
}

/** 20260101T120000Z */
function basic(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/[-:]|\.\d{3}/g, "");
}

function parseTime(text: string): number | undefined {
  const time = Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  return /^\d{8}T\d{6}Z$/.test(text) && !Number.isNaN(time) ? time : undefined;
}
