// Text that lies in flash: what Storage.read gives, and what is cut out of it, becomes null when the record is erased or written anew
// (test/probes/storage-live.js). Seen within one function, where the record is read, the text kept in a variable, and used too late.
import { children, each, isFunction } from "./scopes.js";

/** What cuts without copying. A sum, JSON.parse and a single character are copies. */
const cutters = new Set(["substr", "substring", "slice", "split"]);

/** @typedef {import("./syntax.js").Report} Report */

/** True if a statement ends its function whenever it is run. @param {any} node @returns {boolean} */
function leaves(node) {
  return node.type === "ReturnStatement" || node.type === "ThrowStatement" || (node.type === "BlockStatement" && node.body.length > 0 && leaves(node.body.at(-1)));
}

/** The call of a method, if `node` is one. @param {any} node @returns {{on: any, method: string, args: any[]} | undefined} */
function methodCall(node) {
  if (node?.type !== "CallExpression" || node.callee.type !== "MemberExpression" || node.callee.computed) return undefined;
  return { on: node.callee.object, method: node.callee.property.name, args: node.arguments };
}

/** @param {any} program @param {string} code @param {import("./scopes.js").Names} names @param {Report} report */
export function checkRecords(program, code, names, report) {
  const text = (/** @type {any} */ node) => code.slice(node.start, node.end);
  each(program, (node) => { if (isFunction(node)) checkFunction(node); });

  function checkFunction(/** @type {any} */ whole) {
    /** Variables whose value lies in flash: the text of what was read, and of its name. @type {Map<any, {on: string, name: any, at: number}>} */
    const held = new Map();
    /** Where a record is changed, and how far that reaches: not beyond a branch that ends the function. @type {{on: string, name: any, end: number, until: number}[]} */
    const changes = [];
    look(whole.body, whole.end);
    each(whole.body, (node) => {
      const use = node.type === "Identifier" ? names.uses.get(node) : undefined;
      const record = use && !use.write ? held.get(use.binding) : undefined;
      const change = record && changes.find((one) => one.on === record.on && one.end > record.at && one.end <= node.start && node.start < one.until && !differ(one.name, record.name));
      if (change) report("flash-text", node, `${node.name} lies in a record that was erased or written by then, and is null; copy it (" " + text).substr(1), or use it before`);
    });

    function look(/** @type {any} */ node, /** @type {number} */ until) {
      if (node.type === "VariableDeclarator" && node.init) hold(node.id, node.init);
      if (node.type === "AssignmentExpression" && node.operator === "=") hold(node.left, node.right);
      const call = methodCall(node);
      if (call && ((call.method === "erase" && call.args.length === 1) || (call.method === "write" && call.args.length === 2))) {
        changes.push({ on: text(call.on), name: call.args[0], end: node.end, until });
      }
      for (const child of children(node)) look(child, node.type === "IfStatement" && child !== node.test && leaves(child) ? child.end : until);
    }

    function hold(/** @type {any} */ target, /** @type {any} */ value) {
      const binding = target.type === "Identifier" ? names.defined.get(target) ?? names.uses.get(target)?.binding : undefined;
      const record = binding && origin(value);
      if (record) held.set(binding, record);
    }

    /** What record a value lies in. @param {any} value @returns {{on: string, name: any, at: number} | undefined} */
    function origin(value) {
      if (value.type === "LogicalExpression") return origin(value.left) ?? origin(value.right);
      if (value.type === "ConditionalExpression") return origin(value.consequent) ?? origin(value.alternate);
      if (value.type === "Identifier") return held.get(names.uses.get(value)?.binding);
      const call = methodCall(value);
      if (!call) return undefined;
      if (call.method === "read" && call.args.length === 1) return { on: text(call.on), name: call.args[0], at: value.end };
      return cutters.has(call.method) ? origin(call.on) : undefined;
    }
  }

  /** Two names that are known, and are not the same. @param {any} one @param {any} other */
  function differ(one, other) {
    return one.type === "Literal" && other.type === "Literal" && one.value !== other.value;
  }
}
