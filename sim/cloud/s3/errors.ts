// S3's refusals: status, code, text and the extra elements of the body (S3 API reference, "Error responses").
// Texts not in the reference are from public reports of the service's own answers.

/** A refusal; thrown anywhere while a request is worked on and turned into the answer by the server. */
export class S3Error extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** Elements of the body after Code and Message, in order. */
    readonly details: Record<string, string | number> = {},
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
  }
}

const invalidRequest = (message: string) => new S3Error(400, "InvalidRequest", message);
const badDigest = (message: string, details = {}) => new S3Error(400, "BadDigest", message, details);

export const refusal = {
  // Requests
  accessDenied: (message = "Access Denied") => new S3Error(403, "AccessDenied", message),
  internalError: (message = "We encountered an internal error. Please try again.") => new S3Error(500, "InternalError", message),
  invalidArgument: (message: string, name: string, value: string) =>
    new S3Error(400, "InvalidArgument", message, { ArgumentName: name, ArgumentValue: value }),
  invalidRequest,
  invalidUri: (uri: string) => new S3Error(400, "InvalidURI", "Couldn't parse the specified URI.", { URI: uri }),
  methodNotAllowed: (method: string, type: string) =>
    new S3Error(405, "MethodNotAllowed", "The specified method is not allowed against this resource.", { Method: method, ResourceType: type }),
  notImplemented: (header: string) =>
    new S3Error(501, "NotImplemented", "A header you provided implies functionality that is not implemented", { Header: header }),
  requestTimeout: () =>
    new S3Error(400, "RequestTimeout", "Your socket connection to the server was not read from or written to within the timeout period. Idle connections will be closed."),

  // Buckets and objects
  noSuchBucket: (bucket: string) => new S3Error(404, "NoSuchBucket", "The specified bucket does not exist", { BucketName: bucket }),
  invalidBucketName: (bucket: string) => new S3Error(400, "InvalidBucketName", "The specified bucket is not valid.", { BucketName: bucket }),
  bucketAlreadyOwnedByYou: (bucket: string) =>
    new S3Error(409, "BucketAlreadyOwnedByYou", "Your previous request to create the named bucket succeeded and you already own it.", { BucketName: bucket }),
  noSuchKey: (key: string) => new S3Error(404, "NoSuchKey", "The specified key does not exist.", { Key: key }),
  invalidBucketOwner: () =>
    new S3Error(400, "InvalidBucketOwnerAWSAccountID", "The value of the expected bucket owner parameter must be an AWS account ID"),
  permanentRedirect: (endpoint: string, bucket: string, region: string) =>
    new S3Error(301, "PermanentRedirect", "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.", { Endpoint: endpoint, Bucket: bucket }, { "x-amz-bucket-region": region }),
  temporaryRedirect: (endpoint: string, bucket: string, location: string) =>
    new S3Error(307, "TemporaryRedirect", "Please re-send this request to the specified temporary endpoint. Continue to use the original request endpoint for future requests.", { Endpoint: endpoint, Bucket: bucket }, { Location: location }),
  aclNotSupported: () => new S3Error(400, "AccessControlListNotSupported", "The bucket does not allow ACLs"),
  invalidStorageClass: (name: string) =>
    new S3Error(400, "InvalidStorageClass", "The storage class you specified is not valid", { StorageClassRequested: name }),
  invalidObjectState: (storageClass: string) =>
    new S3Error(403, "InvalidObjectState", "The operation is not valid for the object's storage class", { StorageClass: storageClass }),
  metadataTooLarge: (size: number, most: number) =>
    new S3Error(400, "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size", { Size: size, MaxSizeAllowed: most }),
  keyTooLong: (size: number) => new S3Error(400, "KeyTooLongError", "Your key is too long", { Size: size, MaxSizeAllowed: 1024 }),
  preconditionFailed: (condition: string) =>
    new S3Error(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold", { Condition: condition }),
  conditionalConflict: (key: string) =>
    new S3Error(409, "ConditionalRequestConflict", "The conditional request cannot succeed due to a conflicting operation against this resource.", { Key: key }),
  invalidPartNumber: (asked: number, count: number) =>
    new S3Error(416, "InvalidPartNumber", "The requested partnumber is not satisfiable", { PartNumberRequested: asked, ActualPartCount: count }),
  kms: (code: string, message: string) => new S3Error(400, "KMS." + code, message),
  invalidRange: (range: string, size: number) =>
    new S3Error(416, "InvalidRange", "The requested range is not satisfiable", { RangeRequested: range, ActualObjectSize: size }),

  // Multipart uploads
  checksumMismatch: (expected: string | undefined, actual: string | undefined) =>
    invalidRequest(`Checksum Type mismatch occurred, expected checksum Type: ${expected?.toLowerCase() ?? "null"}, actual checksum Type: ${actual?.toLowerCase() ?? "null"}`),
  checksumMode: (type: string) =>
    invalidRequest(`The upload was created using the ${type} checksum mode. The complete request must use the same checksum mode.`),
  checksumMissing: (algorithm: string, partNumber: number) =>
    invalidRequest(`The upload was created using a ${algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${partNumber} in the request.`),
  noSuchUpload: (uploadId: string) =>
    new S3Error(404, "NoSuchUpload", "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.", { UploadId: uploadId }),
  invalidPart: (uploadId: string, partNumber: number, etag: string) =>
    new S3Error(400, "InvalidPart", "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.", { UploadId: uploadId, PartNumber: partNumber, ETag: etag }),
  invalidPartOrder: (uploadId: string) =>
    new S3Error(400, "InvalidPartOrder", "The list of parts was not in ascending order. Parts must be ordered by part number.", { UploadId: uploadId }),
  entityTooSmall: (size: number, least: number, partNumber: number, etag: string) =>
    new S3Error(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", { ProposedSize: size, MinSizeAllowed: least, PartNumber: partNumber, ETag: etag }),
  malformedXml: () => new S3Error(400, "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema"),

  // Bodies
  missingContentLength: () => new S3Error(411, "MissingContentLength", "You must provide the Content-Length HTTP header."),
  entityTooLarge: (size: number, most: number) =>
    new S3Error(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", { ProposedSize: size, MaxSizeAllowed: most }),
  bodyEndedEarly: () => new S3Error(400, "IncompleteBody", "The request body terminated unexpectedly"),
  wrongLength: (expected: number, provided: number) =>
    new S3Error(400, "IncompleteBody", "You did not provide the number of bytes specified by the Content-Length HTTP header", { NumberBytesExpected: expected, NumberBytesProvided: provided }),
  contentSha256Mismatch: (client: string, computed: string) =>
    new S3Error(400, "XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.", { ClientComputedContentSHA256: client, S3ComputedContentSHA256: computed }),
  invalidDigest: (value: string) => new S3Error(400, "InvalidDigest", "The Content-MD5 you specified was invalid.", { "Content-MD5": value }),
  badMd5: (expected: string, calculated: string) =>
    badDigest("The Content-MD5 you specified did not match what we received.", { ExpectedDigest: expected, CalculatedDigest: calculated }),
  badChecksum: (algorithm: string) => badDigest(`The ${algorithm} you specified did not match the calculated checksum.`),
  invalidChecksumHeader: (header: string, trailing: boolean) =>
    invalidRequest(`Value for ${header} ${trailing ? "trailing " : ""}header is invalid.`),
  invalidChunkSize: (chunk: number, size: number) =>
    new S3Error(403, "InvalidChunkSizeError", "Only the last chunk is allowed to have a size less than 8192 bytes", { Chunk: chunk, BadChunkSize: size }),
  malformedTrailer: () =>
    new S3Error(400, "MalformedTrailerError", "The request contained trailing data that was not well-formed or did not conform to our published schema."),
};
