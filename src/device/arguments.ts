// What is wrong with an argument that several commands of modules take.
import { toUtf8 } from "../bytes/utf8";
import { failure } from "../flow/failure";
import type { Failure } from "../flow/failure";

/** A key of an object, given whole. `command` is how it is called right. */
export function keyFault(key: unknown, command: string): Failure | undefined {
  if (typeof key != "string" || key == "") return failure("argument", "A key is missing", "For example " + command);
  if (toUtf8(key).length > 1024) return failure("argument", "The key is longer than 1,024 bytes", "No object can have such a key.");
  return undefined;
}

/** A path of a file on the card. */
export function pathFault(path: unknown, longestPath: number, command: string): Failure | undefined {
  if (typeof path != "string" || path == "" || path[path.length - 1] == "/") return failure("argument", "A path on the card is missing", "For example " + command);
  if (toUtf8(path).length > longestPath) return failure("argument", "The path is longer than " + longestPath + " bytes", "Give a shorter path.");
  return undefined;
}

/** True if `value` is a whole number from `least` to `most`. */
export function isWhole(value: unknown, least: number, most: number): boolean {
  return typeof value == "number" && value >= least && value <= most && Math.floor(value) == value;
}
