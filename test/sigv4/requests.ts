// Random requests with all that makes signatures go wrong: odd keys, UTF-8, empty values, repeated names, inner spaces, tokens.
import { createHash } from "node:crypto";
import type { Chance } from "../host/chance";
import type { PlainRequest } from "./libraries";

const PLAIN = "abcXYZ019-._~".split("");
const ODD = " !\"#$%&'()*+,:;<=>?@[\\]^`{|}\t\x01\x7f".split("");
const WIDE = ["\u00e4", "\u00df", "\u0301", "\u1234", "\u65e5", "\uffef", "\ud83d\ude00", "\ud834\udd1e"];
const METHODS = ["GET", "PUT", "POST", "HEAD", "DELETE"];
const REGIONS = ["us-east-1", "eu-central-1", "ap-southeast-2", "cn-north-1", "us-gov-west-1"];
const SERVICES = ["execute-api", "iotdata", "kms", "iam", "sts", "iot-jobs-data"];
const HEADERS = [
  "Content-Type", "Range", "If-Match", "Cache-Control", "Expect", "User-Agent", "My-Header1", "x-amz-meta-note", "X-Amz-Meta-Note", "x-amz-acl",
  "x-amz-server-side-encryption-aws-kms-key-id", "x-amz-storage-class", "X-Amzn-Trace-Id",
];
const PARAMETERS = ["prefix", "max-keys", "list-type", "uploads", "partNumber", "a", "A", "a-b", "a.b", "a1", "\u1234", "x y", "delimiter", "X-Custom"];
/** Keys and secrets of the AWS documents; no one's. */
const ACCESS_KEYS = ["AKIAIOSFODNN7EXAMPLE", "AKIDEXAMPLE", "ASIAIOSFODNN7EXAMPLE"];
const SECRETS = ["wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "short", "s".repeat(64), "s".repeat(61)];

/** Text of `least` to `most` characters, some odd, some beyond ASCII. */
function text(chance: Chance, least: number, most: number): string {
  return chance.some(least, most, () => (chance.oneIn(3) ? chance.pick(ODD) : chance.oneIn(4) ? chance.pick(WIDE) : chance.pick(PLAIN))).join("");
}

/** Percent-encoded by the language, not by the code that is tested. */
const encoded = (part: string) => encodeURIComponent(part).replace(/[!'()*]/g, (char) => "%" + char.charCodeAt(0).toString(16).toUpperCase());

function path(chance: Chance): string {
  const segments = chance.some(0, 5, () => chance.pick(["", ".", "..", "...", "logs", text(chance, 1, 8), text(chance, 1, 8), text(chance, 1, 8)]));
  return "/" + segments.map(encoded).join("/");
}

/** A value as a person types it: spaces around and in runs, quotes, commas. */
function headerValue(chance: Chance): string {
  const words = chance.some(0, 4, () => chance.pick(["bytes=0-9", "\"a   b\"", "a,b", "VALUE", "text/plain; charset=utf-8", "\u65e5\u672c", "Gr\u00fc\u00dfe", "arn:aws:kms:eu-central-1:111122223333:key/1"]));
  const gap = () => chance.pick(["", " ", "  ", "\t", " \t "]);
  return gap() + words.map((word) => word + (chance.oneIn(2) ? " " : "   ")).join("") + gap();
}

export function randomRequest(chance: Chance): PlainRequest {
  const service = chance.oneIn(2) ? "s3" : chance.pick(SERVICES);
  const expires = chance.oneIn(5) ? chance.between(1, 604800) : undefined;
  const query = chance.some(0, 5, (): [string, string] => [chance.oneIn(3) ? text(chance, 1, 5) : chance.pick(PARAMETERS), chance.oneIn(4) ? "" : text(chance, 1, 10)]);
  const headers = chance.some(0, 5, (): [string, string] => [chance.pick(HEADERS), headerValue(chance)]);
  headers.push(["Host", "bucket.example.com" + chance.pick(["", ":8443"])]);
  const body = chance.oneIn(2) ? "" : text(chance, 1, 40);
  let payload: string | undefined;
  if (service === "s3") {
    payload = expires === undefined && chance.oneIn(2) ? createHash("sha256").update(body).digest("hex") : "UNSIGNED-PAYLOAD";
    if (expires === undefined) headers.push([chance.pick(["x-amz-content-sha256", "X-Amz-Content-Sha256"]), payload]);
    else query.push(["X-Amz-Content-Sha256", payload]);
  }
  const credentials: PlainRequest["credentials"] = { accessKeyId: chance.pick(ACCESS_KEYS), secretAccessKey: chance.pick(SECRETS) };
  if (chance.oneIn(3)) credentials.sessionToken = "IQoJb3JpZ2luX2VjE" + Buffer.from(chance.bytes(chance.below(60)), "latin1").toString("base64");
  const time = Math.floor(chance.fraction() * 4_000_000_000) * 1000;
  return { method: chance.pick(METHODS), service, region: chance.pick(REGIONS), credentials, time, path: path(chance), query, headers, payload, body, expires };
}
