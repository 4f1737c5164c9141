// Multipart uploads: create, upload part, list parts, abort (S3 User Guide, "Uploading and copying objects using
// multipart upload"). Completing has its own file, and so has the list of all uploads.
import { CHECKSUM_ALGORITHMS, checksumHeader, isChecksumAlgorithm, multipartTypes, type ChecksumType } from "./checksums";
import { checkDecryption, encryptionAndContext, encryptionHeaders, refuseEncryption } from "./encryption";
import { refusal } from "./errors";
import { describeNew } from "./objects";
import { bucketOf, xmlAnswer, type Context, type Operation } from "./operation";
import { numberOf, parameter, partNumberOf, type S3Request } from "./request";
import { newUploadId, simpleEtag, type Part, type Upload } from "./store";
import { S3_NAMESPACE, xmlDocument, type XmlChildren } from "./xml";

const MOST_LISTED = 1000;

export const createMultipartUpload: Operation = {
  name: "CreateMultipartUpload",
  action: "s3:PutObject",
  body: "document",
  run: (context) => {
    const { request } = context;
    const upload: Upload = {
      ...describeNew(context),
      uploadId: newUploadId(),
      key: request.key ?? "",
      initiated: context.now,
      checksum: readUploadChecksum(request),
      parts: new Map(),
    };
    bucketOf(context).uploads.set(upload.uploadId, upload);
    const body = { Bucket: request.bucket ?? "", Key: upload.key, UploadId: upload.uploadId };
    const { checksum } = upload;
    return xmlAnswer(xmlDocument("InitiateMultipartUploadResult", body, S3_NAMESPACE), {
      ...encryptionAndContext(upload.encryption),
      ...(checksum === undefined ? {} : { "x-amz-checksum-algorithm": checksum.algorithm, "x-amz-checksum-type": checksum.type }),
    });
  },
};

export const uploadPart: Operation = {
  name: "UploadPart",
  action: "s3:PutObject",
  body: "object",
  prepare: (context) => {
    refuseEncryption(context.request);
    partNumberOf(context.request);
    checkDecryption(context, uploadOf(context).encryption);
  },
  run: (context, { data, md5, checksum }) => {
    const upload = uploadOf(context);
    const expected = upload.checksum?.algorithm;
    const actual = checksum.given ? checksum.algorithm : undefined;
    // S3 does not fill in what a part lacks; whether it takes a checksum that was not announced has changed: the stricter way.
    if (actual !== expected) throw refusal.checksumMismatch(expected, actual);
    const { algorithm, value } = checksum;
    const part: Part = { data, etag: simpleEtag(md5, upload.encryption), lastModified: context.now, checksum: { algorithm, value } };
    upload.parts.set(partNumberOf(context.request), part);
    return { status: 200, headers: { ETag: part.etag, ...encryptionHeaders(upload.encryption), [checksumHeader(algorithm)]: value } };
  },
};

export const listParts: Operation = {
  name: "ListParts",
  action: "s3:ListMultipartUploadParts",
  body: "document",
  run: (context) => {
    const upload = uploadOf(context);
    const marker = numberOf(context.request, "part-number-marker", 0);
    const most = Math.min(numberOf(context.request, "max-parts", MOST_LISTED), MOST_LISTED);
    const later = [...upload.parts].filter(([number]) => number > marker).sort(([a], [b]) => a - b);
    const listed = later.slice(0, most);
    const body: XmlChildren = {
      Bucket: context.request.bucket ?? "",
      Key: upload.key,
      UploadId: upload.uploadId,
      StorageClass: upload.storageClass,
      PartNumberMarker: marker,
      NextPartNumberMarker: listed.at(-1)?.[0] ?? 0,
      MaxParts: most,
      IsTruncated: later.length > listed.length,
      ChecksumAlgorithm: upload.checksum?.algorithm,
      ChecksumType: upload.checksum?.type,
      Part: listed.map(([number, part]) => describePart(number, part, upload)),
    };
    return xmlAnswer(xmlDocument("ListPartsResult", body, S3_NAMESPACE));
  },
};

export const abortMultipartUpload: Operation = {
  name: "AbortMultipartUpload",
  action: "s3:AbortMultipartUpload",
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

/** What CreateMultipartUpload announces. Fails with InvalidRequest. */
function readUploadChecksum({ headers }: S3Request): Upload["checksum"] {
  const algorithm = headers["x-amz-checksum-algorithm"]?.toUpperCase();
  const type = headers["x-amz-checksum-type"];
  if (type !== undefined && type !== "FULL_OBJECT" && type !== "COMPOSITE") throw refusal.invalidChecksumHeader("x-amz-checksum-type", false);
  if (algorithm === undefined) {
    if (type !== undefined) throw refusal.invalidRequest("The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.");
    return undefined;
  }
  if (!isChecksumAlgorithm(algorithm)) throw refusal.invalidRequest(`Checksum algorithm provided is unsupported. Please try again with any of the valid types: [${CHECKSUM_ALGORITHMS.join(", ")}]`);
  const possible = multipartTypes(algorithm);
  const chosen: ChecksumType = type ?? possible[0]!;
  if (!possible.includes(chosen)) throw refusal.invalidRequest(`The ${chosen} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`);
  return { algorithm, type: chosen };
}

function describePart(number: number, { lastModified, etag, data, checksum }: Part, upload: Upload): XmlChildren {
  const described: XmlChildren = { PartNumber: number, LastModified: new Date(lastModified).toISOString(), ETag: etag, Size: data.length };
  if (upload.checksum !== undefined) described["Checksum" + checksum.algorithm] = checksum.value;
  return described;
}
