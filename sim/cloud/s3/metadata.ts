// What is kept with an object beside its bytes: headers, user metadata, storage class (S3 User Guide, "Working with
// object metadata" and "Using Amazon S3 storage classes").
import { refusal } from "./errors";
import type { S3Request } from "./request";

export const KEPT_HEADERS = ["content-type", "cache-control", "content-disposition", "content-language", "expires"];
const USER_METADATA = "x-amz-meta-";
const MOST_USER_METADATA = 2048;

const STORAGE_CLASSES = ["STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"];
/** Cannot be read before they are restored, which this cloud cannot do. */
const ARCHIVED = ["GLACIER", "DEEP_ARCHIVE"];

/** Headers of a request that belong to the object. aws-chunked is the transfer's, not the object's. Fails with MetadataTooLarge. */
export function keptHeaders({ headers }: S3Request): Record<string, string> {
  const user = Object.entries(headers).filter(([name]) => name.startsWith(USER_METADATA));
  // The prefix of the names does not count.
  const size = user.reduce((sum, [name, value]) => sum + Buffer.byteLength(name) - USER_METADATA.length + Buffer.byteLength(value), 0);
  if (size > MOST_USER_METADATA) throw refusal.metadataTooLarge(size, MOST_USER_METADATA);
  const kept: Record<string, string> = { "content-type": "binary/octet-stream", ...Object.fromEntries(user) };
  for (const name of KEPT_HEADERS) if (headers[name] !== undefined) kept[name] = headers[name];
  const codings = (headers["content-encoding"] ?? "").split(",").map((one) => one.trim());
  const encoding = codings.filter((one) => one !== "" && one !== "aws-chunked").join(",");
  if (encoding !== "") kept["content-encoding"] = encoding;
  return kept;
}

/** Fails with InvalidStorageClass. */
export function readStorageClass({ headers }: S3Request): string {
  const name = headers["x-amz-storage-class"] ?? "STANDARD";
  if (!STORAGE_CLASSES.includes(name)) throw refusal.invalidStorageClass(name);
  return name;
}

/** Answers name the storage class, unless it is the usual one. */
export function storageClassHeader(storageClass: string): Record<string, string> {
  return storageClass === "STANDARD" ? {} : { "x-amz-storage-class": storageClass };
}

/** Fails with InvalidObjectState. */
export function checkReadable(storageClass: string): void {
  if (ARCHIVED.includes(storageClass)) throw refusal.invalidObjectState(storageClass);
}

/** Buckets made since April 2023 take no ACL but the one that says nothing. Fails with AccessControlListNotSupported. */
export function refuseAcl({ headers }: S3Request): void {
  const canned = headers["x-amz-acl"];
  const granted = Object.keys(headers).some((name) => name.startsWith("x-amz-grant-"));
  if (granted || (canned !== undefined && canned !== "bucket-owner-full-control")) throw refusal.aclNotSupported();
}
