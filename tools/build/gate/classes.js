// What Espruino gets wrong about inheritance: super through three levels, inherited static functions, subclasses of built-ins.
import { children, each } from "./scopes.js";

/**
 * @typedef {{node: any, parent: Class | null, statics: Set<string>}} Class
 * @param {any} program @param {import("./scopes.js").Names} names @param {import("./syntax.js").Report} report
 * @param {Set<string>} [others] globals that another part of the image defines
 */
export function checkClasses(program, names, report, others = new Set()) {
  /** @type {Map<any, Class>} */
  const classes = new Map();
  collect(program);
  for (const one of classes.values()) link(one);
  const extended = new Set([...classes.values()].flatMap((one) => (one.parent ? [one.parent] : [])));
  for (const one of classes.values()) if (one.parent && extended.has(one)) {
    each(one.node.body, (node) => {
      if (node.type === "CallExpression" && node.callee.type === "MemberExpression" && node.callee.object.type === "Super") {
        report("super-depth", node, "super.method() in a class that is itself extended calls itself for ever");
      }
    });
  }
  each(program, (node) => {
    if (node.type !== "MemberExpression" || node.computed || node.object.type !== "Identifier") return;
    const one = classOf(node.object);
    if (one && !one.statics.has(node.property.name) && ancestors(one).some((above) => above.statics.has(node.property.name))) inherited(node);
  });
  for (const one of classes.values()) for (const member of one.node.body.body) if (member.static && member.type === "MethodDefinition") {
    each(member.value.body, (node) => {
      if (node.type !== "MemberExpression" || node.computed || node.object.type !== "ThisExpression" || one.statics.has(node.property.name)) return;
      if (ancestors(one).some((above) => above.statics.has(node.property.name))) inherited(node);
    });
  }

  function inherited(/** @type {any} */ node) { report("static-inheritance", node, `${node.property.name} belongs to a class above, and static members are not inherited`); }

  function classOf(/** @type {any} */ id) { return classes.get(names.uses.get(id)?.binding?.value) ?? null; }

  function collect(/** @type {any} */ node) {
    if (/^Class(Declaration|Expression)$/.test(node.type)) {
      const statics = node.body.body.filter((/** @type {any} */ member) => member.static && member.key).map((/** @type {any} */ member) => member.key.name);
      classes.set(node, { node, parent: null, statics: new Set(statics) });
    }
    children(node).forEach(collect);
  }

  function link(/** @type {Class} */ one) {
    const above = one.node.superClass;
    if (!above) return;
    if (above.type === "Identifier" && names.uses.get(above)?.binding === null && !others.has(above.name)) report("extends-builtin", one.node, `a class that extends ${above.name} does not work`);
    else if (above.type === "Identifier") one.parent = classOf(above);
  }
}

/** @param {Class} one @returns {Class[]} */
function ancestors(one) {
  /** @type {Class[]} */
  const found = [];
  for (let above = one.parent; above && !found.includes(above); above = above.parent) found.push(above);
  return found;
}
