// ListObjectsV2 (S3 API reference, the operation of this name).
import { refusal } from "./errors";
import { bucketOf, xmlAnswer, type Context, type Operation } from "./operation";
import { parameter, type S3Request } from "./request";
import { compareKeys, type Bucket } from "./store";
import { S3_NAMESPACE, xmlDocument, type XmlChildren } from "./xml";

const MOST_KEYS = 1000;

export const listObjectsV2: Operation = {
  name: "ListObjectsV2",
  action: "s3:ListBucket",
  body: "document",
  run: (context) => {
    const question = readQuestion(context);
    const { entries, next } = selectPage(bucketOf(context), question);
    const text = (value: string) => (question.urlEncoded ? urlEncode(value) : value);
    const { objects } = bucketOf(context);
    const contents = entries.filter((entry) => !entry.isPrefix).map(({ name }): XmlChildren => {
      const { etag, data, lastModified, storageClass, checksum } = objects.get(name)!;
      const described = { Key: text(name), LastModified: new Date(lastModified).toISOString(), ETag: etag };
      return { ...described, ChecksumAlgorithm: checksum.algorithm, ChecksumType: checksum.type, Size: data.length, StorageClass: storageClass };
    });
    return xmlAnswer(
      xmlDocument(
        "ListBucketResult",
        {
          Name: context.request.bucket ?? "",
          Prefix: text(question.prefix),
          Delimiter: question.delimiter === "" ? undefined : text(question.delimiter),
          MaxKeys: question.maxKeys,
          EncodingType: question.urlEncoded ? "url" : undefined,
          KeyCount: entries.length,
          IsTruncated: next !== undefined,
          ContinuationToken: question.token,
          NextContinuationToken: next === undefined ? undefined : Buffer.from("1" + next).toString("base64"),
          StartAfter: question.startAfter === "" ? undefined : text(question.startAfter),
          Contents: contents,
          CommonPrefixes: entries.filter((entry) => entry.isPrefix).map(({ name }) => ({ Prefix: text(name) })),
        },
        S3_NAMESPACE,
      ),
    );
  },
};

interface Question {
  prefix: string;
  delimiter: string;
  maxKeys: number;
  startAfter: string;
  token: string | undefined;
  /** What the last page ended with: a key or a common prefix. */
  after: string;
  urlEncoded: boolean;
}

interface Entry {
  name: string;
  isPrefix: boolean;
}

function readQuestion({ request }: Context): Question {
  const maxKeys = parameter(request, "max-keys") ?? String(MOST_KEYS);
  if (!/^\d{1,10}$/.test(maxKeys)) throw refusal.invalidArgument(`Provided max-keys not an integer or within integer range`, "max-keys", maxKeys);
  const token = parameter(request, "continuation-token");
  const startAfter = parameter(request, "start-after") ?? "";
  return {
    prefix: parameter(request, "prefix") ?? "",
    delimiter: parameter(request, "delimiter") ?? "",
    maxKeys: Math.min(Number(maxKeys), MOST_KEYS),
    startAfter,
    token,
    after: token === undefined ? startAfter : readToken(token),
    urlEncoded: readUrlEncoding(request),
  };
}

function readToken(token: string): string {
  const text = Buffer.from(token, "base64").toString();
  if (!text.startsWith("1") || Buffer.from(text).toString("base64") !== token) {
    throw refusal.invalidArgument("The continuation token provided is incorrect", "continuation-token", token);
  }
  return text.slice(1);
}

function selectPage(bucket: Bucket, { prefix, delimiter, maxKeys, after }: Question): { entries: Entry[]; next: string | undefined } {
  const entries: Entry[] = [];
  for (const key of bucket.keys()) {
    if (!key.startsWith(prefix)) continue;
    const cut = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    const entry = cut < 0 ? { name: key, isPrefix: false } : { name: key.slice(0, cut + delimiter.length), isPrefix: true };
    if (compareKeys(entry.name, after) <= 0) continue;
    const previous = entries.at(-1);
    if (entry.isPrefix && previous?.name === entry.name) continue;
    if (entries.length === maxKeys) return { entries, next: maxKeys === 0 ? undefined : previous?.name };
    entries.push(entry);
  }
  return { entries, next: undefined };
}

/** Whether names in the answer are to be encoded. Fails with InvalidArgument. */
export function readUrlEncoding(request: S3Request): boolean {
  const encoding = parameter(request, "encoding-type");
  if (encoding !== undefined && encoding !== "url") throw refusal.invalidArgument("Invalid Encoding Method specified in Request", "encoding-type", encoding);
  return encoding === "url";
}

/** encoding-type=url: as a form encodes, so a space becomes "+". */
export function urlEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()~]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase()).replace(/%20/g, "+");
}
