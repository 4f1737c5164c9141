// Espruino hoists nothing: finds what runs before the statement that declares it, also through functions called on the way.
import { walk } from "./flow.js";

/**
 * @param {any} program @param {import("./scopes.js").Names} names
 * @param {import("./syntax.js").Report} report @param {(node: {start: number}) => string} place names a place for a message
 */
export function checkOrder(program, names, report, place) {
  /** @type {Map<any, import("./flow.js").Run>} */
  const runs = new Map();
  const waiting = [program];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (runs.has(next)) continue;
    const run = walk(next, names, (use) => refuse(use, ""));
    runs.set(next, run);
    waiting.push(...run.nested);
  }
  const needed = new Map();
  for (const run of runs.values()) checkCalls(run);
  checkUnreached();

  /** @param {import("./flow.js").OuterUse} use @param {string} when */
  function refuse(use, when) {
    if (use.write) report("leaks-global", use.node, `${use.binding.name} is written${when} before its declaration has run: that makes a global`);
    else report("use-before-declaration", use.node, `${use.binding.name} is used${when} before its declaration has run; nothing is hoisted`);
  }

  /** What a function needs of the names around it once it is called: its own uses and those of all it calls. @param {any} called */
  function needs(called) {
    if (needed.has(called)) return needed.get(called);
    const seen = new Set([called]), uses = [];
    for (const one of seen) {
      const run = runs.get(one);
      if (!run) continue;
      uses.push(...run.outer);
      for (const call of run.calls) for (const target of call.targets) seen.add(target);
    }
    needed.set(called, uses);
    return uses;
  }

  /** @param {import("./flow.js").Run} run */
  function checkCalls(run) {
    const scope = names.scopes.get(run.node), told = new Set();
    for (const call of run.calls) for (const target of call.targets) for (const use of needs(target)) {
      if (use.binding.scope !== scope || call.declared.has(use.binding) || told.has(use.node)) continue;
      told.add(use.node);
      refuse(use, ` by the call at ${place(call.node)}`);
    }
  }

  /** A nested function that uses a name whose declaration can never run (it stands after a return) would make a global of it. */
  function checkUnreached() {
    const reached = new Set([...runs.values()].flatMap((run) => [...run.reached]));
    for (const run of runs.values()) for (const use of run.outer) {
      if (!use.binding.parameter && !reached.has(use.binding)) {
        report("leaks-global", use.node, `the declaration of ${use.binding.name} can never run`);
      }
    }
  }
}
