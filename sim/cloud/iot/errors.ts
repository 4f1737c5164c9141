// Refusals of the IoT services by HTTPS and in the rejected messages of MQTT (botocore iot-data; developer guide, "Device Shadow error messages").

const EXCEPTIONS: Record<number, string> = {
  400: "InvalidRequestException",
  401: "UnauthorizedException",
  403: "ForbiddenException",
  404: "ResourceNotFoundException",
  405: "MethodNotAllowedException",
  409: "ConflictException",
  413: "RequestEntityTooLargeException",
  415: "UnsupportedDocumentEncodingException",
  429: "ThrottlingException",
  500: "InternalFailureException",
  503: "ServiceUnavailableException",
};

export class IotError extends Error {
  /** Of the header x-amzn-ErrorType. */
  readonly exception: string;

  /** @param code HTTP status, and "code" of a rejected message */
  constructor(readonly code: number, message: string, exception?: string) {
    super(message);
    this.exception = exception ?? EXCEPTIONS[code] ?? "InternalFailureException";
  }
}

export const iotRefusal = {
  invalid: (message: string) => new IotError(400, message),
  forbidden: () => new IotError(403, "Forbidden"),
  noShadow: (name: string) => new IotError(404, `No shadow exists with name: '${name}'`),
  noSuchPath: () => new IotError(404, "Not Found"),
  methodNotAllowed: () => new IotError(405, "Method Not Allowed"),
  versionConflict: () => new IotError(409, "Version conflict"),
  tooLarge: () => new IotError(413, "The payload exceeds the maximum size allowed"),
  throttled: () => new IotError(429, "The rate exceeds the limit"),
  encoding: () => new IotError(415, "Unsupported documented encoding; supported encoding is UTF-8"),
};
