// CompleteMultipartUpload: the rules parts must keep, and the object made of them (S3 API reference, the operation).
import { startChecksum } from "./checksums";
import { checkWriteConditions } from "./conditions";
import { refusal } from "./errors";
import { uploadOf } from "./multipart";
import { ENCRYPTION } from "./objects";
import { bucketOf, xmlAnswer, type Operation } from "./operation";
import { compositeEtag, simpleEtag, type Part, type StoredChecksum, type StoredObject, type Upload } from "./store";
import { readCompletedParts, S3_NAMESPACE, xmlDocument, type CompletedPart, type XmlChildren } from "./xml";

/** Every part but the last has at least 5 MiB. */
const LEAST_PART = 5 * 1024 ** 2;

export const completeMultipartUpload: Operation = {
  name: "CompleteMultipartUpload",
  body: "document",
  prepare: (context) => {
    uploadOf(context);
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
    checkWriteConditions(request, bucket.objects.get(upload.key));
    const stored: StoredObject = {
      data,
      etag: compositeEtag(parts.map((part) => part.md5)),
      lastModified: context.now,
      headers: upload.headers,
      checksum: compositeChecksum(upload, parts),
    };
    bucket.objects.set(upload.key, stored);
    bucket.uploads.delete(upload.uploadId);
    const body: XmlChildren = {
      Location: `https://${request.headers["host"] ?? ""}${encodeURI(request.path)}`,
      Bucket: request.bucket ?? "",
      Key: upload.key,
      ETag: stored.etag,
    };
    if (stored.checksum !== undefined) {
      body["Checksum" + stored.checksum.algorithm] = stored.checksum.value;
      body["ChecksumType"] = stored.checksum.type;
    }
    const answer = xmlAnswer(xmlDocument("CompleteMultipartUploadResult", body, S3_NAMESPACE));
    return { ...answer, headers: { ...answer.headers, ...ENCRYPTION } };
  },
};

/** Fails with InvalidPartOrder, InvalidPart, EntityTooSmall. */
function selectParts(upload: Upload, completed: CompletedPart[]): Part[] {
  const { uploadId } = upload;
  if (completed.some((one, index) => index > 0 && one.partNumber <= completed[index - 1]!.partNumber)) throw refusal.invalidPartOrder(uploadId);
  const parts = completed.map((one) => {
    const part = upload.parts.get(one.partNumber);
    const bare = one.etag.replace(/^"(.*)"$/, "$1");
    if (part === undefined || simpleEtag(part.md5) !== `"${bare}"` || !checksumFits(part, one)) throw refusal.invalidPart(uploadId, one.partNumber, bare);
    return part;
  });
  parts.slice(0, -1).forEach((part, index) => {
    const { partNumber, etag } = completed[index]!;
    if (part.data.length < LEAST_PART) throw refusal.entityTooSmall(part.data.length, LEAST_PART, partNumber, etag.replace(/"/g, ""));
  });
  return parts;
}

function checksumFits({ checksum }: Part, { checksums }: CompletedPart): boolean {
  return Object.entries(checksums).every(([name, value]) => name === "Checksum" + (checksum?.algorithm ?? "") && value === checksum?.value);
}

function checkObjectSize(header: string | undefined, size: number): void {
  if (header !== undefined && header !== String(size)) {
    throw refusal.invalidRequest(`The provided 'x-amz-mp-object-size' header value ${header} does not match what was computed: ${size}`);
  }
}

/** The checksum of the parts' checksums, when every part has one. */
function compositeChecksum({ checksumAlgorithm }: Upload, parts: Part[]): StoredChecksum | undefined {
  if (checksumAlgorithm === undefined || parts.some((part) => part.checksum === undefined)) return undefined;
  const checksum = startChecksum(checksumAlgorithm);
  for (const part of parts) checksum.update(Buffer.from(part.checksum!.value, "base64"));
  return { algorithm: checksumAlgorithm, value: `${checksum.digest().toString("base64")}-${parts.length}`, type: "COMPOSITE" };
}
