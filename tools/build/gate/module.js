// What a Storage module may lean on: the language, the firmware's globals, and its own `exports`. It runs in a scope of its own.
import { parse } from "acorn";
import { language } from "../language.js";
import { ownMethods } from "./names.js";
import { resolve } from "./scopes.js";

/** @typedef {{names: Set<string>, methods: Set<string>}} Offered  top-level names and methods of the firmware */

/** @param {string} firmware its script @returns {Offered} */
export function offered(firmware) {
  const program = parse(firmware, { ecmaVersion: "latest", sourceType: "script" });
  return { names: new Set(resolve(program).program.names.keys()), methods: ownMethods(program) };
}

/** @param {import("./scopes.js").Names} names @param {Offered} firmware @param {import("./syntax.js").Report} report */
export function checkModule(names, firmware, report) {
  for (const [id, use] of names.uses) {
    if (use.binding || use.asked || id.name === "exports" || language.has(id.name) || firmware.names.has(id.name)) continue;
    report("unknown-global", id, `${id.name} is neither of the language nor of the firmware; what belongs to the host is handed in`);
  }
}
