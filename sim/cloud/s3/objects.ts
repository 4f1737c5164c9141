// PutObject, GetObject, HeadObject and DeleteObject (S3 API reference, the operations of these names).
import { checksumHeader } from "./checksums";
import { checkReadConditions, checkWriteConditions } from "./conditions";
import { refusal } from "./errors";
import { bucketOf, type Answer, type Context, type Operation } from "./operation";
import { readRange } from "./range";
import { parameter, type S3Request } from "./request";
import { simpleEtag, type StoredObject } from "./store";

const KEPT_HEADERS = ["content-type", "cache-control", "content-disposition", "content-language", "expires"];

export const putObject: Operation = {
  name: "PutObject",
  body: "object",
  prepare: (context) => {
    checkEncryption(context.request);
    checkWriteConditions(context.request, bucketOf(context).objects.get(keyOf(context)));
  },
  run: (context, { data, md5, checksum }) => {
    const { objects } = bucketOf(context);
    // Another request may have been quicker while this body came in.
    checkWriteConditions(context.request, objects.get(keyOf(context)));
    const stored: StoredObject = {
      data,
      etag: simpleEtag(md5),
      lastModified: context.now,
      headers: keptHeaders(context.request),
      checksum: checksum && { ...checksum, type: "FULL_OBJECT" },
    };
    objects.set(keyOf(context), stored);
    return { status: 200, headers: { ETag: stored.etag, ...ENCRYPTION, ...checksumHeaders(stored) } };
  },
};

export const getObject: Operation = {
  name: "GetObject",
  body: "document",
  run: (context) => {
    const { request } = context;
    const stored = find(context);
    const head = objectHead(context, stored);
    if (checkReadConditions(request, stored) === "not modified") return { status: 304, headers: { ETag: stored.etag } };
    const range = readRange(request.headers["range"], stored.data.length);
    if (range === undefined) return { status: 200, headers: { ...head, ...checksumIfAsked(request, stored) }, body: stored.data };
    return {
      status: 206,
      headers: { ...head, "Content-Range": `bytes ${range.first}-${range.last}/${stored.data.length}` },
      body: stored.data.subarray(range.first, range.last + 1),
    };
  },
};

/** The same as a GET; the server leaves the body out. */
export const headObject: Operation = { ...getObject, name: "HeadObject" };

export const deleteObject: Operation = {
  name: "DeleteObject",
  body: "document",
  run: (context) => {
    bucketOf(context).objects.delete(keyOf(context));
    return { status: 204 };
  },
};

/** Headers of a request that belong to the object. aws-chunked is the transfer's, not the object's. */
export function keptHeaders({ headers }: S3Request): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (KEPT_HEADERS.includes(name) || name.startsWith("x-amz-meta-")) kept[name] = value;
  }
  const codings = (headers["content-encoding"] ?? "").split(",").map((one) => one.trim());
  const encoding = codings.filter((one) => one !== "" && one !== "aws-chunked").join(",");
  if (encoding !== "") kept["content-encoding"] = encoding;
  return { "content-type": "binary/octet-stream", ...kept };
}

/** Since January 2023 every object is encrypted at least this way. */
export const ENCRYPTION = { "x-amz-server-side-encryption": "AES256" };

/** Refuses the kinds of encryption that are not built yet, rather than storing as if they were. */
export function checkEncryption({ headers }: S3Request): void {
  const mode = headers["x-amz-server-side-encryption"];
  if (mode !== undefined && mode !== "AES256") throw refusal.notImplemented("x-amz-server-side-encryption");
  const customer = "x-amz-server-side-encryption-customer-algorithm";
  if (headers[customer] !== undefined) throw refusal.notImplemented(customer);
}

export function checksumHeaders({ checksum }: StoredObject): Record<string, string> {
  return checksum === undefined ? {} : { [checksumHeader(checksum.algorithm)]: checksum.value, "x-amz-checksum-type": checksum.type };
}

function checksumIfAsked(request: S3Request, stored: StoredObject): Record<string, string> {
  return request.headers["x-amz-checksum-mode"] === "ENABLED" ? checksumHeaders(stored) : {};
}

function keyOf({ request }: Context): string {
  return request.key ?? "";
}

function find(context: Context): StoredObject {
  const stored = bucketOf(context).objects.get(keyOf(context));
  if (stored === undefined) throw refusal.noSuchKey(keyOf(context));
  return stored;
}

function objectHead({ request }: Context, stored: StoredObject): Answer["headers"] {
  const head: Record<string, string> = {
    ...stored.headers,
    "Last-Modified": new Date(stored.lastModified).toUTCString(),
    ETag: stored.etag,
    "Accept-Ranges": "bytes",
    ...ENCRYPTION,
  };
  // A presigned URL may ask for other headers than the stored ones.
  for (const name of [...KEPT_HEADERS, "content-encoding"]) {
    const value = parameter(request, "response-" + name);
    if (value !== undefined) head[name] = value;
  }
  return head;
}
