// What each refusal of S3 means (S3 API reference, "Error responses", and what users met), as rows for explanation().

/** The rows by code, by bare status, and by names of our own. A code without a row is one of how the request is built. */
export function refusalTexts(): string {
  return (
    ",InternalError,ServiceUnavailable,BadGateway,GatewayTimeout,SlowDown,OperationAborted,ConditionalRequestConflict,KMS.ThrottlingException,429,500,502,503,504,|S3 is busy or in trouble, the request was right.|again|" +
    ",RequestTimeout,IncompleteBody,408,|The body came too slowly or not whole: a weak link, or a wrong Content-Length.|again|" +
    ",BadDigest,XAmzContentSHA256Mismatch,InvalidDigest,|The body is not the one hashed: damaged, changed, other line ends.|again|" +
    ",RequestTimeTooSkewed,|The clock is $off:over 15 minutes off$.|device.syncTime()|" +
    ",RequestExpired,|What was signed has expired$expired$.|Get a new URL, or if it should be valid: device.syncTime()|" +
    ",ExpiredToken,TokenRefreshRequired,InvalidToken,|The session token is expired, cut, or of another key.|keys|" +
    ",fetched,|AWS does not take the key that AWS IoT gave: it has expired, or the clock is wrong.|Try again: a new one is fetched. If it stays: device.syncTime()|" +
    ",InvalidAccessKeyId,|AWS does not know key $AWSAccessKeyId:id$: mistyped or deleted.|keys|" +
    ",token,|A temporary key (ASIA...) came without session token.|Set credentials.sessionToken.|" +
    ",SignatureDoesNotMatch,|S3 computed another signature.|device.why() compares what was signed.|" +
    ",AccessDenied,|No policy allows $action$$owner$.|allow|" +
    ",because,|$who:This key$ may not: $because$.|allow|" +
    ",denied,|A policy denies $action$: $because$.|Take the denial out of that policy: another that allows it does not help.|" +
    ",read,|$key:The object$ is missing, or policy or ACL forbids it$owner$: S3 hides which without s3:ListBucket.|allow|" +
    ",403,|No reason came (HEAD has no body): key, signature, clock or policy.|device.get() gets the reason.|" +
    ",AccountProblem,AllAccessDisabled,|AWS has locked the account or object.|Ask AWS support.|" +
    ",InvalidObjectState,|The object is archived.|Restore it in the S3 console first; that may take hours.|" +
    ",PermanentRedirect,IllegalLocationConstraintException,301,|The region is $Region:another$, not $region:the one signed$.|device.configure({s3:{region:\"$Region:...$\"}})|" +
    ",address,|S3 does not serve the bucket at this address.|Check s3.endpoint and s3.region; S3 says: $Endpoint:another$.|" +
    ",TemporaryRedirect,307,|The new bucket is not known everywhere yet.|Try again in an hour, or send to $Endpoint:Location$.|" +
    ",400,|No reason came; HEAD in a wrong region gives this.|Check s3.region.|" +
    ",AuthorizationHeaderMalformed,|Authorization is wrong$found:$.|AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/s3/aws4_request, SignedHeaders=..., Signature=...|" +
    ",sha256,|x-amz-content-sha256 is missing or wrong.|Sign it: the body's hash, UNSIGNED-PAYLOAD or STREAMING-...|" +
    ",unsigned,|$HeadersNotSigned$ was sent but not signed.|Sign every x-amz- header.|" +
    ",EntityTooLarge,EntityTooSmall,InvalidChunkSizeError,|A size is wrong. Parts: 5 MiB to 5 GiB; chunks: 8192 bytes or more; only the last may be less.|said|" +
    ",InvalidPart,|S3 does not hold part $PartNumber:$ as listed.|device.resume()|" +
    ",NoSuchUpload,|The upload is complete, aborted or expired.|head|" +
    ",NoSuchKey,NoSuchVersion,404,|There is no $key:such object$ in $bucket:the bucket$.|Check both; keys are case sensitive, s3.prefix belongs to them.|" +
    ",NoSuchBucket,|There is no bucket $bucket:so called$.|Check s3.bucket, s3.endpoint.|" +
    ",InvalidBucketName,|$bucket:This$ cannot name a bucket.|3 to 63 of a-z, 0-9, - and . (no _); older names: style \"path\"|" +
    ",KeyTooLongError,|The key is over 1024 bytes (UTF-8).|Shorten it.|" +
    ",InvalidRange,416,|The range begins after the end: all is there, or the object shrank.|Ask for less, or for the whole object.|" +
    ",PreconditionFailed,412,|The object was changed, or exists already.|Begin anew; for put: another key, or no ifMatch, ifNoneMatch.|" +
    ",NotModified,304,|The object has not changed.|Nothing to do.|" +
    ",NotImplemented,|S3 does not know $Header:a header$; chunks need Content-Encoding: aws-chunked.|said|" +
    ",KMS.,|The KMS key is disabled, deleted, unknown or forbidden.|Check s3.encryption.keyId; device.aliases()|" +
    ",200,|The answer broke off; the result is unknown.|head|" +
    ",built,|S3 does not take the request as it is built$ArgumentName:$.|said|" +
    ",said,|Correct what S3's message says.|" +
    ",again,|Try again in a minute.|" +
    ",head,|device.head(key) tells; not there: put it again.|" +
    ",allow,|Allow $action$ on $resource$; check the key's spelling, and KMS rights.|" +
    ",keys,|device.configure({credentials:{...}}): accessKeyId, secretAccessKey and token together.|"
  );
}
