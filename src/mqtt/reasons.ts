// Why a connection to a broker was refused or lost: failures that a person and a reconnecting program can tell apart.
import type { Bytes } from "../bytes/bytes";
import { failure } from "../flow/failure";
import type { Failure } from "../flow/failure";

/** Meanings of CONNACK's codes (3.2.2.3), with what to do; 7 is AWS IoT's own. */
const CODES: { [code: number]: string } = {
  1: "unacceptable protocol version|Is this a broker for MQTT 3.1.1?",
  2: "client identifier rejected|Choose another iot.clientId: AWS IoT takes 1 to 128 bytes.",
  3: "server unavailable|Try again later.",
  4: "bad user name or password|AWS IoT takes a certificate alone: is iot.endpoint its host that ends in -ats?",
};

/** CONNACK with a code. The code is in `cause.status`. */
function refused(code: number, clientId: Bytes): Failure {
  const denied = code == 5 || code == 7 ? "not authorized|Does the policy of the certificate allow iot:Connect on client/" + clientId + "?" : "";
  const texts = (CODES[code] || denied || "unknown code|Is this a broker for MQTT 3.1.1?").split("|");
  const failed = failure("mqtt-refused", "The broker refused the connection: " + code + " " + texts[0], texts[1]!);
  failed.cause = { status: code, code: "CONNACK", message: texts[0]!, requestId: "" };
  return failed;
}

/** SUBACK with 0x80. */
export function subscriptionRefused(filter: Bytes): Failure {
  const failed = failure("mqtt-refused", "The broker refused the subscription to " + filter, "Does the policy allow iot:Subscribe on topicfilter/" + filter + "?");
  failed.cause = { status: 128, code: "SUBACK", message: "", requestId: "" };
  return failed;
}

/** The broker ended a connection; `up`: after it had accepted it, or the topic that was on its way then. */
function closed(up: boolean | string, clientId: Bytes): Failure {
  return failure(
    "mqtt-closed", up ? "The broker closed the connection" : "The broker closed the connection without an answer to CONNECT",
    up
      ? "Another client with the id " + clientId + "? " + (typeof up == "string" ? "Does the policy forbid " + up + " (iot:Publish, iot:Subscribe)?" : "A topic that the policy forbids (iot:Receive, or iot:Publish with QoS 0)?")
      : "Is the certificate active, with a policy that allows iot:Connect on client/" + clientId + "? Is this the MQTT port (8883)?",
  );
}

/** The broker broke the rules; nobody knows what its bytes mean from there on. */
function violation(what: string): Failure {
  return failure("mqtt-protocol", "The broker sent " + what, "Is this a broker for MQTT 3.1.1 (port 8883)? Try again.");
}

/** A ping, or CONNECT, without an answer. */
function silent(up: boolean, seconds: number): Failure {
  return up
    ? failure("keep-alive", "The broker did not answer a ping within " + seconds + " s", "The network is gone or slow; try again.")
    : failure("timeout", "The broker did not answer CONNECT within " + seconds + " s", "Is this the MQTT port (8883)? Try again.");
}

/** Seconds until CONNACK must be there. */
export const ANSWER = 20;

/**
 * What the client knows of a loss: refused with CONNACK's code; closed, and whether it was up, or what was on its way; protocol, and what was wrong; silent for so
 * many seconds after a ping, or 0: after CONNECT.
 */
export interface Loss {
  loss: "refused" | "closed" | "protocol" | "silent";
  about: any;
}

/** The same for people. */
export function lossFailure(reason: Loss | Failure, clientId: Bytes): Failure {
  if (!("loss" in reason)) return reason;
  const about = reason.about;
  switch (reason.loss) {
    case "refused":
      return refused(about, clientId);
    case "closed":
      return closed(about, clientId);
    case "protocol":
      return violation(about);
  }
  return silent(!!about, about || ANSWER);
}
