// A refusal of KMS as a failure (AWS KMS API reference, "Common errors" and ListAliases; IAM user guide, "Troubleshoot Signature
// Version 4").
import type { Bytes } from "../bytes/bytes";
import { find } from "../bytes/find";
import type { Failure, ServerAnswer } from "../flow/failure";
import type { Response } from "../http/response";

/** The next step for a code of KMS. */
export function kmsHint(code: string, message: string): string {
  switch (code) {
    case "AccessDeniedException":
      return "Allow kms:ListAliases on * in the key's policy: it cannot be given for one key alone.";
    case "UnrecognizedClientException":
      return "credentials.accessKeyId is mistyped or deleted, or a temporary key (ASIA...) lacks its session token.";
    case "ExpiredTokenException":
      return "The session token has expired: device.configure({credentials:{...}}) with fresh ones; those from AWS IoT are renewed at the next try.";
    case "InvalidSignatureException":
      if (find(message, "Signature expired") >= 0 || find(message, "Signature not yet") >= 0) return "The board's clock is more than 5 minutes off: device.syncTime()";
      if (find(message, "valid region") >= 0) return "s3.region is not the region of this KMS.";
      return "Is credentials.secretAccessKey copied whole, without spaces or a line end?";
    case "IncompleteSignatureException":
    case "MissingAuthenticationTokenException":
      return "Something on the way changed the request: is there a proxy in between?";
    case "OptInRequired":
      return "The account may not use KMS in this region.";
    case "ThrottlingException":
    case "KMSInternalException":
    case "DependencyTimeoutException":
    case "InternalFailure":
    case "ServiceUnavailable":
      return "KMS is busy: try again.";
  }
  if (code == "") return "Is kms.endpoint a KMS? A proxy or captive portal answers like this.";
  return "device.why() shows all that the server said.";
}

/** The failure that an answer of 300 or above is. `body` is its beginning. */
export function kmsRefusal(response: Response, body: Bytes): Failure {
  let said: any;
  try {
    said = JSON.parse(body);
  } catch (error) {}
  const type = said && typeof said.__type == "string" ? said.__type : "";
  // Some services put their name before it: com.amazonaws.kms#NotFoundException.
  const code: string = type.substr(type.indexOf("#") + 1);
  const message: string = "" + ((said && (said.message || said.Message)) || "");
  const answer: ServerAnswer = { status: response.status, code: code, message: message, requestId: response.headers["x-amzn-requestid"] || "" };
  if (response.headers["date"]) answer.date = response.headers["date"];
  // The long ones go on with the whole canonical request.
  const first = message.split("\n")[0]!;
  return {
    code: "kms",
    message: "KMS refused ListAliases: " + response.status + (code ? " " + code : "") + (first ? ", " + first : ""),
    hint: kmsHint(code, message),
    cause: answer,
  };
}
