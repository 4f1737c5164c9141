// What is wrong with the options and numbers that commands of modules take.
import { failure } from "../flow/failure";
import type { Failure } from "../flow/failure";

/** A failure if `options` has a member that is not `known`. */
export function optionFault(options: any, known: string[]): Failure | undefined {
  for (const name in options) {
    if (known.indexOf(name) < 0) return failure("argument", "There is no option " + name, "Known options: " + known.join(", "));
  }
  return undefined;
}

/** True if `value` is a whole number from `least` to `most`. */
export function isWhole(value: unknown, least: number, most: number): boolean {
  return typeof value == "number" && value >= least && value <= most && Math.floor(value) == value;
}
