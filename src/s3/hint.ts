// What to do about each refusal of S3: one line a code (S3 API reference, "Error responses"; the codes users really meet).

/** The next step for an error code, or for a bare status where S3 sent none (HEAD, proxies). */
export function refusalHint(code: string, status: number): string {
  switch (code) {
    case "SignatureDoesNotMatch":
      return "Is credentials.secretAccessKey copied whole, without spaces or a line end?";
    case "InvalidAccessKeyId":
      return "credentials.accessKeyId is mistyped or deleted, or a temporary key (ASIA...) lacks its session token.";
    case "AccessDenied":
    case "AllAccessDisabled":
    case "AccountProblem":
      return "Does the key's policy allow this on arn:aws:s3:::BUCKET/*? Without s3:ListBucket a missing object looks like this too.";
    case "RequestTimeTooSkewed":
    case "RequestExpired":
      return "The board's clock is more than 15 minutes off: device.syncTime()";
    case "ExpiredToken":
    case "InvalidToken":
    case "TokenRefreshRequired":
      return "The session token is expired or belongs to another key: device.configure({credentials:{...}}) with fresh ones.";
    case "AuthorizationHeaderMalformed":
    case "PermanentRedirect":
    case "IllegalLocationConstraintException":
      return "The bucket is in another region: device.configure({s3:{region:\"...\"}})";
    case "TemporaryRedirect":
      return "A new bucket is not known everywhere yet: try again in an hour.";
    case "NoSuchBucket":
    case "InvalidBucketName":
      return "Check s3.bucket and s3.region.";
    case "NoSuchKey":
      return "Keys are case sensitive and given whole, s3.prefix included.";
    case "KeyTooLongError":
      return "A key has at most 1,024 bytes.";
    case "InternalError":
    case "ServiceUnavailable":
    case "SlowDown":
    case "RequestTimeout":
    case "OperationAborted":
    case "ConditionalRequestConflict":
    case "BadDigest":
      return "S3 is busy, or the way was bad: try again.";
    case "InvalidObjectState":
      return "The object is archived: restore it first.";
  }
  if (code.startsWith("KMS.")) return "Check s3.encryption.keyId: enabled, in the bucket's region, allowed for this role?";
  if (code == "" && status >= 500) return "S3 or a proxy is in trouble: try again later.";
  if (code == "" && status == 403) return "No reason came with it: check keys, clock and policy.";
  if (code == "" && status == 404) return "Check the key and s3.bucket.";
  if (status >= 300 && status < 400) return "The server points elsewhere: check s3.region and s3.endpoint.";
  return "device.why() shows all that the server said.";
}
