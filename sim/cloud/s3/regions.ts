// A bucket lives in one region; what answers a request that was sent or signed for another one (S3 User Guide, "Request
// redirection and the REST API").
import { refusal } from "./errors";
import type { S3Request } from "./request";
import type { Bucket } from "./store";

/**
 * The region a request must be signed for: that of its endpoint. A host name with a region in it is that region's
 * endpoint; an address or localhost is the home region's. Where the bucket stands before a name without a region, as in
 * bucket.s3.amazonaws.com, the name leads to the bucket's own region. One thing is easier than with AWS: under an
 * address, which cannot lead elsewhere, a bucket's own region is right as well, so that a client can follow a redirect.
 * @param claimed the region the request is signed for
 */
export function signingRegion({ endpoint }: S3Request, bucket: Bucket | undefined, home: string, claimed: string): string {
  if (endpoint.region !== undefined) return endpoint.region;
  if (bucket !== undefined && (endpoint.virtualHost || claimed === bucket.region)) return bucket.region;
  return home;
}

/** Fails with PermanentRedirect if the bucket is not where the request was sent. */
export function checkBucketRegion({ endpoint, bucket: name = "" }: S3Request, bucket: Bucket | undefined, region: string): void {
  if (bucket === undefined || bucket.region === region) return;
  const domain = /amazonaws\.com(\.cn)?/.exec(endpoint.host)?.[0] ?? "localhost";
  const port = /:\d+$/.exec(endpoint.host)?.[0] ?? "";
  throw refusal.permanentRedirect(`${endpoint.virtualHost ? name + "." : ""}s3.${bucket.region}.${domain}${port}`, name, bucket.region);
}
