// Why AWS IoT refuses what a shadow was asked (AWS IoT developer guide, "Device Shadow error messages"). Pure.
import type { Bytes } from "../bytes/bytes";
import type { Failure, ServerAnswer } from "../flow/failure";
import { iotRefusal, serverAnswer, statusHint } from "./refusal";
import type { ShadowAnswer, ShadowRequest } from "./shadow";
import { parsed } from "./shadowDocument";

/** What a rejected request says of itself (MQTT): {"code":409,"message":"Version conflict"}. */
function rejection(body: Bytes): ServerAnswer {
  const said = parsed(body) || {};
  const status = said.code || 0;
  return { status: status, code: status == 409 ? "ConflictException" : "", message: "" + (said.message || ""), requestId: "" };
}

/** The next step for a refusal. */
function shadowHint(request: ShadowRequest, told: ServerAnswer, port: number): string {
  const { status, code } = told;
  if (code.startsWith("MissingAuthenticationToken")) return statusHint(403, 443);
  if ((status == 401 || status == 403) && port != 443) {
    const action = request.verb == "get" ? "Get" : request.verb == "update" ? "Update" : "Delete";
    return "Does the certificate's policy allow iot:" + action + "ThingShadow on thing/" + request.thing + (request.name ? "/" + request.name : "") + "? Is the certificate active, and attached to the thing?";
  }
  if (status == 400) return "AWS IoT does not take this state: its message names what.";
  if (status == 404) return "There is no such shadow yet: device.shadow.report({...}) makes it. iot.thingName is " + request.thing + ".";
  if (status == 409) return "Others change this shadow all the time: try again later.";
  if (status == 413) return "The whole document, with what was there before, may have 8 KB: null takes members away.";
  if (status == 415) return "Texts must be UTF-8.";
  return statusHint(status, port);
}

/** The failure that an answer of another status than 200 is, by HTTPS or (status 0) by MQTT. Failure: iot. */
export function shadowRefusal(request: ShadowRequest, answer: ShadowAnswer, port: number): Failure {
  const told = answer.status ? serverAnswer({ status: answer.status, body: answer.body, headers: answer.headers || {} }) : rejection(answer.body);
  return iotRefusal(request.what, told, shadowHint(request, told, port));
}
