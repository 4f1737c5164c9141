// An error of AWS's JSON services as cause and next step: KMS (API reference, "Common errors") and the credentials provider of AWS IoT
// (IoT developer guide, "Authorizing direct calls to AWS services"), which tells its errors apart by their messages alone. Pure.
import type { Bytes } from "../../bytes/bytes";
import { find } from "../../bytes/find";
import type { RefusalAnswer, RefusalFacts } from "./refusal";
import { explainRefusal } from "./refusal";
import { refusalTexts } from "./refusalTexts";
import type { Explanation } from "./texts";
import { explanation } from "./texts";

export interface ServiceError {
  /** "" where the service sends none. */
  code: string;
  message: string;
  /** What the service says it signed, "" if it does not. */
  canonicalRequest: Bytes;
  stringToSign: Bytes;
}

/** The error in a JSON body; undefined if it is none. `type` is the header x-amzn-ErrorType. */
export function serviceError(body: Bytes, type: string): ServiceError | undefined {
  let parsed: any;
  try {
    parsed = body.trim()[0] == "{" ? JSON.parse(body) : undefined;
  } catch (error) {}
  if (!parsed || typeof parsed != "object") return undefined;
  const message = "" + (parsed.message || parsed.Message || "");
  const code = ("" + (parsed.__type || parsed.code || type)).split("#").pop()!.split(":")[0]!;

  /** What stands between the quotes after `mark`. */
  function quoted(mark: string): Bytes {
    const at = find(message, mark);
    const from = at < 0 ? -1 : message.indexOf("'", at) + 1;
    const end = from < 1 ? -1 : find(message, "'\n", from);
    return end < 0 ? "" : message.substr(from, end - from);
  }

  return { code: code, message: message, canonicalRequest: quoted("Canonical String"), stringToSign: quoted("String-to-Sign") };
}

/** Codes of S3 with the same meaning. */
const SAME: { [code: string]: string } = {
  AccessDeniedException: "AccessDenied", UnrecognizedClientException: "InvalidAccessKeyId", InvalidClientTokenId: "InvalidAccessKeyId",
  ExpiredTokenException: "ExpiredToken", InvalidSignatureException: "SignatureDoesNotMatch", IncompleteSignatureException: "AuthorizationHeaderMalformed",
  MissingAuthenticationTokenException: "AuthorizationHeaderMalformed", NotFoundException: "KMS.", DisabledException: "KMS.",
  KMSInvalidStateException: "KMS.", InvalidArnException: "KMS.", ThrottlingException: "SlowDown", DependencyTimeoutException: "SlowDown",
  KMSInternalException: "SlowDown", InternalFailure: "SlowDown", ServiceUnavailable: "SlowDown",
};

/** Messages of the credentials provider, and the names of their rows. */
const MESSAGES: [words: string, row: string][] = [
  ["Invalid thing name", "thing"], ["Certificate is invalid", "certificate"], ["Role alias does not exist", "alias"],
  ["Unable to assume the role", "role"], ["CredentialDurationSeconds", "duration"], ["Access Denied", "assume"],
];

/** Why a JSON service refused, and what to do. */
export function explainService(answer: RefusalAnswer, facts: RefusalFacts): Explanation {
  const texts =
    refusalTexts() +
    ",thing,|The thing is not attached to the certificate.|Attach it, or send no thing name (credentials.thingName).|" +
    ",certificate,|The certificate is inactive, unknown, or of another account or region.|Activate it; the host is that of describe-endpoint iot:CredentialProvider.|" +
    ",alias,|There is no such role alias in this region.|Check credentials.roleAlias and the region of credentials.endpoint.|" +
    ",role,|The role is missing or does not trust AWS IoT.|Let credentials.iot.amazonaws.com do sts:AssumeRole in the role's trust policy.|" +
    ",duration,|The alias asks for longer credentials than the role allows.|Shorten the alias's duration, or raise the role's.|" +
    ",assume,|The certificate's policy does not allow it.|Allow iot:AssumeRoleWithCertificate on the role alias.|";
  const message = answer.message;
  const off = find(message, "Signature expired") >= 0 ? "behind" : find(message, "not yet current") >= 0 ? "ahead" : "";
  if (off) return explanation(texts, "RequestTimeTooSkewed", (name) => (name == "off" ? "over 5 minutes " + off : ""))!;
  const known = answer.code in SAME ? undefined : MESSAGES.filter((one) => find(message, one[0]) >= 0)[0];
  if (known && answer.status != 200) return explanation(texts, known[1], () => "")!;
  return explainRefusal(Object.assign(Object.assign({}, answer), { code: SAME[answer.code] || answer.code }), facts);
}
