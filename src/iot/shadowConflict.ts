// A change that met a version conflict: merged into the shadow as it is now, and sent with that version, so that what was checked is what
// is changed (AWS IoT developer guide, "Device Shadow service documents": merging, versions). Pure.
import type { Bytes } from "../bytes/bytes";
import { utf8Json } from "../bytes/utf8Json";
import { failure } from "../flow/failure";
import type { Failure } from "../flow/failure";
import type { ShadowRequest } from "./shadow";

/** AWS IoT: bytes of both halves together, without their metadata; bytes of a request, here without the token that goes with it. */
const LARGEST = 8192, LONGEST = 8192 - 40;

type Members = { [name: string]: any };

function isObject(value: unknown): boolean {
  return !!value && typeof value == "object" && !(value instanceof Array);
}

/** Puts `change` into `members`: ours wins in what it names, objects merge, null takes away, all else is replaced whole. */
function merge(members: Members, change: Members): void {
  const waiting: [Members, Members][] = [[members, change]];
  while (waiting.length) {
    const [into, from] = waiting.pop()!;
    for (const name in from) {
      const value = from[name];
      if (value === null) delete into[name];
      else if (isObject(value)) {
        if (!isObject(into[name])) into[name] = {};
        waiting.push([into[name], value]);
      } else into[name] = value;
    }
  }
}

/**
 * The document to send after a conflict: `shadow` is what was read meanwhile, {state, version}, or `failed` why it was not. AWS IoT merges
 * it into the same version, so only what is to change goes. Failures: argument (the shadow would be too large), and `failed`.
 */
export function changeOf(request: ShadowRequest, failed: Failure | undefined, shadow: Members | undefined): Bytes | Failure {
  const body = request.body;
  if (failed) {
    const status = failed.cause ? failed.cause.status : 0;
    // Taken away meanwhile, or not ours to read: what is to change is known all the same.
    return failed.code == "iot" && (status == 401 || status == 403 || status == 404) ? body : failed;
  }
  const state: Members = shadow!["state"];
  delete state["delta"];
  const change: Members = JSON.parse(body).state;
  merge(state, change);
  let size = 2;
  for (const half in state) size += half.length + 4 + utf8Json(state[half]).length;
  if (size > LARGEST) {
    return failure("argument", "The shadow would have " + size + " bytes with this change", "The whole document, with what was there before, may have 8 KB: null takes members away.");
  }
  const versioned = body.substr(0, body.length - 1) + ',"version":' + shadow!["version"] + "}";
  return versioned.length > LONGEST ? body : versioned;
}
