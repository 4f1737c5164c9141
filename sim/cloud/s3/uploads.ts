// ListMultipartUploads: what was begun and neither completed nor aborted (S3 API reference, the operation of this name).
import { readUrlEncoding, urlEncode } from "./listing";
import { refusal } from "./errors";
import { bucketOf, xmlAnswer, type Operation } from "./operation";
import { numberOf, parameter } from "./request";
import { compareKeys, type Upload } from "./store";
import { S3_NAMESPACE, xmlDocument, type XmlChildren } from "./xml";

const MOST_UPLOADS = 1000;

export const listMultipartUploads: Operation = {
  name: "ListMultipartUploads",
  action: "s3:ListBucketMultipartUploads",
  body: "document",
  run: (context) => {
    const { request } = context;
    if (parameter(request, "delimiter") !== undefined) throw refusal.notImplemented("delimiter");
    const urlEncoded = readUrlEncoding(request);
    const text = (value: string) => (urlEncoded ? urlEncode(value) : value);
    const prefix = parameter(request, "prefix") ?? "";
    const keyMarker = parameter(request, "key-marker") ?? "";
    // Without a key marker S3 ignores this one.
    const uploadIdMarker = keyMarker === "" ? "" : parameter(request, "upload-id-marker") ?? "";
    const most = Math.min(numberOf(request, "max-uploads", MOST_UPLOADS), MOST_UPLOADS);
    const all = inOrder(bucketOf(context).uploads.values()).filter(({ key }) => key.startsWith(prefix));
    const mark = all.findIndex(({ uploadId }) => uploadId === uploadIdMarker);
    const rest = mark >= 0 ? all.slice(mark + 1) : all.filter(({ key }) => keyMarker === "" || compareKeys(key, keyMarker) > 0);
    const listed = rest.slice(0, most);
    const truncated = rest.length > listed.length;
    const last = truncated ? listed.at(-1) : undefined;
    const body: XmlChildren = {
      Bucket: request.bucket ?? "",
      KeyMarker: text(keyMarker),
      UploadIdMarker: uploadIdMarker,
      NextKeyMarker: last && text(last.key),
      NextUploadIdMarker: last?.uploadId,
      Prefix: text(prefix),
      EncodingType: urlEncoded ? "url" : undefined,
      MaxUploads: most,
      IsTruncated: truncated,
      Upload: listed.map((upload) => ({
        Key: text(upload.key),
        UploadId: upload.uploadId,
        StorageClass: upload.storageClass,
        Initiated: new Date(upload.initiated).toISOString(),
        ChecksumAlgorithm: upload.checksum?.algorithm,
        ChecksumType: upload.checksum?.type,
      })),
    };
    return xmlAnswer(xmlDocument("ListMultipartUploadsResult", body, S3_NAMESPACE));
  },
};

/** By key, those of one key by their age. */
export function inOrder(uploads: Iterable<Upload>): Upload[] {
  return [...uploads].sort((a, b) => compareKeys(a.key, b.key) || a.initiated - b.initiated);
}
