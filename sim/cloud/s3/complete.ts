// CompleteMultipartUpload: the rules parts must keep, and the object made of them (S3 API reference, the operation;
// checksums: S3 User Guide, "Checking object integrity", full object and composite).
import { checksumHeader, DEFAULT_ALGORITHM, startChecksum } from "./checksums";
import { checkWriteConditions } from "./conditions";
import { checkDecryption, encryptionHeaders, refuseEncryption } from "./encryption";
import { refusal } from "./errors";
import { uploadOf } from "./multipart";
import { bucketOf, xmlAnswer, type Operation } from "./operation";
import type { S3Request } from "./request";
import { compositeEtag, type Part, type StoredChecksum, type StoredObject, type Upload } from "./store";
import { readCompletedParts, S3_NAMESPACE, xmlDocument, type CompletedPart, type XmlChildren } from "./xml";

/** Every part but the last has at least 5 MiB. */
const LEAST_PART = 5 * 1024 ** 2;

export const completeMultipartUpload: Operation = {
  name: "CompleteMultipartUpload",
  action: "s3:PutObject",
  body: "document",
  prepare: (context) => {
    refuseEncryption(context.request);
    checkDecryption(context, uploadOf(context).encryption);
  },
  run: (context, payload) => {
    const { request } = context;
    const upload = uploadOf(context);
    const bucket = bucketOf(context);
    const completed = readCompletedParts(payload.data.toString());
    if (completed === undefined) throw refusal.malformedXml();
    const parts = selectParts(upload, completed);
    const data = Buffer.concat(parts.map((part) => part.data));
    checkObjectSize(request.headers["x-amz-mp-object-size"], data.length);
    const checksum = makeChecksum(upload, parts, data);
    checkObjectChecksum(request, upload, checksum);
    checkWriteConditions(request, bucket.objects.get(upload.key));
    const { headers, storageClass, encryption } = upload;
    const sizes = new Map(completed.map(({ partNumber }, index) => [partNumber, parts[index]!.data.length]));
    const stored: StoredObject = { headers, storageClass, encryption, data, checksum, parts: sizes, etag: compositeEtag(parts), lastModified: context.now };
    bucket.objects.set(upload.key, stored);
    bucket.uploads.delete(upload.uploadId);
    const body: XmlChildren = {
      Location: `https://${request.headers["host"] ?? ""}${encodeURI(request.path)}`,
      Bucket: request.bucket ?? "",
      Key: upload.key,
      ETag: stored.etag,
      ["Checksum" + checksum.algorithm]: checksum.value,
      ChecksumType: checksum.type,
    };
    return xmlAnswer(xmlDocument("CompleteMultipartUploadResult", body, S3_NAMESPACE), encryptionHeaders(encryption));
  },
};

/** Fails with InvalidPartOrder, InvalidPart, InvalidRequest, EntityTooSmall. */
function selectParts(upload: Upload, completed: CompletedPart[]): Part[] {
  const { uploadId } = upload;
  if (completed.some((one, index) => index > 0 && one.partNumber <= completed[index - 1]!.partNumber)) throw refusal.invalidPartOrder(uploadId);
  const parts = completed.map((one) => {
    const part = upload.parts.get(one.partNumber);
    const bare = one.etag.replace(/^"(.*)"$/, "$1");
    if (part === undefined || part.etag !== `"${bare}"`) throw refusal.invalidPart(uploadId, one.partNumber, bare);
    checkPartChecksum(upload, part, one, bare);
    return part;
  });
  parts.slice(0, -1).forEach((part, index) => {
    const { partNumber, etag } = completed[index]!;
    if (part.data.length < LEAST_PART) throw refusal.entityTooSmall(part.data.length, LEAST_PART, partNumber, etag.replace(/"/g, ""));
  });
  return parts;
}

/** What the list says must be the part's own; a composite checksum needs it of every part. */
function checkPartChecksum({ uploadId, checksum }: Upload, part: Part, { partNumber, checksums }: CompletedPart, etag: string): void {
  const own = "Checksum" + part.checksum.algorithm;
  if (Object.entries(checksums).some(([name, value]) => name !== own || value !== part.checksum.value)) throw refusal.invalidPart(uploadId, partNumber, etag);
  if (checksum?.type === "COMPOSITE" && checksums[own] === undefined) throw refusal.checksumMissing(checksum.algorithm, partNumber);
}

function checkObjectSize(header: string | undefined, size: number): void {
  if (header !== undefined && header !== String(size)) {
    throw refusal.invalidRequest(`The provided 'x-amz-mp-object-size' header value ${header} does not match what was computed: ${size}`);
  }
}

/** The checksum of the parts' checksums, or of all the bytes; that too when the upload was created with none. */
function makeChecksum({ checksum: announced }: Upload, parts: Part[], data: Buffer): StoredChecksum {
  const { algorithm, type } = announced ?? { algorithm: DEFAULT_ALGORITHM, type: "FULL_OBJECT" };
  const checksum = startChecksum(algorithm);
  if (type === "FULL_OBJECT") checksum.update(data);
  else for (const part of parts) checksum.update(Buffer.from(part.checksum.value, "base64"));
  const value = checksum.digest().toString("base64");
  return { algorithm, type, value: type === "FULL_OBJECT" ? value : `${value}-${parts.length}` };
}

/** What the client says of the whole object. Fails with InvalidRequest or BadDigest. */
function checkObjectChecksum({ headers }: S3Request, upload: Upload, { algorithm, type, value }: StoredChecksum): void {
  const given = headers[checksumHeader(algorithm)];
  const givenType = headers["x-amz-checksum-type"] ?? (given === undefined ? type : "COMPOSITE");
  if (givenType !== type) throw refusal.checksumMode(type);
  if (given !== undefined && given !== value) throw refusal.badChecksum(algorithm.toLowerCase());
  const other = Object.keys(headers).find((name) => /^x-amz-checksum-(crc|sha)/.test(name) && name !== checksumHeader(algorithm));
  if (other !== undefined) throw refusal.checksumMismatch(upload.checksum?.algorithm, other.slice("x-amz-checksum-".length));
}
