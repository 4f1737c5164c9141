// The key of a log on S3, by a template. It is made of the file alone, its name, size and time, so that it is the same after a reset.
import { utf8SequenceLength } from "../bytes/utf8";
import type { FileInfo } from "../platform/ports";

/** Name and time: a log that is written anew under an old name never takes the place of the old one. */
export const TEMPLATE = "{date}/{time}-{name}";

/** The names between braces. */
export const FIELDS = "{thing} {date} {year} {month} {day} {hour} {time} {name}";

/** What is wrong with a template, "" if nothing is. */
export function templateFault(template: string, thing: string): string {
  let named = false;
  for (const piece of template.split("{").slice(1)) {
    const end = piece.indexOf("}");
    const field = "{" + piece.substr(0, end + 1);
    if (end < 1 || FIELDS.split(" ").indexOf(field) < 0) return "{" + piece.substr(0, 20) + " is none of " + FIELDS;
    if (field == "{thing}" && !thing) return "{thing} needs iot.thingName";
    if (field == "{name}") named = true;
  }
  return named ? "" : "{name} is missing: all logs would have one key";
}

/** A name of a card in the characters of a key: what is no UTF-8 (FAT's code page) is written as _ and two hex digits. */
export function keyName(name: string): string {
  let text = "";
  for (let at = 0; at < name.length; ) {
    const length = utf8SequenceLength(name, at);
    text += length ? name.substr(at, length) : "_" + name.charCodeAt(at).toString(16);
    at += length || 1;
  }
  return text;
}

/** The key of the file `name`, without s3.prefix. Dates are UTC, of the file's last change. */
export function logKey(template: string, thing: string, name: string, info: FileInfo): string {
  const time = new Date(info.modified).toISOString();
  const values: { [field: string]: string } = {
    thing: thing, date: time.substr(0, 10), year: time.substr(0, 4), month: time.substr(5, 2), day: time.substr(8, 2), hour: time.substr(11, 2),
    time: time.substr(11, 2) + time.substr(14, 2) + time.substr(17, 2), name: keyName(name),
  };
  let key = "";
  for (const piece of template.split("{")) {
    const end = piece.indexOf("}");
    key += end < 0 ? piece : (values[piece.substr(0, end)] || "") + piece.substr(end + 1);
  }
  return key;
}
