// The options of put: each checked by itself, with an example, and made into the headers that S3 wants (S3 API reference, PutObject).
import { base64 } from "../bytes/base64";
import { toUtf8 } from "../bytes/utf8";
import { failure } from "../flow/failure";
import type { Failure } from "../flow/failure";
import type { Pair } from "../sigv4/canonicalRequest";
import { ENCRYPTION, encryptionHeaders } from "./encryption";
import type { EncryptionSettings } from "./encryption";
import type { UploadPlan } from "./journal";

/** What the options say. */
export interface PutChoice {
  plan: UploadPlan;
  /** True or false if the caller chose. */
  multipart: boolean | undefined;
  /** Bytes, 0 if the caller left it open. */
  partSize: number;
}

/** A text in JSON. The host's own JSON escapes each byte of a character beyond ASCII, which makes other characters of them. */
function quoted(text: string): string {
  const bytes = toUtf8(text);
  let json = '"';
  for (let i = 0; i < bytes.length; i++) {
    const char = JSON.stringify(bytes[i]);
    json += bytes.charCodeAt(i) < 127 ? char.substr(1, char.length - 2) : bytes[i];
  }
  return json + '"';
}

/** The header of the encryption context: names and texts as JSON in UTF-8, base64 (S3 API reference, PutObject). */
function contextHeader(context: { [name: string]: string }): Pair {
  const members: string[] = [];
  for (const name in context) members.push(quoted(name) + ":" + quoted(context[name]!));
  return [ENCRYPTION + "-context", base64("{" + members.join(",") + "}")];
}

/** Loaded for a call: what is in it costs nothing while nobody calls it. */
export function readPutOptions(options: any, settings: { [name: string]: any }): PutChoice | Failure {
  const ALNUM = "abcdefghijklmnopqrstuvwxyz0123456789";

  /** Each option with what it should be and an example. In here it takes memory only while it is read. */
  const OPTIONS: { [name: string]: string } = {
    payload: '"signed" or "unsigned"|"unsigned"',
    multipart: "true or false|true",
    partSize: "a number of bytes from 5242880 to 5368709120|8388608",
    contentType: 'a media type|"text/plain"',
    metadata: 'names and printable texts, 2048 bytes in all|{device:"board-17"}',
    storageClass: 'a storage class|"STANDARD_IA"',
    ifNoneMatch: '"*": only if there is no such object yet|"*"',
    ifMatch: 'the ETag that the object must have|"\\"5a3d...\\""',
    encryption: 'as s3.encryption: mode, keyId, context, bucketKey|{mode:"aws:kms",keyId:"alias/device-logs"}',
  };

  function printable(text: unknown): boolean {
    if (typeof text != "string" || text == "" || text.trim() != text) return false;
    for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) < 32 || text.charCodeAt(i) > 126) return false;
    return true;
  }

  function only(text: string, allowed: string): boolean {
    for (let i = 0; i < text.length; i++) if (allowed.indexOf(text[i]!) < 0) return false;
    return text != "";
  }

  function isMap(value: any): boolean {
    return !!value && typeof value == "object" && !(value instanceof Array);
  }

  function metadataFits(metadata: any): boolean {
    if (!isMap(metadata)) return false;
    let bytes = 0;
    const seen: string[] = [];
    for (const name in metadata) {
      const lower = name.toLowerCase();
      if (!only(lower, ALNUM + "-_.") || seen.indexOf(lower) >= 0 || !printable(metadata[name])) return false;
      seen.push(lower);
      bytes += name.length + metadata[name].length;
    }
    return bytes <= 2048;
  }

  function encryptionFits(value: any): boolean {
    if (!isMap(value)) return false;
    for (const name in value) if (["mode", "keyId", "context", "bucketKey"].indexOf(name) < 0) return false;
    const kms = value.mode == "aws:kms";
    if (!kms) return value.mode == "AES256" && value.keyId === undefined && value.context === undefined && value.bucketKey === undefined;
    for (const name in value.context) if (typeof value.context[name] != "string") return false;
    return (value.keyId === undefined || printable(value.keyId)) && (value.context === undefined || isMap(value.context))
      && (value.bucketKey === undefined || typeof value.bucketKey == "boolean");
  }

  function fits(name: string, value: any): boolean {
    switch (name) {
      case "payload":
        return value == "signed" || value == "unsigned";
      case "multipart":
        return typeof value == "boolean";
      case "partSize":
        return typeof value == "number" && value >= 5242880 && value <= 5368709120 && Math.floor(value) == value;
      case "metadata":
        return metadataFits(value);
      case "storageClass":
        return typeof value == "string" && only(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");
      case "ifNoneMatch":
        return value == "*";
      case "contentType":
        return printable(value) && value.indexOf("/") > 0;
      case "encryption":
        return encryptionFits(value);
    }
    return printable(value);
  }

  function found(value: any): string {
    const text = "" + JSON.stringify(value);
    return toUtf8(text.length > 60 ? text.substr(0, 60) + "..." : text);
  }

  if (options !== undefined && options !== null && !isMap(options)) return failure("argument", "The options are " + found(options) + ", should be an object", 'For example {contentType:"text/plain"}');
  const given: { [name: string]: any } = options || {};
  for (const name in given) {
    const line = OPTIONS[name];
    if (line === undefined) return failure("argument", "There is no option " + toUtf8(name), "Known options: " + Object.keys(OPTIONS).join(", "));
    if (given[name] === undefined) continue;
    const words = line.split("|");
    if (!fits(name, given[name])) return failure("argument", "Option " + name + " is " + found(given[name]) + ", should be " + words[0], "For example {" + name + ":" + words[1] + "}");
  }
  if (given["ifMatch"] && given["ifNoneMatch"]) return failure("argument", "Options ifMatch and ifNoneMatch exclude each other", "Take one of them away.");
  const encryption: EncryptionSettings | undefined = given["encryption"] || settings["encryption"];
  if (encryption && !encryptionFits(encryption)) return failure("settings", "s3.encryption is " + found(encryption) + ", should be mode, keyId, context (names and texts), bucketKey", 'For example device.configure({s3:{encryption:{mode:"aws:kms",keyId:"alias/device-logs"}}})');
  const headers: Pair[] = encryptionHeaders(encryption);
  if (encryption && encryption.context) headers.push(contextHeader(encryption.context));
  const conditions: Pair[] = [];
  if (given["contentType"]) headers.push(["content-type", given["contentType"]]);
  if (given["storageClass"]) headers.push(["x-amz-storage-class", given["storageClass"]]);
  for (const name in given["metadata"]) headers.push(["x-amz-meta-" + name.toLowerCase(), given["metadata"][name]]);
  if (given["ifNoneMatch"]) conditions.push(["if-none-match", "*"]);
  if (given["ifMatch"]) conditions.push(["if-match", given["ifMatch"]]);
  return {
    plan: { signed: (given["payload"] || settings["payload"] || "signed") != "unsigned", headers: headers, conditions: conditions },
    multipart: given["multipart"],
    partSize: given["partSize"] || 0,
  };
}
