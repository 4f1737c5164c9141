// Topic names and filters: what may be sent (MQTT 3.1.1 section 4.7 and the limits of AWS IoT), and what matches.
import type { Bytes } from "../bytes/bytes";
import { find } from "../bytes/find";
import { isUtf8 } from "../bytes/utf8";

/** AWS IoT: bytes of a topic or filter, and slashes in it; the three of $aws/rules/NAME/ do not count. */
const LONGEST = 256, SLASHES = 7, RULES = "$aws/rules/";

/** What is wrong with text in any packet, "" if nothing is: well-formed UTF-8 without U+0000 [MQTT-1.5.3-1, 1.5.3-2]. */
export function textFault(text: Bytes): string {
  return find(text, "\0") >= 0 ? "holds U+0000" : isUtf8(text) ? "" : "is no well-formed UTF-8";
}

/** What is wrong with a topic name by the standard, "" if nothing is; of a `filter` wildcards are judged, in a name there are none. */
export function nameFault(name: Bytes, filter: boolean): string {
  if (!name) return "is empty";
  for (let at = 0; at <= name.length; at++) {
    let end = find(name, "/", at);
    if (end < 0) end = name.length;
    const level = name.substring(at, end);
    if (find(level, "+") >= 0 || find(level, "#") >= 0) {
      if (!filter) return "holds a wildcard";
      if (level.length > 1) return "has a wildcard that does not fill its level";
      if (level == "#" && end < name.length) return "goes on after #";
    }
    at = end;
  }
  return textFault(name);
}

/** As nameFault, and what AWS IoT closes the connection for. */
export function topicFault(name: Bytes, filter: boolean): string {
  let rest = name;
  if (name.substr(0, RULES.length) == RULES) rest = name.substr(find(name + "/", "/", RULES.length) + 1);
  if (rest.length > LONGEST) return "is longer than 256 bytes";
  let slashes = 0;
  for (let at = find(rest, "/"); at >= 0; at = find(rest, "/", at + 1)) slashes++;
  return slashes > SLASHES ? "has more than 7 slashes" : nameFault(name, filter);
}

/** True if a message to `topic` is for `filter`, compared byte by byte, a level at a time. */
export function topicMatches(filter: Bytes, topic: Bytes): boolean {
  // [MQTT-4.7.2-1]
  if (topic[0] == "$" && filter[0] != "$") return false;
  let f = 0, t = 0;
  for (;;) {
    let filterEnd = find(filter, "/", f), topicEnd = find(topic, "/", t);
    if (filterEnd < 0) filterEnd = filter.length;
    if (topicEnd < 0) topicEnd = topic.length;
    const level = filter.substring(f, filterEnd);
    if (level == "#") return true;
    if (level != "+" && level != topic.substring(t, topicEnd)) return false;
    if (filterEnd == filter.length) return topicEnd == topic.length;
    // "a/#" takes "a" too (4.7.1.2). AWS IoT sends no such message.
    if (topicEnd == topic.length) return filter.substr(filterEnd) == "/#";
    f = filterEnd + 1;
    t = topicEnd + 1;
  }
}
