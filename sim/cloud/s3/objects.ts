// PutObject, GetObject, HeadObject and DeleteObject (S3 API reference, the operations of these names).
import { checksumHeader } from "./checksums";
import { checkReadConditions, checkWriteConditions } from "./conditions";
import { checkDecryption, encryptionAndContext, encryptionHeaders, readEncryption, refuseEncryption } from "./encryption";
import { refusal } from "./errors";
import { checkReadable, KEPT_HEADERS, keptHeaders, readStorageClass, refuseAcl, storageClassHeader } from "./metadata";
import { bucketOf, demand, type Answer, type Context, type Operation } from "./operation";
import { partRange, readRange, type Range } from "./range";
import { parameter, partNumberOf, type S3Request } from "./request";
import { simpleEtag, type StoredObject } from "./store";

export const putObject: Operation = {
  name: "PutObject",
  action: "s3:PutObject",
  body: "object",
  prepare: (context) => {
    describeNew(context);
    checkWriteConditions(context.request, bucketOf(context).objects.get(keyOf(context)));
  },
  run: (context, { data, md5, checksum }) => {
    const { objects } = bucketOf(context);
    const described = describeNew(context);
    // Another request may have been quicker while this body came in.
    checkWriteConditions(context.request, objects.get(keyOf(context)), true);
    const { algorithm, value } = checksum;
    const stored: StoredObject = {
      ...described,
      data,
      etag: simpleEtag(md5, described.encryption),
      lastModified: context.now,
      checksum: { algorithm, value, type: "FULL_OBJECT" },
      parts: undefined,
    };
    objects.set(keyOf(context), stored);
    return { status: 200, headers: { ETag: stored.etag, ...encryptionAndContext(stored.encryption), ...checksumHeaders(stored) } };
  },
};

export const getObject: Operation = {
  name: "GetObject",
  action: "s3:GetObject",
  body: "document",
  run: (context) => {
    const { request } = context;
    refuseEncryption(request);
    const stored = find(context);
    if (request.method === "GET") checkReadable(stored.storageClass);
    if (checkReadConditions(request, stored) === "not modified") return { status: 304, headers: { ETag: stored.etag } };
    const withChecksum = request.headers["x-amz-checksum-mode"] === "ENABLED";
    if (request.method === "GET" || withChecksum) checkDecryption(context, stored.encryption);
    const head = objectHead(context, stored);
    const range = rangeOf(request, stored);
    if (range === undefined) return { status: 200, headers: { ...head, ...(withChecksum ? checksumHeaders(stored) : {}) }, body: stored.data };
    const { first, last } = range;
    return {
      status: 206,
      headers: { ...head, "Content-Range": `bytes ${first}-${last}/${stored.data.length}` },
      body: stored.data.subarray(first, last + 1),
    };
  },
};

/** The same as a GET; the server leaves the body out. */
export const headObject: Operation = { ...getObject, name: "HeadObject" };

export const deleteObject: Operation = {
  name: "DeleteObject",
  action: "s3:DeleteObject",
  body: "document",
  run: (context) => {
    bucketOf(context).objects.delete(keyOf(context));
    return { status: 204 };
  },
};

/** What a request says about the object it creates, beside its bytes. Fails with the refusals of each. */
export function describeNew(context: Context): Pick<StoredObject, "headers" | "storageClass" | "encryption"> {
  refuseAcl(context.request);
  return { headers: keptHeaders(context.request), storageClass: readStorageClass(context.request), encryption: readEncryption(context) };
}

function checksumHeaders({ checksum }: StoredObject): Record<string, string> {
  return { [checksumHeader(checksum.algorithm)]: checksum.value, "x-amz-checksum-type": checksum.type };
}

function keyOf({ request }: Context): string {
  return request.key ?? "";
}

/** Whoever may not list a bucket does not learn either that an object is missing. */
function find(context: Context): StoredObject {
  const stored = bucketOf(context).objects.get(keyOf(context));
  if (stored !== undefined) return stored;
  demand(context, "s3:ListBucket", `arn:aws:s3:::${context.request.bucket ?? ""}`);
  throw refusal.noSuchKey(keyOf(context));
}

/** What is asked for by Range or by partNumber; `undefined` for all of it. */
function rangeOf(request: S3Request, stored: StoredObject): Range | undefined {
  const header = request.headers["range"];
  if (parameter(request, "partNumber") === undefined) return readRange(header, stored.data.length);
  if (header !== undefined) throw refusal.invalidRequest("Cannot specify both Range header and partNumber query parameter");
  return partRange(partNumberOf(request), stored);
}

function objectHead({ request }: Context, stored: StoredObject): Answer["headers"] {
  const head: Record<string, string> = {
    ...stored.headers,
    "Last-Modified": new Date(stored.lastModified).toUTCString(),
    ETag: stored.etag,
    "Accept-Ranges": "bytes",
    ...encryptionHeaders(stored.encryption),
    ...storageClassHeader(stored.storageClass),
  };
  if (parameter(request, "partNumber") !== undefined && stored.parts !== undefined) head["x-amz-mp-parts-count"] = String(stored.parts.size);
  // A presigned URL may ask for other headers than the stored ones.
  for (const name of [...KEPT_HEADERS, "content-encoding"]) {
    const value = parameter(request, "response-" + name);
    if (value !== undefined) head[name] = value;
  }
  return head;
}
