// What is wrong with a path or a key that a command was given. `command` is how it is called right.
import { toUtf8 } from "../bytes/utf8";
import { failure } from "../flow/failure";
import type { Failure } from "../flow/failure";

function textFault(text: unknown, missing: string, most: number, long: string, hint: string, command: string): Failure | undefined {
  if (typeof text != "string" || text == "") return failure("argument", missing, "For example " + command);
  return toUtf8(text).length > most ? failure("argument", long + " bytes", hint) : undefined;
}

/** A key of an object, prefix and all. */
export function keyFault(key: unknown, command: string): Failure | undefined {
  return textFault(key, "A key is missing", 1024, "The key is longer than 1,024", "S3 takes no longer key, s3.prefix and all.", command);
}

/** A path of a file on the card. */
export function pathFault(path: unknown, longestPath: number, command: string): Failure | undefined {
  return textFault(path && ("" + path).substr(-1) == "/" ? "" : path, "A path on the card is missing", longestPath, "The path is longer than " + longestPath, "Give a shorter path.", command);
}
