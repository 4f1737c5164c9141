// Where a bucket is: host to connect to, Host header and path (S3 user guide, "Methods for accessing a bucket").
import type { Bytes } from "../bytes/bytes";
import { percentEncode } from "../bytes/percent";
import { toUtf8 } from "../bytes/utf8";

/** The part of the settings that names a bucket. */
export interface BucketSettings {
  bucket: string;
  region: string;
  endpoint?: { host: string; port?: number; style?: "virtual" | "path" };
}

export interface BucketAddress {
  /** What is connected to. */
  host: string;
  port: number;
  /** What is sent and signed as Host: with the port if it is not 443. */
  hostHeader: string;
  /** What stands before the key in a path: "/" or "/bucket/". */
  root: string;
}

/**
 * The address of a bucket. On AWS the bucket is part of the host name (virtual-host style), except where it holds a dot,
 * which the certificate *.s3.REGION.amazonaws.com does not cover. An endpoint of one's own is path style unless it says otherwise.
 */
export function bucketAddress(settings: BucketSettings): BucketAddress {
  const own = settings.endpoint;
  const region = settings.region;
  const base = own ? own.host : "s3." + region + ".amazonaws.com" + (region.startsWith("cn-") ? ".cn" : "");
  const virtual = own ? own.style == "virtual" : settings.bucket.indexOf(".") < 0;
  const host = virtual ? settings.bucket + "." + base : base;
  const port = (own && own.port) || 443;
  return { host: host, port: port, hostHeader: port == 443 ? host : host + ":" + port, root: virtual ? "/" : "/" + settings.bucket + "/" };
}

/** The path of a key on the request line: every byte percent-encoded once, "/" kept, never normalised (S3 signs it as it is). */
export function keyPath(address: BucketAddress, key: Bytes): string {
  return address.root + percentEncode(toUtf8(key), true);
}
