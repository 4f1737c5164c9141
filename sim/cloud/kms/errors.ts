// KMS's refusals in JSON (AWS KMS API reference, "Common errors" and ListAliases; IAM User Guide, "Troubleshoot
// Signature Version 4 requests"). Texts not in the reference are from public reports of the service's own answers.

/** A refusal; becomes {"__type": code, "message": ...}. */
export class KmsError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = STATUS[code] ?? 400,
  ) {
    super(message);
  }
}

const STATUS: Record<string, number> = {
  DependencyTimeoutException: 503,
  KMSInternalException: 500,
  InternalFailure: 500,
  ServiceUnavailable: 503,
};

/** Codes whose text AWS puts under "Message", with a capital. */
export const CAPITAL_MESSAGE = ["AccessDeniedException", "SerializationException"];

export const kmsRefusal = {
  missingAuthentication: () => new KmsError("MissingAuthenticationTokenException", "Missing Authentication Token"),
  incomplete: (missing: string[], value: string) =>
    new KmsError("IncompleteSignatureException", missing.map((name) => `Authorization header requires '${name}' parameter. `).join("") + `Authorization=${value}`),
  unknownAlgorithm: (value: string) => new KmsError("IncompleteSignatureException", `Unsupported AWS 'algorithm': '${value}'`),
  malformedCredential: (value: string) => new KmsError("IncompleteSignatureException", `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${value}'`),
  missingDate: () => new KmsError("IncompleteSignatureException", "Date must be in ISO-8601 'basic format'. Got ''. See http://en.wikipedia.org/wiki/ISO_8601"),
  notSigned: (header: string) => new KmsError("InvalidSignatureException", `${header} must be a 'SignedHeader' in the AWS Authorization.`),
  scope: (what: string) => new KmsError("InvalidSignatureException", `Credential should be scoped to ${what}.`),
  scopeDate: (scope: string, date: string, time: string) =>
    new KmsError("InvalidSignatureException", `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${scope}' != '${date}', from '${time}'.`),
  expired: (time: string, limit: string, now: string) =>
    new KmsError("InvalidSignatureException", `Signature expired: ${time} is now earlier than ${limit} (${now} - 5 min.)`),
  notYet: (time: string, limit: string, now: string) =>
    new KmsError("InvalidSignatureException", `Signature not yet current: ${time} is still later than ${limit} (${now} + 5 min.)`),
  mismatch: (canonicalRequest: string, stringToSign: string) =>
    new KmsError(
      "InvalidSignatureException",
      "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.\n\n" +
        `The Canonical String for this request should have been\n'${canonicalRequest}'\n\nThe String-to-Sign should have been\n'${stringToSign}'\n`,
    ),
  unknownKey: () => new KmsError("UnrecognizedClientException", "The security token included in the request is invalid."),
  expiredToken: () => new KmsError("ExpiredTokenException", "The security token included in the request is expired"),
  accessDenied: (reason: string) => new KmsError("AccessDeniedException", reason),
  unknownOperation: (status: number) => new KmsError("UnknownOperationException", "", status),
  serialization: (message: string) => new KmsError("SerializationException", message),
  validation: (value: number, limit: string) =>
    new KmsError("ValidationException", `1 validation error detected: Value '${value}' at 'limit' failed to satisfy constraint: Member must have value ${limit}`),
  invalidMarker: (marker: string) => new KmsError("InvalidMarkerException", `Could not deserialize marker: ${marker}`),
};
