// JSON in UTF-8. The interpreter's own escapes each byte of a character beyond ASCII, which makes other characters of them.
import type { Bytes } from "./bytes";
import { find } from "./find";
import { toUtf8 } from "./utf8";

/** `value` as JSON, bytes of UTF-8. */
export function utf8Json(value: unknown): Bytes {
  let json = JSON.stringify(value);
  // An escape begins at a backslash that no other one escapes.
  for (let at = find(json, "\\"); at >= 0; at = find(json, "\\", at + 1)) {
    const code = json[at + 1] == "u" ? parseInt(json.substr(at + 2, 4), 16) : 0;
    if (code > 126 && code < 256) json = json.substr(0, at) + String.fromCharCode(code) + json.substr(at + 6);
    else at++;
  }
  return toUtf8(json);
}
