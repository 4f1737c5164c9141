// Whose variable is it: resolves every identifier of a program to the binding it means, or to none (a global).

/**
 * @typedef {{kind: "program" | "function" | "catch", node: any, parent: Scope | null, names: Map<string, Binding>}} Scope
 * @typedef {{name: string, scope: Scope, parameter: boolean, definitions: any[], writes: number, value: any}} Binding
 *   value: what it holds for its whole life, when it is defined once and never assigned again
 * @typedef {{binding: Binding | null, write: boolean, asked: boolean}} Use  asked: only under typeof, harmless when absent
 * @typedef {{program: Scope, scopes: Map<any, Scope>, uses: Map<any, Use>, defined: Map<any, Binding>}} Names
 */

export const isFunction = (/** @type {any} */ node) => /^(Function(Declaration|Expression)|ArrowFunctionExpression)$/.test(node.type);

/** The child nodes of a node, in source order. @param {any} node @returns {any[]} */
export function children(node) {
  const found = [];
  for (const key of Object.keys(node)) {
    const value = node[key];
    for (const child of Array.isArray(value) ? value : [value]) if (child && typeof child.type === "string") found.push(child);
  }
  return found.sort((one, other) => one.start - other.start);
}

/** @param {any} node @param {(node: any) => void} act called for the node and every node below */
export function each(node, act) {
  act(node);
  for (const child of children(node)) each(child, act);
}

/** The identifiers that a declaration's pattern binds. @param {any} pattern @returns {any[]} */
export function boundBy(pattern) {
  switch (pattern?.type) {
    case "Identifier": return [pattern];
    case "ObjectPattern": return pattern.properties.flatMap((/** @type {any} */ p) => boundBy(p.value ?? p.argument));
    case "ArrayPattern": return pattern.elements.flatMap(boundBy);
    case "AssignmentPattern": return boundBy(pattern.left);
    case "RestElement": return boundBy(pattern.argument);
    default: return [];
  }
}

/** @param {any} program an ESTree program @returns {Names} */
export function resolve(program) {
  /** @type {Names} */
  const names = { program: { kind: "program", node: program, parent: null, names: new Map() }, scopes: new Map(), uses: new Map(), defined: new Map() };
  names.scopes.set(program, names.program);
  for (const statement of program.body) hoist(statement, names.program);
  visit(program, names.program, null);
  for (const binding of names.defined.values()) if (binding.definitions.length > 1 || binding.writes > 0) binding.value = undefined;
  return names;

  function define(/** @type {any} */ id, /** @type {Scope} */ scope, /** @type {any} */ value, parameter = false) {
    let binding = scope.names.get(id.name);
    if (!binding) scope.names.set(id.name, binding = { name: id.name, scope, parameter, definitions: [], writes: 0, value: undefined });
    binding.definitions.push(id);
    binding.value = value;
    names.defined.set(id, binding);
  }

  /** Declares what the statements of one function declare, wherever they stand in it (let, const and class too: they are function-wide here). */
  function hoist(/** @type {any} */ node, /** @type {Scope} */ scope) {
    if (node.type === "FunctionDeclaration" || node.type === "ClassDeclaration") { if (node.id) define(node.id, scope, node); return; }
    if (isFunction(node) || node.type === "ClassExpression") return;
    if (node.type === "VariableDeclarator") {
      for (const id of boundBy(node.id)) define(id, scope, node.id.type === "Identifier" ? node.init ?? undefined : undefined);
    }
    if (/^Import.*Specifier$/.test(node.type)) { define(node.local, scope, undefined); return; }
    for (const child of children(node)) hoist(child, scope);
  }

  function use(/** @type {any} */ id, /** @type {Scope} */ scope, write = false, asked = false) {
    let at = /** @type {Scope | null} */ (scope);
    while (at && !at.names.has(id.name)) at = at.parent;
    const binding = at ? at.names.get(id.name) ?? null : null;
    if (write && binding) binding.writes++;
    names.uses.set(id, { binding, write, asked });
  }

  /** The target of an assignment: identifiers are written, everything else is read. */
  function target(/** @type {any} */ node, /** @type {Scope} */ scope) {
    if (node.type === "Identifier") return use(node, scope, true);
    for (const id of boundBy(node)) use(id, scope, true);
    if (node.type === "MemberExpression") visit(node, scope, null);
  }

  function visit(/** @type {any} */ node, /** @type {Scope} */ scope, /** @type {any} */ parent) {
    if (isFunction(node)) {
      const own = /** @type {Scope} */ ({ kind: "function", node, parent: scope, names: new Map() });
      names.scopes.set(node, own);
      if (node.type === "FunctionExpression" && node.id) define(node.id, own, node, true);
      if (node.type !== "ArrowFunctionExpression") define({ type: "Identifier", name: "arguments" }, own, undefined, true);
      for (const parameter of node.params) for (const id of boundBy(parameter)) define(id, own, undefined, true);
      hoist(node.body, own);
      for (const parameter of node.params) if (parameter.type !== "Identifier") visit(parameter, own, node);
      return visit(node.body, own, node);
    }
    switch (node.type) {
      case "Identifier": if (!names.defined.has(node)) use(node, scope); return;
      case "AssignmentExpression": target(node.left, scope); return visit(node.right, scope, node);
      case "UpdateExpression": return target(node.argument, scope);
      case "ForInStatement": case "ForOfStatement":
        if (node.left.type === "VariableDeclaration") visit(node.left, scope, node); else target(node.left, scope);
        visit(node.right, scope, node);
        return visit(node.body, scope, node);
      case "UnaryExpression":
        if (node.operator === "typeof" && node.argument.type === "Identifier") return use(node.argument, scope, false, true);
        break;
      case "CatchClause": {
        const own = /** @type {Scope} */ ({ kind: "catch", node, parent: scope, names: new Map() });
        for (const id of boundBy(node.param)) define(id, own, undefined, true);
        return visit(node.body, own, node);
      }
      case "MemberExpression": visit(node.object, scope, node); if (node.computed) visit(node.property, scope, node); return;
      case "Property": case "MethodDefinition": case "PropertyDefinition":
        if (node.computed) visit(node.key, scope, node);
        if (node.value) visit(node.value, scope, node);
        return;
      case "ImportDeclaration": case "MetaProperty": case "BreakStatement": case "ContinueStatement": return;
      case "ExportNamedDeclaration": if (node.source) return; break;
      case "LabeledStatement": return visit(node.body, scope, node);
      case "ExportSpecifier": return use(node.local, scope);
    }
    for (const child of children(node)) visit(child, scope, node);
  }
}
