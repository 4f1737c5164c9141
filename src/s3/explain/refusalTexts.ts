// What each refusal of S3 means (S3 API reference, "Error responses", and what users met), as rows for explanation().

/** The rows by code, by bare status, and by names of our own for what one code can mean besides. */
export function refusalTexts(): string {
  return (
    ",InternalError,ServiceUnavailable,BadGateway,GatewayTimeout,500,502,503,504,|S3 or a proxy is in trouble; the request was right.|again|" +
    ",SlowDown,KMS.ThrottlingException,429,|Too many requests at once.|again|" +
    ",OperationAborted,ConditionalRequestConflict,|Another request was changing this object.|again|" +
    ",RequestTimeout,408,|S3 waited for bytes: a weak link, or Content-Length is too large.|again|" +
    ",IncompleteBody,|The body ended early: the link broke, or Content-Length is too large.|again|" +
    ",BadDigest,XAmzContentSHA256Mismatch,|The body sent is not the one hashed: damaged, changed, or other line ends.|again|" +
    ",RequestTimeTooSkewed,|The clock is $off:over 15 minutes off$.|device.syncTime()|" +
    ",RequestExpired,|The signed request expired $Expires:$; S3's clock: $ServerTime:later$.|Get a new URL, or if it should be valid: device.syncTime()|" +
    ",ExpiredToken,TokenRefreshRequired,|The session token has expired.|keys|" +
    ",InvalidToken,|The session token is cut, altered or of another key.|keys|" +
    ",InvalidAccessKeyId,|AWS does not know the key $accessKeyId:id$: mistyped or deleted.|keys|" +
    ",token,|A temporary key (ASIA...) came without session token.|Set credentials.sessionToken (sent as x-amz-security-token, signed).|" +
    ",SignatureDoesNotMatch,|S3 computed another signature.|device.why() compares what was signed.|" +
    ",AccessDenied,|No policy allows $action$, or s3.expectedOwner is wrong.|allow|" +
    ",read,|$key:The object$ is missing, or policy or ACL forbids it: S3 hides which without s3:ListBucket.|allow|" +
    ",403,|No reason came (HEAD has no body): key, signature, clock or policy.|device.get() of it gets the reason.|" +
    ",AccountProblem,AllAccessDisabled,|AWS has locked the account or object.|Ask AWS support.|" +
    ",InvalidObjectState,|The object is archived.|Restore it first.|" +
    ",PermanentRedirect,IllegalLocationConstraintException,301,|The bucket is in $Region:another region$, not $region:the one signed$.|device.configure({s3:{region:\"$Region:...$\"}})|" +
    ",TemporaryRedirect,307,|The new bucket is not known everywhere yet.|Try again in an hour, or send to $Endpoint:the host in Location$.|" +
    ",400,|No reason came; HEAD in a wrong region gives this.|Check s3.region.|" +
    ",AuthorizationQueryParametersError,|The signed URL is wrong.|Copy it whole; X-Amz-Expires is 1 to 604800.|" +
    ",algorithm,|Authorization begins with $found:something else$, not AWS4-HMAC-SHA256.|header|" +
    ",AuthorizationHeaderMalformed,|Authorization is wrong$found:$.|header|" +
    ",sha256,|x-amz-content-sha256 is missing, wrong or not signed.|Sign it: the body's hash, UNSIGNED-PAYLOAD or STREAMING-...|" +
    ",unsent,|$name$ is signed but was not sent.|Send every signed header.|" +
    ",unsigned,|$HeadersNotSigned$ was sent but not signed.|Sign every x-amz- header.|" +
    ",InvalidArgument,|$ArgumentName:A value$ is wrong.|said|" +
    ",InvalidRequest,|A header is missing, or two do not go together.|said|" +
    ",MissingSecurityHeader,|Authorization, x-amz-date or x-amz-content-sha256 is missing.|said|" +
    ",MissingContentLength,411,|Content-Length is missing, with chunks x-amz-decoded-content-length.|said|" +
    ",InvalidDigest,|Content-MD5 is not the base64 of an MD5.|said|" +
    ",EntityTooLarge,|Over 5 GiB at once.|Send it in parts.|" +
    ",EntityTooSmall,|Part $PartNumber:$ has $ProposedSize:few$ bytes; only the last may be under 5 MiB.|Start anew with larger parts.|" +
    ",InvalidPart,|S3 does not hold part $PartNumber:$ with this ETag.|device.resume()|" +
    ",InvalidPartOrder,|The parts are not sorted.|said|" +
    ",NoSuchUpload,|The upload is complete, aborted or expired.|head|" +
    ",MalformedXML,|The list of parts is wrong.|said|" +
    ",MalformedTrailerError,|The trailer is wrong or not in x-amz-trailer.|said|" +
    ",InvalidChunkSizeError,|Chunk $Chunk:$ has $BadChunkSize:few$ bytes; only the last may be under 8192.|said|" +
    ",NoSuchKey,NoSuchVersion,|There is no $key:such object$.|Keys are case sensitive; s3.prefix belongs to them.|" +
    ",404,|There is no $key:such object$ or no bucket $bucket:so called$.|device.list() tells.|" +
    ",NoSuchBucket,|There is no bucket $bucket:so called$.|Check s3.bucket, s3.endpoint.|" +
    ",InvalidBucketName,|$bucket:This$ cannot name a bucket.|3 to 63 of a-z, 0-9, - and . (no _); older names: style \"path\"|" +
    ",KeyTooLongError,|The key is over 1024 bytes (UTF-8).|Shorten it.|" +
    ",InvalidRange,416,|The range begins after the end ($ActualObjectSize:fewer$ bytes): all is there, or the object shrank.|Begin anew.|" +
    ",PreconditionFailed,412,|The object was changed.|Begin anew.|" +
    ",exists,|The object exists, or is not the version in If-Match.|Use another key or no condition.|" +
    ",NotModified,304,|The object has not changed.|Nothing to do.|" +
    ",MethodNotAllowed,405,|$method:This method$ is not allowed here.|said|" +
    ",NotImplemented,501,|S3 does not know $Header:a header$; chunks need Content-Encoding: aws-chunked.|said|" +
    ",KMS.,|The KMS key is disabled, deleted, unknown or forbidden.|Check s3.encryption.keyId; device.aliases()|" +
    ",200,|The answer broke off; the result is unknown.|head|" +
    ",unknown,|This reason is not known here.|said|" +
    ",said,|Correct what S3's message says.|" +
    ",again,|Try again in a minute.|" +
    ",head,|device.head(key) tells; if it is not there, put it again.|" +
    ",allow,|Allow $action$ on arn:aws:s3:::$bucket:BUCKET$/*; check the key's spelling, and the KMS key's policy.|" +
    ",header,|AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/s3/aws4_request, SignedHeaders=..., Signature=...|" +
    ",keys,|device.configure({credentials:{...}}): copy key, secret and token together.|"
  );
}
