// A shadow's documents: what is sent, and what came (AWS IoT developer guide, "Device Shadow service documents"). Pure.
import type { Bytes } from "../bytes/bytes";
import { utf8Json } from "../bytes/utf8Json";
import { failure } from "../flow/failure";
import type { Failure } from "../flow/failure";
import type { ShadowRequest } from "./shadow";

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

/** The object in `body`; undefined if it is none. The interpreter's JSON takes what follows it for nothing. */
export function parsed(body: Bytes): any {
  const text = body.trim();
  try {
    const said = text[0] == "{" && text[text.length - 1] == "}" ? JSON.parse(text) : undefined;
    return said && typeof said == "object" ? said : undefined;
  } catch (error) {
    return undefined;
  }
}

/** What the body of an answer of status 200 says: {version, timestamp}, of a get with the state. Failure: iot. */
export function readShadow(request: ShadowRequest, body: Bytes): { [name: string]: any } | Failure {
  const said = parsed(body);
  if (!said || typeof said.version != "number" || (request.verb == "get" && !(said.state && typeof said.state == "object"))) {
    const failed = failure("iot", "The answer to " + request.what + " is no shadow", "Is iot.endpoint the host of describe-endpoint --endpoint-type iot:Data-ATS? A captive portal answers like this.");
    failed.cause = { status: 200, code: "", message: "", requestId: "" };
    return failed;
  }
  return request.verb == "get" ? { state: said.state, version: said.version, timestamp: said.timestamp } : { version: said.version, timestamp: said.timestamp };
}
