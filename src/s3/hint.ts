// What to do about each refusal of S3: one line a code (S3 API reference, "Error responses"; the codes users really meet).

/** The next step for an error code, or for a bare status where S3 sent none (HEAD, proxies). */
export function refusalHint(code: string, status: number): string {
  switch (code) {
    case "SignatureDoesNotMatch":
      return "Is credentials.secretAccessKey copied whole, without spaces or a line end? device.why() shows what S3 signed.";
    case "InvalidAccessKeyId":
      return "credentials.accessKeyId is not known to AWS: mistyped, deleted, or a temporary key (ASIA...) without its session token.";
    case "AccessDenied":
    case "AllAccessDisabled":
    case "AccountProblem":
      return "Does the policy of this key allow s3:PutObject and s3:GetObject on arn:aws:s3:::BUCKET/*? Without s3:ListBucket a missing object looks like this too.";
    case "RequestTimeTooSkewed":
    case "RequestExpired":
      return "The board's clock is more than 15 minutes off: device.syncTime()";
    case "ExpiredToken":
    case "InvalidToken":
    case "TokenRefreshRequired":
      return "The session token is expired or does not belong to this access key: device.configure({credentials:{...}}) with fresh ones.";
    case "AuthorizationHeaderMalformed":
    case "PermanentRedirect":
    case "IllegalLocationConstraintException":
      return "The bucket is in another region: device.configure({s3:{region:\"...\"}})";
    case "TemporaryRedirect":
      return "A new bucket is not known everywhere yet: try again in an hour, or name its region's endpoint.";
    case "NoSuchBucket":
    case "InvalidBucketName":
      return "Check s3.bucket and s3.region; underscores and capitals are not allowed in a bucket name.";
    case "NoSuchKey":
      return "There is no such object. Keys are case sensitive and given whole, s3.prefix included.";
    case "KeyTooLongError":
      return "A key has at most 1,024 bytes, the prefix included.";
    case "InternalError":
    case "ServiceUnavailable":
    case "SlowDown":
    case "RequestTimeout":
    case "OperationAborted":
    case "ConditionalRequestConflict":
    case "BadDigest":
      return "S3 is busy or the data was damaged on the way: try again.";
    case "InvalidObjectState":
      return "The object is archived (Glacier): it must be restored before it can be read.";
  }
  if (code.startsWith("KMS.")) return "Check s3.encryption.keyId: the key must be enabled, in the bucket's region, and allowed for this role.";
  if (code == "" && status >= 500) return "S3 or a proxy is in trouble: try again later.";
  if (code == "" && status == 403) return "No reason came with it. Check keys, clock and policy; a missing object looks like this without s3:ListBucket.";
  if (code == "" && status == 404) return "There is no such object or bucket: check the key, s3.prefix and s3.bucket.";
  if (status >= 300 && status < 400) return "Check s3.region and s3.endpoint: the server points elsewhere.";
  return "device.why() shows all that the server said.";
}
