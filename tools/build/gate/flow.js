// Walks one function in the order in which it runs and knows at each point which of its own names are declared by then.
//
// Espruino hoists nothing: a function, class or var exists once its statement has run. The walk joins branches (a name declared in one arm
// only is not declared after both), lets a loop's body run zero times, and treats what follows return, throw, break and continue as not reached.
import { boundBy, children, isFunction } from "./scopes.js";

/**
 * @typedef {import("./scopes.js").Binding} Binding
 * @typedef {Set<Binding> | null} Declared  null: this point is never reached
 * @typedef {{node: any, binding: Binding, write: boolean}} OuterUse  a name of an enclosing function, needed when this function runs
 * @typedef {{targets: any[], node: any, declared: Set<Binding>}} Call  functions that run at this point for certain, or may
 * @typedef {{node: any, outer: OuterUse[], calls: Call[], nested: any[], reached: Set<Binding>}} Run
 */

/** Methods that call their argument before they return. */
const immediate = new Set(["forEach", "map", "filter", "reduce", "some", "every", "find", "findIndex", "sort", "replace"]);

/** @param {Declared} one @param {Declared} other @returns {Declared} what is declared on both ways */
function join(one, other) {
  if (!one || one === other) return other;
  if (!other) return one;
  return new Set([...one].filter((binding) => other.has(binding)));
}

const isTrue = (/** @type {any} */ test) => !test || (test.type === "Literal" && Boolean(test.value)) || (test.operator === "!" && test.argument.value === 0);

/**
 * @param {any} root a function or the program
 * @param {import("./scopes.js").Names} names
 * @param {(use: OuterUse) => void} early called for a name of this function's own that is used before it is declared
 * @returns {Run}
 */
export function walk(root, names, early) {
  const scope = names.scopes.get(root);
  /** @type {Run} */
  const run = { node: root, outer: [], calls: [], nested: [], reached: new Set() };
  /** @type {{breaks: Declared, continues: Declared}[]} */
  const exits = [];
  const parameters = new Set([...scope?.names.values() ?? []].filter((binding) => binding.parameter));
  if (root.type === "Program") list(root.body, new Set());
  else if (root.body.type === "BlockStatement") list(root.body.body, parameters);
  else expression(root.body, parameters);
  return run;

  /** @param {any} pattern @param {Declared} declared @returns {Declared} */
  function declare(pattern, declared) {
    if (!declared) return null;
    const after = new Set(declared);
    for (const id of boundBy(pattern)) {
      const binding = names.defined.get(id);
      if (binding) after.add(binding), run.reached.add(binding);
    }
    return after;
  }

  /** @param {any[]} statements @param {Declared} declared @returns {Declared} */
  function list(statements, declared) {
    return statements.reduce((now, one) => statement(one, now), declared);
  }

  /** A loop's or switch's body; gives the state at its end and those at its breaks and continues. @param {() => Declared} body */
  function breakable(body) {
    const exit = { breaks: /** @type {Declared} */ (null), continues: /** @type {Declared} */ (null) };
    exits.push(exit);
    const end = body();
    exits.pop();
    return { end, ...exit };
  }

  /** @param {any} node @param {Declared} declared @returns {Declared} */
  function statement(node, declared) {
    switch (node?.type) {
      case undefined: return declared;
      case "VariableDeclaration":
        return node.declarations.reduce((/** @type {Declared} */ now, /** @type {any} */ one) => {
          const after = declare(one.id, now);
          if (one.init) expression(one.init, after);
          return after;
        }, declared);
      case "FunctionDeclaration": run.nested.push(node); return declare(node.id, declared);
      case "ClassDeclaration": expression(node, declared); return declare(node.id, declared);
      case "BlockStatement": return list(node.body, declared);
      case "LabeledStatement": return statement(node.body, declared);
      case "ReturnStatement": case "ThrowStatement": if (node.argument) expression(node.argument, declared); return null;
      case "BreakStatement": return leave("breaks", declared);
      case "ContinueStatement": return leave("continues", declared);
      case "IfStatement": {
        expression(node.test, declared);
        const then = statement(node.consequent, declared);
        return join(then, statement(node.alternate, declared));
      }
      case "ForStatement": case "WhileStatement": {
        const start = node.init?.type === "VariableDeclaration" ? statement(node.init, declared) : declared;
        if (node.init && start === declared) expression(node.init, declared);
        if (node.test) expression(node.test, start);
        const { end, breaks, continues } = breakable(() => statement(node.body, start));
        if (node.update) expression(node.update, join(end, continues));
        return join(breaks, isTrue(node.test) ? null : start);
      }
      case "ForInStatement": case "ForOfStatement": {
        // The interpreter declares the variable even when there is nothing to go through.
        const start = node.left.type === "VariableDeclaration" ? statement(node.left, declared) : declared;
        if (start === declared) expression(node.left, declared);
        expression(node.right, start);
        const { breaks } = breakable(() => statement(node.body, start));
        return join(breaks, start);
      }
      case "DoWhileStatement": {
        const { end, breaks, continues } = breakable(() => statement(node.body, declared));
        const test = join(end, continues);
        expression(node.test, test);
        return join(breaks, isTrue(node.test) ? null : test);
      }
      case "SwitchStatement": {
        expression(node.discriminant, declared);
        const { end, breaks, continues } = breakable(() => node.cases.reduce((/** @type {Declared} */ now, /** @type {any} */ one) => {
          if (one.test) expression(one.test, declared);
          return list(one.consequent, join(now, declared));
        }, null));
        leave("continues", continues);
        const covered = node.cases.some((/** @type {any} */ one) => !one.test);
        return join(join(end, breaks), covered ? null : declared);
      }
      case "TryStatement": {
        const [first] = node.block.body;
        const thrown = first?.type === "VariableDeclaration" ? declare(first.declarations[0].id, declared) : declared;
        const whole = list(node.block.body, declared);
        const caught = node.handler ? list(node.handler.body.body, thrown) : null;
        const out = join(whole, caught);
        if (!node.finalizer) return out;
        const last = list(node.finalizer.body, thrown);
        return out && last && new Set([...out, ...last]);
      }
      default:
        for (const child of children(node)) expression(child, declared);
        return declared;
    }
  }

  /** @param {"breaks" | "continues"} kind @param {Declared} declared @returns {null} */
  function leave(kind, declared) {
    // A continue inside a switch belongs to the loop around it; the switch hands it on.
    const exit = exits.at(-1);
    if (exit && declared) exit[kind] = join(exit[kind], declared);
    return null;
  }

  /** @param {any} node @param {Declared} declared */
  function expression(node, declared) {
    if (isFunction(node)) return void run.nested.push(node);
    if (node.type === "Identifier") return use(node, declared);
    for (const child of children(node)) expression(child, declared);
    if (declared && (node.type === "CallExpression" || node.type === "NewExpression")) {
      const targets = called(node);
      if (targets.length > 0) run.calls.push({ targets, node, declared });
    }
  }

  /** @param {any} id @param {Declared} declared */
  function use(id, declared) {
    const found = names.uses.get(id);
    if (!declared || !found?.binding || found.asked || found.binding.parameter) return;
    const one = { node: id, binding: found.binding, write: found.write };
    if (found.binding.scope !== scope) run.outer.push(one);
    else if (!declared.has(found.binding)) early(one);
  }

  /** The functions of this program that a call runs at once, as far as its text tells. @param {any} node @returns {any[]} */
  function called(node) {
    const { callee } = node;
    if (callee.type !== "MemberExpression") {
      const executor = callee.type === "Identifier" && callee.name === "Promise" ? node.arguments : [];
      return [callee, ...executor].flatMap(functionOf);
    }
    const name = callee.property.name;
    if (name === "call" || name === "apply") return functionOf(callee.object);
    return immediate.has(name) ? node.arguments.flatMap(functionOf) : [];
  }

  /** @param {any} node @returns {any[]} the function, or the constructor of the class, that an expression certainly is */
  function functionOf(node) {
    const value = node.type === "Identifier" ? names.uses.get(node)?.binding?.value : node;
    if (!value) return [];
    if (isFunction(value)) return [value];
    if (value.type !== "ClassDeclaration") return [];
    const constructor = value.body.body.find((/** @type {any} */ member) => member.kind === "constructor");
    return [...(constructor ? [constructor.value] : []), ...(value.superClass ? functionOf(value.superClass) : [])];
  }
}
