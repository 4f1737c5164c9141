// Temporary credentials for a board's certificate: one request to the credentials provider (IoT developer guide, "Authorizing direct calls
// to AWS services using AWS IoT Core credential provider").
import { find } from "../bytes/find";
import { failure } from "../flow/failure";
import type { Done, Failure } from "../flow/failure";
import type { Platform } from "../platform/ports";
import { areGood, readCredentials } from "./credentialsJson";
import type { TemporaryCredentials } from "./credentialsJson";
import { iotRefusal, serverAnswer, statusHint } from "./refusal";
import { place, rest } from "./rest";
import type { Endpoint, RestAnswer } from "./rest";

/** The most bytes of an answer. Tokens have 700 to 1,500 characters; AWS promises no limit. */
const LIMIT = 6000;

export interface ProviderSettings {
  endpoint: Endpoint;
  roleAlias: string;
  /** Sent if it is not "": then it must be attached to the certificate. */
  thingName: string;
  handshakeSeconds: number;
  silenceSeconds: number;
}

/** What the provider says when it refuses, and what to do. It tells its reasons apart by their messages alone. */
const REASONS: [words: string, hint: string][] = [
  ["Invalid thing name", "Attach the certificate to the thing of credentials.thingName (or iot.thingName), or check its spelling."],
  ["Access Denied", "Attach a policy to the certificate that allows iot:AssumeRoleWithCertificate on the role alias."],
  ["Certificate is invalid", "Activate the certificate in AWS IoT; the endpoint must be of its account and region (describe-endpoint --endpoint-type iot:CredentialProvider)."],
  ["Role alias does not exist", "Check credentials.roleAlias, and the region of credentials.endpoint."],
  ["Unable to assume the role", "Does the role exist, and does its trust policy let credentials.iot.amazonaws.com do sts:AssumeRole?"],
  ["CredentialDurationSeconds", "Shorten the role alias's duration, or raise the role's MaxSessionDuration."],
];

function refused(answer: RestAnswer, port: number): Failure {
  const told = serverAnswer(answer);
  const known = REASONS.filter((reason) => find(told.message, reason[0]) >= 0)[0];
  const here = told.status == 403 && port == 443 ? "Is credentials.endpoint the host of describe-endpoint --endpoint-type iot:CredentialProvider?" : statusHint(told.status, port);
  return iotRefusal("credentials", told, known ? known[1] : here);
}

/** A 200 that holds no credentials, or none that are good for anything. */
function useless(platform: Platform, answer: RestAnswer, found: TemporaryCredentials | undefined): Failure | undefined {
  const now = platform.clock.now();
  if (found && areGood(found.expires, now)) return undefined;
  const told = serverAnswer(answer);
  told.message = "";
  if (!found) {
    const failed = failure("iot", "The answer to the request for credentials holds none", "Is credentials.endpoint the host of describe-endpoint --endpoint-type iot:CredentialProvider? A captive portal answers like this.");
    failed.cause = told;
    return failed;
  }
  const failed = failure(
    "time", "The new credentials ended " + new Date(found.expires).toISOString() + ", the board's clock says " + new Date(now).toISOString(), "device.syncTime()",
  );
  // With the server's date the clock can be mended.
  failed.cause = told;
  return failed;
}

/** A failure if a name holds what AWS IoT allows in none: it would become part of the request. */
function nameFault(setting: string, text: string, pattern: RegExp, example: string): Failure | undefined {
  if (text.length <= 128 && pattern.test(text)) return undefined;
  return failure("settings", setting + " is not a name that AWS IoT takes", 'Letters, digits and some signs, 128 at most, for example "' + example + '"');
}

/**
 * Asks for credentials once. Failures: settings (names), iot (refused, or an answer without credentials), time (they ended by the board's
 * clock) and those of `rest`.
 */
export function fetchCredentials(platform: Platform, settings: ProviderSettings, done: Done<TemporaryCredentials>): void {
  const thing = settings.thingName;
  const { host, port } = place(settings.endpoint, 443);
  const fault = nameFault("credentials.roleAlias", settings.roleAlias, /^[A-Za-z0-9_=,@-]+$/, "device-logs-role")
    || (thing == "" ? undefined : nameFault("credentials.thingName", thing, /^[A-Za-z0-9:_-]+$/, "board-17"));
  if (fault) return done(fault);
  rest(platform, {
    method: "GET", host: host, port: port, path: "/role-aliases/" + settings.roleAlias + "/credentials",
    headers: thing == "" ? [] : [["x-amzn-iot-thingname", thing]], body: "", limit: LIMIT,
    handshakeSeconds: settings.handshakeSeconds, silenceSeconds: settings.silenceSeconds,
  }, function (failed, answer) {
    if (failed) return done(failed);
    if (answer!.status != 200) return done(refused(answer!, port));
    const found = readCredentials(answer!.body);
    const fault = useless(platform, answer!, found);
    done(fault, fault ? undefined : found);
  });
}
