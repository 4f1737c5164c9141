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
  endpoint: Endpoint;
}

/** How the host name addresses S3. */
export interface Endpoint {
  /** The host name without the bucket, with its port. */
  host: string;
  /** The region in the host name; `undefined` if it names none. */
  region: string | undefined;
  /** Whether the bucket stands in the host name (virtual-host style) or in the path. */
  virtualHost: boolean;
}

/**
 * Reads a request's head. Fails with InvalidURI, InvalidBucketName, KeyTooLongError.
 * @param hosts other host names this server goes by, where the bucket stands in the path
 */
export function readRequest(message: IncomingMessage, hosts: string[]): S3Request {
  const target = asText(message.url ?? "/");
  const [, rawPath = "/", rawQuery = ""] = /^([^?]*)\??([^]*)$/.exec(target) ?? [];
  const headers = joinHeaders(message.rawHeaders);
  const path = decodePath(rawPath);
  const { bucket, key, endpoint } = locate(headers["host"] ?? "", path, hosts);
  if (bucket !== undefined && !isBucketName(bucket)) throw refusal.invalidBucketName(bucket);
  if (key !== undefined && Buffer.byteLength(key) > 1024) throw refusal.keyTooLong(Buffer.byteLength(key));
  return { method: message.method ?? "GET", target, path, query: readQuery(rawQuery), headers, bucket, key, endpoint };
}

/** The one value of a query parameter; `undefined` if absent. Of several the first counts. */
export function parameter(request: S3Request, name: string): string | undefined {
  const value = request.query[name];
  return Array.isArray(value) ? value[0] : value;
}

const MOST_PARTS = 10_000;

/** Fails with InvalidArgument. */
export function partNumberOf(request: S3Request): number {
  const text = parameter(request, "partNumber") ?? "";
  if (!/^\d{1,5}$/.test(text) || Number(text) < 1 || Number(text) > MOST_PARTS) {
    throw refusal.invalidArgument("Part number must be an integer between 1 and 10000, inclusive", "partNumber", text);
  }
  return Number(text);
}

/** A count or marker in the query. Fails with InvalidArgument. */
export function numberOf(request: S3Request, name: string, absent: number): number {
  const text = parameter(request, name) ?? String(absent);
  if (!/^\d{1,9}$/.test(text)) throw refusal.invalidArgument(`Provided ${name} not an integer or within integer range`, name, text);
  return Number(text);
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

/** An endpoint that names its region, in the new, the dual-stack and the old form; here also under localhost. */
const REGIONAL = /^(?:(.+)\.)?(s3[.-](?:dualstack\.)?([a-z]{2}(?:-[a-z]+)+-\d)\.(?:amazonaws\.com(?:\.cn)?|localhost))$/;
/** Endpoints that name none. */
const GLOBAL = ["s3.localhost", "localhost", "s3.amazonaws.com"];

type Located = Pick<S3Request, "bucket" | "key" | "endpoint">;

/** Bucket and key, from the host name (virtual-host style) or from the path. */
function locate(hostHeader: string, path: string, hosts: string[]): Located {
  const port = /:\d*$/.exec(hostHeader)?.[0] ?? "";
  const host = hostHeader.slice(0, hostHeader.length - port.length).replace(/^\[(.*)\]$/, "$1").toLowerCase();
  const inPath = (name: string, region?: string): Located => {
    const [, bucket = "", key = ""] = /^\/([^/]*)\/?([^]*)$/.exec(path) ?? [];
    return { bucket: bucket || undefined, key: key || undefined, endpoint: { host: name + port, region, virtualHost: false } };
  };
  const inHost = (bucket: string, name: string, region?: string): Located => ({ bucket, key: path.slice(1) || undefined, endpoint: { host: name + port, region, virtualHost: true } });
  const [, prefix, endpoint, region] = REGIONAL.exec(host) ?? [];
  if (endpoint !== undefined) return prefix === undefined ? inPath(endpoint, region) : inHost(prefix, endpoint, region);
  const names = [...GLOBAL, ...hosts];
  if (!host.includes(".") || isIP(host) !== 0 || names.includes(host)) return inPath(host);
  // A bucket's name may hold dots, so the endpoint is cut off its end; an unknown host has the bucket as first label.
  const name = names.find((one) => host.endsWith("." + one)) ?? host.slice(host.indexOf(".") + 1);
  return inHost(host.slice(0, -name.length - 1), name);
}
