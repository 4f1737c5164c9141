// Headers that ask S3 to encrypt an object (S3 user guide, "Specifying server-side encryption with AWS KMS").
import type { Pair } from "../sigv4/canonicalRequest";

export interface EncryptionSettings {
  mode: "AES256" | "aws:kms";
  /** Key id, key ARN or alias ARN; the bucket's own key without it. */
  keyId?: string;
  /** Names and texts that must be given again to decrypt. */
  context?: { [name: string]: string };
  bucketKey?: boolean;
}

/** The header that names the mode, and the one that names the key: in requests and answers. */
export const ENCRYPTION = "x-amz-server-side-encryption", ENCRYPTION_KEY = ENCRYPTION + "-aws-kms-key-id";

/**
 * The headers for a PutObject or CreateMultipartUpload but the context's (putOptions.ts); S3 refuses them on any request that reads.
 * A key beside AES256 is sent as well: S3 says then that they do not belong together.
 */
export function encryptionHeaders(settings: EncryptionSettings | undefined): Pair[] {
  if (!settings) return [];
  const headers: Pair[] = [[ENCRYPTION, settings.mode]];
  if (settings.keyId) headers.push([ENCRYPTION_KEY, settings.keyId]);
  if (settings.bucketKey !== undefined) headers.push([ENCRYPTION + "-bucket-key-enabled", "" + settings.bucketKey]);
  return headers;
}
