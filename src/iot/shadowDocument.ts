// A shadow's documents: what is sent, what came, and why AWS IoT refuses (AWS IoT developer guide, "Device Shadow service documents" and
// "Device Shadow error messages"). Pure.
import type { Bytes } from "../bytes/bytes";
import { utf8Json } from "../bytes/utf8Json";
import { failure } from "../flow/failure";
import type { Failure, ServerAnswer } from "../flow/failure";
import { iotRefusal, serverAnswer, statusHint } from "./refusal";
import type { ShadowAnswer, ShadowRequest } from "./shadow";

/** AWS IoT: bytes of a document, here without the client token that goes with it; levels below desired or reported. */
const LONGEST = 8192 - 40, DEEPEST = 6;

/** Levels of names and lists in `value`, of a number none; no more than `most` are counted. Level by level: a stack is small. */
function levels(value: unknown, most: number): number {
  let level: any[] = [value];
  let count = -1;
  while (level.length && count < most) {
    const inner: any[] = [];
    for (const one of level) {
      if (one && typeof one == "object") for (const name in one) if (one[name] && typeof one[name] == "object") inner.push(one[name]);
    }
    level = inner;
    count++;
  }
  return value && typeof value == "object" ? count + 1 : 0;
}

/** The document that changes one section. null takes the section away, or a member of it; lists are replaced whole. Failure: argument. */
export function updateDocument(section: "reported" | "desired", state: unknown): Bytes | Failure {
  const hint = 'For example device.shadow.report({led:"on"}); null takes a member away.';
  if (typeof state != "object" || state instanceof Array || state instanceof Uint8Array) return failure("argument", "The state is not an object", hint);
  if (levels(state, DEEPEST + 1) > DEEPEST) return failure("argument", "The state has more than " + DEEPEST + " levels", "AWS IoT takes no deeper ones.");
  const body = '{"state":{"' + section + '":' + utf8Json(state) + "}}";
  return body.length > LONGEST ? failure("argument", "The state is too long: " + body.length + " bytes with its frame", "AWS IoT takes 8 KB with the client token: " + LONGEST + " are left.") : body;
}

/** What a rejected request says of itself (MQTT): {"code":409,"message":"Version conflict"}. */
function rejection(body: Bytes): ServerAnswer {
  const said = parsed(body) || {};
  const status = said.code || 0;
  return { status: status, code: status == 409 ? "ConflictException" : "", message: "" + (said.message || ""), requestId: "" };
}

/** The object in `body`; undefined if it is none. The interpreter's JSON takes what follows it for nothing. */
function parsed(body: Bytes): any {
  const text = body.trim();
  try {
    const said = text[0] == "{" && text[text.length - 1] == "}" ? JSON.parse(text) : undefined;
    return said && typeof said == "object" ? said : undefined;
  } catch (error) {
    return undefined;
  }
}

/** The next step for a refusal. */
export function shadowHint(request: ShadowRequest, told: ServerAnswer, port: number): string {
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

/** What a request came to: {version, timestamp}, of a get with the state. Failure: iot. */
export function readShadow(request: ShadowRequest, answer: ShadowAnswer, port: number): { [name: string]: any } | Failure {
  if (answer.status != 200) {
    const told = answer.status ? serverAnswer({ status: answer.status, body: answer.body, headers: answer.headers || {} }) : rejection(answer.body);
    return iotRefusal(request.what, told, shadowHint(request, told, port));
  }
  const said = parsed(answer.body);
  if (!said || typeof said.version != "number" || (request.verb == "get" && !(said.state && typeof said.state == "object"))) {
    const failed = failure("iot", "The answer to " + request.what + " is no shadow", "Is iot.endpoint the host of describe-endpoint --endpoint-type iot:Data-ATS? A captive portal answers like this.");
    failed.cause = { status: 200, code: "", message: "", requestId: "" };
    return failed;
  }
  return request.verb == "get" ? { state: said.state, version: said.version, timestamp: said.timestamp } : { version: said.version, timestamp: said.timestamp };
}
