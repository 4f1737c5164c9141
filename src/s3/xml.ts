// The one reader of S3's XML: the text of an element, which is all that its short answers need (no attributes, no nesting by name).
import type { Bytes } from "../bytes/bytes";
import { find } from "../bytes/find";

function entity(name: string): string {
  if (name == "lt") return "<";
  if (name == "gt") return ">";
  if (name == "amp") return "&";
  if (name == "quot") return '"';
  if (name == "apos") return "'";
  if (name[0] != "#") return "";
  const code = name[1] == "x" ? parseInt(name.substr(2), 16) : parseInt(name.substr(1), 10);
  return code > 0 && code < 128 ? String.fromCharCode(code) : "";
}

function unescape(text: Bytes): Bytes {
  if (text.indexOf("&") < 0) return text;
  const parts = text.split("&");
  let plain = parts[0]!;
  for (let i = 1; i < parts.length; i++) {
    const part = parts[i]!;
    const at = part.indexOf(";");
    const char = at < 0 ? "" : entity(part.substr(0, at));
    plain += char == "" ? "&" + part : char + part.substr(at + 1);
  }
  return plain;
}

/** The text of the first element `name`, with the five entities and numeric references below 128 resolved; "" if there is none. */
export function xmlText(xml: Bytes, name: string): Bytes {
  const start = find(xml, "<" + name + ">");
  if (start < 0) return "";
  const from = start + name.length + 2;
  const end = find(xml, "</" + name + ">", from);
  return end < 0 ? "" : unescape(xml.substr(from, end - from));
}
