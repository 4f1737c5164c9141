// Server-side encryption: what a request asks for, and what the answer repeats (S3 User Guide, "Specifying server-side
// encryption with Amazon S3 managed keys" and "... with AWS KMS").
import { KeyRefusal, type KmsKey } from "../kms/keys";
import { refusal } from "./errors";
import { demand, type Context } from "./operation";
import type { S3Request } from "./request";

export interface Encryption {
  mode: "AES256" | "aws:kms";
  /** aws:kms only. */
  key?: KmsKey;
  /** As it was sent: base64 of JSON. */
  context?: string;
  bucketKey?: boolean;
}

/** Since January 2023 every object is encrypted at least this way. */
export const DEFAULT_ENCRYPTION: Encryption = { mode: "AES256" };

const MODE = "x-amz-server-side-encryption";
const KEY_ID = MODE + "-aws-kms-key-id";
const CONTEXT = MODE + "-context";
const BUCKET_KEY = MODE + "-bucket-key-enabled";

/** What PutObject or CreateMultipartUpload asks for. Fails with InvalidArgument, NotImplemented, AccessDenied, KMS.… */
export function readEncryption(context: Context): Encryption {
  const { headers } = context.request;
  refuseCustomerKeys(context.request);
  const mode = headers[MODE];
  if (mode !== undefined && !["AES256", "aws:kms", "aws:kms:dsse"].includes(mode)) throw refusal.invalidArgument("The encryption method specified is not supported", MODE, mode);
  if (mode === "aws:kms:dsse") throw refusal.notImplemented(MODE);
  if (mode !== "aws:kms") {
    if (headers[KEY_ID] !== undefined || headers[CONTEXT] !== undefined) {
      throw refusal.invalidArgument("Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms", MODE, mode ?? "null");
    }
    return DEFAULT_ENCRYPTION;
  }
  const encryption: Encryption = { mode };
  if (headers[CONTEXT] !== undefined) encryption.context = readContext(headers[CONTEXT]);
  if (headers[BUCKET_KEY] !== undefined) encryption.bucketKey = readFlag(headers[BUCKET_KEY]);
  encryption.key = usableKey(context, headers[KEY_ID]);
  demand(context, "kms:GenerateDataKey", encryption.key.arn);
  return encryption;
}

/** Refuses what operations do not take that only use what was chosen before: GET, HEAD, UploadPart, Complete and others. */
export function refuseEncryption(request: S3Request): void {
  refuseCustomerKeys(request);
  const name = [MODE, KEY_ID, CONTEXT, BUCKET_KEY].find((one) => request.headers[one] !== undefined);
  if (name !== undefined) throw refusal.invalidArgument(`${name} header is not supported for this operation.`, name, request.headers[name] ?? "");
}

/** Reading an object needs its key as well. Fails with KMS.… or AccessDenied. */
export function checkDecryption(context: Context, { key }: Encryption): void {
  if (key === undefined) return;
  usableKey(context, key.arn);
  demand(context, "kms:Decrypt", key.arn);
}

/** The headers of every answer about an object. */
export function encryptionHeaders({ mode, key, bucketKey }: Encryption): Record<string, string> {
  return {
    [MODE]: mode,
    ...(key === undefined ? {} : { [KEY_ID]: key.arn }),
    ...(bucketKey === true ? { [BUCKET_KEY]: "true" } : {}),
  };
}

/** The answers to PutObject and CreateMultipartUpload repeat the context too. */
export function encryptionAndContext(encryption: Encryption): Record<string, string> {
  return { ...encryptionHeaders(encryption), ...(encryption.context === undefined ? {} : { [CONTEXT]: encryption.context }) };
}

function usableKey({ kms }: Context, name: string | undefined): KmsKey {
  try {
    return kms.usable(name);
  } catch (error) {
    throw error instanceof KeyRefusal ? refusal.kms(error.code, error.message) : error;
  }
}

function readContext(text: string): string {
  try {
    const bytes = Buffer.from(text, "base64");
    const context = JSON.parse(bytes.toString()) as unknown;
    const wellFormed = typeof context === "object" && context !== null && !Array.isArray(context) && Object.values(context).every((value) => typeof value === "string");
    if (wellFormed && bytes.toString("base64") === text) return text;
  } catch {
    // Not JSON: refused below like anything else.
  }
  throw refusal.invalidArgument(`The header '${CONTEXT}' shall be Base64-encoded UTF-8 string holding JSON which represents a string-string map`, CONTEXT, text);
}

function readFlag(text: string): boolean {
  if (text !== "true" && text !== "false") throw refusal.invalidArgument(`The value of the ${BUCKET_KEY} header is not valid`, BUCKET_KEY, text);
  return text === "true";
}

function refuseCustomerKeys({ headers }: S3Request): void {
  const name = MODE + "-customer-algorithm";
  if (headers[name] !== undefined) throw refusal.notImplemented(name);
}
