// The head of a request as S3 sees it: address, key, query, headers (S3 User Guide, "Virtual hosting of buckets").
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { parse as parseQuery } from "node:querystring";
import { refusal } from "./errors";

/** The parts of a request that are signed or that choose the operation. */
export interface S3Request {
  method: string;
  /** Method and target as sent. */
  target: string;
  /** The decoded path, "/" first. */
  path: string;
  /** Decoded; a name that came more than once has a list, one without "=" has "". */
  query: Record<string, string | string[]>;
  /** By lower-case name; several of one name joined by a comma. */
  headers: Record<string, string>;
  bucket: string | undefined;
  key: string | undefined;
}

export interface Addressing {
  region: string;
  /** Other host names this server goes by, where the bucket stands in the path. */
  hosts: string[];
}

/** Reads a request's head. Fails with InvalidURI, InvalidBucketName, KeyTooLongError. */
export function readRequest(message: IncomingMessage, addressing: Addressing): S3Request {
  const target = asText(message.url ?? "/");
  const [, rawPath = "/", rawQuery = ""] = /^([^?]*)\??([^]*)$/.exec(target) ?? [];
  const headers = joinHeaders(message.rawHeaders);
  const path = decodePath(rawPath);
  const { bucket, key } = locate(headers["host"] ?? "", path, addressing);
  if (bucket !== undefined && !isBucketName(bucket)) throw refusal.invalidBucketName(bucket);
  if (key !== undefined && Buffer.byteLength(key) > 1024) throw refusal.keyTooLong(Buffer.byteLength(key));
  return { method: message.method ?? "GET", target, path, query: readQuery(rawQuery), headers, bucket, key };
}

/** The one value of a query parameter; `undefined` if absent. Of several the first counts. */
export function parameter(request: S3Request, name: string): string | undefined {
  const value = request.query[name];
  return Array.isArray(value) ? value[0] : value;
}

/** 3 to 63 of a-z 0-9 . -, ends in a letter or digit, is no IP address (S3 User Guide, "Bucket naming rules"). */
export function isBucketName(name: string): boolean {
  return /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !name.includes("..") && isIP(name) === 0;
}

/** Node hands out a head's bytes as latin1; S3 reads them as UTF-8. */
function asText(latin1: string): string {
  return Buffer.from(latin1, "latin1").toString("utf8");
}

function decodePath(raw: string): string {
  try {
    // S3 takes "+" in a path for a space, so a plus in a key has to come as %2B.
    return decodeURIComponent(raw.replace(/\+/g, "%20"));
  } catch {
    throw refusal.invalidUri(raw);
  }
}

function readQuery(raw: string): Record<string, string | string[]> {
  const read = parseQuery(raw, "&", "=", { maxKeys: 0 });
  delete read[""];
  return Object.fromEntries(Object.entries(read).map(([name, value]) => [name, value ?? ""]));
}

function joinHeaders(raw: string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase();
    const value = asText(raw[i + 1]!);
    headers[name] = headers[name] === undefined ? value : `${headers[name]},${value}`;
  }
  return headers;
}

/** Bucket and key, from the host name (virtual-host style) or from the path. */
function locate(hostHeader: string, path: string, addressing: Addressing): { bucket: string | undefined; key: string | undefined } {
  const host = hostHeader.replace(/:\d*$/, "").replace(/^\[(.*)\]$/, "$1").toLowerCase();
  const endpoints = ["s3.localhost", "localhost", `s3.${addressing.region}.amazonaws.com`, "s3.amazonaws.com", ...addressing.hosts];
  if (host === "" || isIP(host) !== 0 || endpoints.includes(host)) {
    const [, bucket = "", key = ""] = /^\/([^/]*)\/?([^]*)$/.exec(path) ?? [];
    return { bucket: bucket || undefined, key: key || undefined };
  }
  // A bucket's name may hold dots, so the endpoint is cut off its end; an unknown host has the bucket as first label.
  const endpoint = endpoints.find((one) => host.endsWith("." + one));
  const bucket = endpoint === undefined ? host.split(".")[0] : host.slice(0, -endpoint.length - 1);
  return { bucket, key: path.slice(1) || undefined };
}
