// What the credentials provider answered: credentials, or why there are none (IoT developer guide, "Authorizing direct calls to AWS services
// using AWS IoT Core credential provider").
import { find } from "../bytes/find";
import { failure } from "../flow/failure";
import type { Failure } from "../flow/failure";
import { areGood, readCredentials } from "./credentialsJson";
import type { TemporaryCredentials } from "./credentialsJson";
import { iotRefusal, serverAnswer, statusHint } from "./refusal";
import type { RestAnswer } from "./rest";

const ENDPOINT = "Is credentials.endpoint the host of describe-endpoint --endpoint-type iot:CredentialProvider?";

/** The next step for a refusal. The provider tells its reasons apart by their messages alone. */
export function providerHint(status: number, message: string): string {
  const says = (words: string) => find(message, words) >= 0;
  if (says("Invalid thing name")) return "Attach the certificate to the thing of credentials.thingName (or iot.thingName), or check its spelling.";
  if (says("Access Denied")) return "Attach a policy to the certificate that allows iot:AssumeRoleWithCertificate on the role alias.";
  if (says("Certificate is invalid")) return "Activate the certificate in AWS IoT; the endpoint must be of its account and region.";
  if (says("Role alias does not exist")) return "Check credentials.roleAlias, and the region of credentials.endpoint.";
  if (says("Unable to assume the role")) return "Does the role exist, and does its trust policy let credentials.iot.amazonaws.com do sts:AssumeRole?";
  if (says("CredentialDurationSeconds")) return "Shorten the role alias's duration, or raise the role's MaxSessionDuration.";
  return status < 429 ? ENDPOINT : statusHint(status, 443);
}

/**
 * The credentials in an answer that came at `now` (board's clock). Failures: iot (refused, or there are none in it) and time (they have ended
 * by the board's clock; with the server's date in the cause it can be mended).
 */
export function credentialsIn(answer: RestAnswer, now: number): TemporaryCredentials | Failure {
  const told = serverAnswer(answer);
  if (answer.status != 200) return iotRefusal("credentials", told, providerHint(told.status, told.message));
  const found = readCredentials(answer.body);
  if (found && areGood(found.expires, now)) return found;
  const failed = found
    ? failure("time", "The new credentials end " + new Date(found.expires).toISOString() + ", and the board's clock says " + new Date(now).toISOString(), "device.syncTime()")
    : failure("iot", "The answer to the request for credentials holds none", ENDPOINT + " A captive portal answers like this.");
  failed.cause = told;
  return failed;
}
