// Multipart uploads: create, upload part, list parts, abort (S3 User Guide, "Uploading and copying objects using
// multipart upload"). Completing has its own file.
import { checksumHeader, isChecksumAlgorithm } from "./checksums";
import { refusal } from "./errors";
import { checkEncryption, ENCRYPTION, keptHeaders } from "./objects";
import { bucketOf, xmlAnswer, type Context, type Operation } from "./operation";
import { parameter } from "./request";
import { newUploadId, simpleEtag, type Part, type Upload } from "./store";
import { S3_NAMESPACE, xmlDocument, type XmlChildren } from "./xml";

const MOST_PARTS = 10_000;
const MOST_LISTED = 1000;

export const createMultipartUpload: Operation = {
  name: "CreateMultipartUpload",
  body: "document",
  run: (context) => {
    const { request } = context;
    checkEncryption(request);
    const algorithm = request.headers["x-amz-checksum-algorithm"]?.toUpperCase();
    if (algorithm !== undefined && !isChecksumAlgorithm(algorithm)) throw refusal.invalidRequest("Checksum algorithm provided is unsupported.");
    const upload: Upload = {
      uploadId: newUploadId(),
      key: request.key ?? "",
      initiated: context.now,
      headers: keptHeaders(request),
      checksumAlgorithm: algorithm,
      parts: new Map(),
    };
    bucketOf(context).uploads.set(upload.uploadId, upload);
    const body = { Bucket: request.bucket ?? "", Key: upload.key, UploadId: upload.uploadId };
    const answer = xmlAnswer(xmlDocument("InitiateMultipartUploadResult", body, S3_NAMESPACE));
    const checksum = algorithm === undefined ? {} : { "x-amz-checksum-algorithm": algorithm, "x-amz-checksum-type": "COMPOSITE" };
    return { ...answer, headers: { ...answer.headers, ...ENCRYPTION, ...checksum } };
  },
};

export const uploadPart: Operation = {
  name: "UploadPart",
  body: "object",
  prepare: (context) => {
    uploadOf(context);
    partNumberOf(context);
  },
  run: (context, { data, md5, checksum }) => {
    const upload = uploadOf(context);
    if (checksum !== undefined && checksum.algorithm !== upload.checksumAlgorithm) {
      const expected = upload.checksumAlgorithm?.toLowerCase() ?? "null";
      throw refusal.invalidRequest(`Checksum Type mismatch occurred, expected checksum Type: ${expected}, actual checksum Type: ${checksum.algorithm.toLowerCase()}`);
    }
    upload.parts.set(partNumberOf(context), { data, md5, lastModified: context.now, checksum });
    const headers: Record<string, string> = { ETag: simpleEtag(md5), ...ENCRYPTION };
    if (checksum !== undefined) headers[checksumHeader(checksum.algorithm)] = checksum.value;
    return { status: 200, headers };
  },
};

export const listParts: Operation = {
  name: "ListParts",
  body: "document",
  run: (context) => {
    const upload = uploadOf(context);
    const marker = numberOf(context, "part-number-marker", 0);
    const most = Math.min(numberOf(context, "max-parts", MOST_LISTED), MOST_LISTED);
    const later = [...upload.parts].filter(([number]) => number > marker).sort(([a], [b]) => a - b);
    const listed = later.slice(0, most);
    const body: XmlChildren = {
      Bucket: context.request.bucket ?? "",
      Key: upload.key,
      UploadId: upload.uploadId,
      StorageClass: "STANDARD",
      PartNumberMarker: marker,
      NextPartNumberMarker: listed.at(-1)?.[0] ?? 0,
      MaxParts: most,
      IsTruncated: later.length > listed.length,
      ChecksumAlgorithm: upload.checksumAlgorithm,
      Part: listed.map(([number, part]) => describePart(number, part)),
    };
    return xmlAnswer(xmlDocument("ListPartsResult", body, S3_NAMESPACE));
  },
};

export const abortMultipartUpload: Operation = {
  name: "AbortMultipartUpload",
  body: "document",
  run: (context) => {
    bucketOf(context).uploads.delete(uploadOf(context).uploadId);
    return { status: 204 };
  },
};

/** The upload a request names; an upload belongs to its key. Fails with NoSuchUpload. */
export function uploadOf(context: Context): Upload {
  const uploadId = parameter(context.request, "uploadId") ?? "";
  const upload = bucketOf(context).uploads.get(uploadId);
  if (upload === undefined || upload.key !== context.request.key) throw refusal.noSuchUpload(uploadId);
  return upload;
}

function partNumberOf({ request }: Context): number {
  const text = parameter(request, "partNumber") ?? "";
  if (!/^\d{1,5}$/.test(text) || Number(text) < 1 || Number(text) > MOST_PARTS) {
    throw refusal.invalidArgument("Part number must be an integer between 1 and 10000, inclusive", "partNumber", text);
  }
  return Number(text);
}

function numberOf({ request }: Context, name: string, absent: number): number {
  const text = parameter(request, name) ?? String(absent);
  if (!/^\d{1,9}$/.test(text)) throw refusal.invalidArgument(`Provided ${name} not an integer or within integer range`, name, text);
  return Number(text);
}

function describePart(number: number, { lastModified, md5, data, checksum }: Part): XmlChildren {
  const described: XmlChildren = { PartNumber: number, LastModified: new Date(lastModified).toISOString(), ETag: simpleEtag(md5), Size: data.length };
  if (checksum !== undefined) described["Checksum" + checksum.algorithm] = checksum.value;
  return described;
}
