// A refusal of AWS IoT's HTTPS services as a failure (IoT developer guide, "Device Shadow REST API", "HTTPS error codes").
import { find } from "../bytes/find";
import { failure } from "../flow/failure";
import type { Failure, ServerAnswer } from "../flow/failure";
import type { RestAnswer } from "./rest";

/** What an answer says of itself: the exception is in a header, the message in JSON. */
export function serverAnswer(answer: RestAnswer): ServerAnswer {
  const headers = answer.headers;
  let said: any;
  try {
    said = answer.body.trim()[0] == "{" ? JSON.parse(answer.body) : undefined;
  } catch (error) {}
  const told: ServerAnswer = {
    status: answer.status,
    // "ResourceNotFoundException:http://internal..." in some services.
    code: (headers["x-amzn-errortype"] || "").split(":")[0]!,
    message: "" + ((said && (said.message || said.Message)) || ""),
    requestId: headers["x-amzn-requestid"] || "" + ((said && said.traceId) || ""),
  };
  if (headers["date"]) told.date = headers["date"];
  return told;
}

/** What a failure of `rest` means here: a server that does not like the certificate says so in the handshake, or just leaves. */
export function noAnswer(failed: Failure): Failure {
  if (failed.code == "handshake" && find(failed.message, "-0x7780") >= 0) {
    return failure(
      "certificate", "The board's certificate is refused: " + failed.message,
      "Is it active in AWS IoT, of this account and region? Do cert.der and key.der belong together?",
    );
  }
  if (failed.code == "connection-lost" || failed.code == "http") {
    failed.hint = "If it happens again: is the certificate active in AWS IoT, of this account and region, and has it a policy?";
  }
  return failed;
}

/** The next step where the service's own rules know none. */
export function statusHint(status: number, port: number): string {
  switch (status) {
    case 400:
      return "AWS IoT does not understand the request: its message names what.";
    case 401:
    case 403:
      if (port == 443) return "Port 443 takes a certificate only with ALPN, which Espruino cannot send: use port 8443.";
      return "Does the certificate's policy allow this for this thing? Is the certificate active, and attached to it?";
    case 404:
      return "Check iot.thingName and the region of iot.endpoint.";
    case 409:
      return "Somebody else changed it at the same time: read it again.";
    case 413:
      return "It is longer than AWS IoT takes.";
  }
  return status == 429 || status > 499 ? "AWS IoT is busy: try again later." : "Is this an endpoint of AWS IoT? A proxy or captive portal answers like this.";
}

/** The failure that an answer of 300 or above is. `what` names the request: "GET the shadow". */
export function iotRefusal(what: string, told: ServerAnswer, hint: string): Failure {
  const { status, code, message } = told;
  const failed = failure("iot", "AWS IoT refused " + what + ": " + status + (code ? " " + code : "") + (message ? ", " + message.substr(0, 200) : ""), hint);
  failed.cause = told;
  return failed;
}

/** Why AWS IoT refused what `action` ("iot:Publish on topic/a") names; `what` names the command. */
export function actionRefusal(what: string, answer: RestAnswer, action: string): Failure {
  const told = serverAnswer(answer);
  // What port 443 says without ALPN.
  const port443 = told.code.startsWith("MissingAuthenticationToken");
  const hint = told.status == 403 && !port443
    ? "Does the certificate's policy allow " + action + "? Is the certificate active?"
    : statusHint(told.status, port443 ? 443 : 0);
  return iotRefusal(what, told, hint);
}
