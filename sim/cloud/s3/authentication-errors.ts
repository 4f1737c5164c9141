// What S3 answers when it does not accept who signed a request, or how (S3 API reference, "Authenticating requests").
import { S3Error } from "./errors";

const header = (problem: string, details = {}, headers = {}) =>
  new S3Error(400, "AuthorizationHeaderMalformed", `The authorization header is malformed; ${problem}`, details, headers);
const query = (message: string, details = {}, headers = {}) => new S3Error(400, "AuthorizationQueryParametersError", message, details, headers);
/** Whoever asks in a wrong region is told where the bucket is, also after a HEAD. */
const bucketRegion = (region: string | undefined) => (region === undefined ? {} : { "x-amz-bucket-region": region });
const authorization = (message: string, value: string) =>
  new S3Error(400, "InvalidArgument", message, { ArgumentName: "Authorization", ArgumentValue: value });

/** What S3 computed when a signature did not fit. */
export interface Mismatch {
  accessKeyId: string;
  stringToSign: string;
  signatureProvided: string;
  canonicalRequest: string;
}

export const refusedSignature = {
  mismatch: (m: Mismatch) =>
    new S3Error(403, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided. Check your key and signing method.", {
      AWSAccessKeyId: m.accessKeyId,
      StringToSign: m.stringToSign,
      SignatureProvided: m.signatureProvided,
      StringToSignBytes: bytes(m.stringToSign),
      CanonicalRequest: m.canonicalRequest,
      CanonicalRequestBytes: bytes(m.canonicalRequest),
    }),
  headersNotSigned: (names: string[]) =>
    new S3Error(403, "AccessDenied", "There were headers present in the request which were not signed", { HeadersNotSigned: names.join(", ") }),
  invalidAccessKeyId: (id: string) =>
    new S3Error(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", { AWSAccessKeyId: id }),
  invalidToken: (token: string) =>
    new S3Error(400, "InvalidToken", "The provided token is malformed or otherwise invalid.", { "Token-0": token }),
  expiredToken: (token: string) => new S3Error(400, "ExpiredToken", "The provided token has expired.", { "Token-0": token }),
  skewed: (requestTime: string, serverTime: string) =>
    new S3Error(403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large.", {
      RequestTime: requestTime,
      ServerTime: serverTime,
      MaxAllowedSkewMilliseconds: 900_000,
    }),
  missingDate: () => new S3Error(403, "AccessDenied", "AWS authentication requires a valid Date or x-amz-date header"),
  missingContentSha256: () => new S3Error(400, "InvalidRequest", "Missing required header for this request: x-amz-content-sha256"),
  invalidContentSha256: (value: string) =>
    new S3Error(400, "InvalidArgument", "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 value.", {
      ArgumentName: "x-amz-content-sha256",
      ArgumentValue: value,
    }),
  streamingNotExpected: () => new S3Error(400, "InvalidRequest", "The value of x-amz-content-sha256 header is invalid."),
};

/** The Authorization header cannot be read, or names the wrong place. */
export const malformedHeader = {
  noSpace: (value: string) => authorization("Authorization header is invalid -- one and only one ' ' (space) required", value),
  unsupportedType: (value: string) => authorization("Unsupported Authorization Type", value),
  twoMechanisms: (value: string) =>
    authorization("Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified", value),
  version2: () => new S3Error(400, "InvalidRequest", "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."),
  component: (text: string) => header(`the authorization component "${text}" is malformed.`),
  missing: (name: string) => header(`missing ${name}.`),
  threeComponents: () => header("the authorization header requires three components: Credential, SignedHeaders, and Signature."),
  credential: () => header('the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".'),
  dateFormat: (date: string) => header(`incorrect date format "${date}". This date in the credential must be in the format "yyyyMMdd".`),
  terminal: (text: string) => header(`incorrect terminal "${text}". This endpoint uses "aws4_request".`),
  service: (service: string) => header(`incorrect service "${service}". This endpoint belongs to "s3".`),
  region: (actual: string, expected: string, bucket?: string) =>
    header(`the region '${actual}' is wrong; expecting '${expected}'`, { Region: expected }, bucketRegion(bucket)),
  dateMismatch: () => header("Invalid credential date. Date is not the same as X-Amz-Date."),
};

const CREDENTIAL = "Error parsing the X-Amz-Credential parameter; ";

/** The parameters of a presigned URL cannot be read, name the wrong place, or are out of date. */
export const malformedQuery = {
  missing: () => query("Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters."),
  algorithm: () => query('X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"'),
  credential: () => query(CREDENTIAL + 'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".'),
  dateFormat: (date: string) => query(CREDENTIAL + `incorrect date format "${date}". This date in the credential must be in the format "yyyyMMdd".`),
  terminal: (text: string) => query(CREDENTIAL + `incorrect terminal "${text}". This endpoint uses "aws4_request".`),
  service: (service: string) => query(CREDENTIAL + `incorrect service "${service}". This endpoint belongs to "s3".`),
  region: (actual: string, expected: string, bucket?: string) =>
    query(CREDENTIAL + `the region '${actual}' is wrong; expecting '${expected}'`, { Region: expected }, bucketRegion(bucket)),
  dateMismatch: (credential: string, date: string) => query(`Invalid credential date "${credential}". This date is not the same as X-Amz-Date: "${date}".`),
  date: () => query(`X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'"`),
  expiresNumber: () => query("X-Amz-Expires should be a number"),
  expiresNegative: () => query("X-Amz-Expires must be non-negative"),
  expiresTooLarge: () => query("X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds"),
  notYetValid: () => new S3Error(403, "AccessDenied", "Request is not valid yet"),
  expired: (seconds: number, expires: string, serverTime: string) =>
    new S3Error(403, "AccessDenied", "Request has expired", { "X-Amz-Expires": seconds, Expires: expires, ServerTime: serverTime }),
};

function bytes(text: string): string {
  return Buffer.from(text).toString("hex").replace(/..(?=.)/g, "$& ");
}
