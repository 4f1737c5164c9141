// The short next step for the refusals that users meet most (S3 API reference, "Error responses"). The module explain knows all of them,
// and the values; this is what stands where it is not in flash, and where nothing is left of the request.

/** The next step for an error code, or for a bare status where S3 sent none (HEAD, proxies). */
export function refusalHint(code: string, status: number): string {
  switch (code) {
    case "SignatureDoesNotMatch":
      return "Is credentials.secretAccessKey copied whole?";
    case "InvalidAccessKeyId":
      return "Check credentials.accessKeyId.";
    case "AccessDenied":
      return "Does the key's policy allow this? Is the key right?";
    case "RequestTimeTooSkewed":
      return "device.syncTime()";
    case "ExpiredToken":
    case "InvalidToken":
      return "The session token is expired or of another key.";
    case "NoSuchBucket":
      return "Check s3.bucket.";
    case "NoSuchKey":
      return "Keys are case sensitive, s3.prefix belongs to them.";
  }
  return status < 500 ? "Look up S3's code; device.why() tells more." : "Try again later.";
}
