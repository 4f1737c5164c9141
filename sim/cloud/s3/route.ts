// Which operation a request is: by method, by whether it names a key, and by the sub-resource in its query.
import { createBucket, headBucket } from "./buckets";
import { completeMultipartUpload } from "./complete";
import { refusal } from "./errors";
import { listObjectsV2 } from "./listing";
import { abortMultipartUpload, createMultipartUpload, listParts, uploadPart } from "./multipart";
import { deleteObject, getObject, headObject, putObject } from "./objects";
import type { Operation } from "./operation";
import type { S3Request } from "./request";
import { listMultipartUploads } from "./uploads";

/** Sub-resources of S3 that this cloud does not have; a request for one must not be taken for a plain one. */
const NOT_BUILT = [
  "accelerate", "acl", "analytics", "attributes", "cors", "delete", "encryption", "intelligent-tiering", "inventory", "legal-hold",
  "lifecycle", "location", "logging", "metrics", "notification", "object-lock", "ownershipControls", "policy", "policyStatus",
  "publicAccessBlock", "replication", "requestPayment", "restore", "retention", "select", "tagging", "torrent", "versionId",
  "versioning", "versions", "website",
];

/** Fails with NotImplemented or MethodNotAllowed. */
export function route(request: S3Request): Operation {
  const { method, query, key, bucket } = request;
  const has = (name: string) => query[name] !== undefined;
  const missing = NOT_BUILT.find(has);
  if (missing !== undefined) throw refusal.notImplemented(missing);
  if (bucket === undefined) throw refusal.notImplemented("ListBuckets");
  if (request.headers["x-amz-copy-source"] !== undefined) throw refusal.notImplemented("x-amz-copy-source");
  if (key === undefined) return routeBucket(request);
  switch (method) {
    case "GET":
      return has("uploadId") ? listParts : getObject;
    case "HEAD":
      return headObject;
    case "PUT":
      if (has("uploadId")) return uploadPart;
      if (has("partNumber")) throw refusal.invalidArgument("This operation does not accept partNumber without uploadId", "partNumber", String(query["partNumber"]));
      return putObject;
    case "POST":
      if (has("uploads")) return createMultipartUpload;
      if (has("uploadId")) return completeMultipartUpload;
      break;
    case "DELETE":
      return has("uploadId") ? abortMultipartUpload : deleteObject;
  }
  throw refusal.methodNotAllowed(method, "OBJECT");
}

/** Name of the operation; "" for a request that is none. */
export function operationName(request: S3Request): string {
  try {
    return route(request).name;
  } catch {
    return "";
  }
}

function routeBucket({ method, query }: S3Request): Operation {
  if (method === "PUT") return createBucket;
  if (method === "HEAD") return headBucket;
  if (method === "GET" && query["list-type"] === "2") return listObjectsV2;
  if (method === "GET" && query["uploads"] !== undefined) return listMultipartUploads;
  if (method === "GET") throw refusal.notImplemented("ListObjects");
  throw refusal.methodNotAllowed(method, "BUCKET");
}
