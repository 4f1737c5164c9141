// Syntax that Espruino 2v27 to 2v29 refuses or runs wrongly: one row a construct, judged on the parsed output.
import { badRegex } from "./regex.js";
import { children, isFunction } from "./scopes.js";

/** Words that may not name a method of a class or an accessor: the parser stops at them (`catch(){}` in a class is a SyntaxError). */
const reserved = new Set(("break case catch class const continue debugger default delete do else export extends false finally for function if import in "
  + "instanceof let new null of return static super switch this throw true try typeof undefined var void while with").split(" "));

/** Operators that are syntax errors. */
const operators = new Set(["**", "**=", "??=", "||=", "&&="]);

/** What is refused wherever it stands. @type {Record<string, [rule: string, message: string]>} */
const refused = {
  ObjectPattern: ["destructuring", "destructuring is a syntax error"],
  ArrayPattern: ["destructuring", "destructuring is a syntax error"],
  AssignmentPattern: ["default-parameter", "default values are a syntax error"],
  RestElement: ["rest-parameter", "rest parameters are a syntax error"],
  SpreadElement: ["spread", "spread is a syntax error"],
  ChainExpression: ["optional-chaining", "?. is a syntax error"],
  YieldExpression: ["generator", "generators do not exist"],
  AwaitExpression: ["async", "async and await do not exist"],
  LabeledStatement: ["label", "labels do not exist"],
  TaggedTemplateExpression: ["tagged-template", "tagged templates are a syntax error"],
  PrivateIdentifier: ["private-name", "#names are a syntax error"],
  PropertyDefinition: ["class-field", "a field is evaluated once and shared by all instances; assign it in the constructor"],
  StaticBlock: ["class-field", "static blocks are a syntax error"],
  ClassExpression: ["class-expression", "a class expression is executed even in a branch that is skipped; declare the class"],
  WithStatement: ["with", "with does not exist"],
  MetaProperty: ["meta-property", "new.target and import.meta do not exist"],
  ImportExpression: ["dynamic-import", "import() does not exist; use the host's require"],
};

/** @typedef {(rule: string, node: {start: number}, message: string) => void} Report */

/**
 * @param {any} program the parsed output @param {string} code its text
 * @param {import("./scopes.js").Names} names @param {Report} report
 */
export function checkSyntax(program, code, names, report) {
  visit(program, []);
  for (const id of [...names.uses.keys(), ...names.defined.keys()]) {
    if (id.name.length > 63) report("long-identifier", id, "names are cut after 63 characters and then collide");
    if (id.name === "of") report("reserved-name", id, "of cannot name a variable");
  }

  function visit(/** @type {any} */ node, /** @type {any[]} */ above) {
    const row = refused[node.type];
    if (row) report(row[0], node, row[1]);
    check(node, above);
    for (const child of children(node)) visit(child, [...above, node]);
  }

  function check(/** @type {any} */ node, /** @type {any[]} */ above) {
    const say = (/** @type {string} */ rule, /** @type {string} */ message) => report(rule, node, message);
    if (isFunction(node)) {
      if (node.async) say("async", "async functions do not exist");
      if (node.generator) say("generator", "generators do not exist");
    }
    if ("operator" in node && operators.has(node.operator)) say("operator", `${node.operator} is a syntax error`);
    switch (node.type) {
      case "VariableDeclaration": if (node.kind !== "var") say("let-const", `${node.kind} in a loop is one variable for all closures; lower it to var`); break;
      case "ForOfStatement": if (node.await) say("async", "for await does not exist"); checkBody(node.body); break;
      case "ForStatement": if (node.init) checkHead(node.init); checkBody(node.body); break;
      case "ForInStatement": case "WhileStatement": checkBody(node.body); break;
      case "IfStatement": checkBody(node.consequent); break;
      case "DoWhileStatement":
        if (node.body.type !== "BlockStatement" && code[node.body.end - 1] !== ";") say("do-without-semicolon", "a body without braces needs its semicolon before while");
        break;
      case "SwitchStatement": {
        const fallback = node.cases.findIndex((/** @type {any} */ one) => !one.test);
        if (fallback >= 0 && fallback < node.cases.length - 1) report("case-after-default", node.cases[fallback + 1], "a case after default is a syntax error");
        break;
      }
      case "ReturnStatement": checkReturn(node); break;
      case "ArrayExpression": if (node.elements.includes(null)) say("array-hole", "a hole is a syntax error in code that is skipped; write undefined"); break;
      case "Property": case "MethodDefinition": checkMember(node, above); break;
      case "Literal": checkLiteral(node); break;
      case "TemplateElement": checkText(node, node.value.raw, node.value.cooked ?? ""); break;
      case "Identifier": if (node.name === "arguments") checkArguments(node, above); break;
      case "Super": if (!above.some((one) => one.type === "MethodDefinition")) say("super-in-object", "super works in classes only"); break;
      case "Program": case "BlockStatement": checkStatements(node.body); break;
      case "SwitchCase": checkStatements(node.consequent); break;
    }
  }

  function checkHead(/** @type {any} */ node) {
    if (node.operator === "in") report("in-for-init", node, "the in operator in the head of a for loop is a syntax error");
    if (!isFunction(node)) children(node).forEach(checkHead);
  }

  function checkBody(/** @type {any} */ body) {
    if (code[body.start] === "/") report("regex-after-paren", body, "a regular expression directly after ) is read as a division");
  }

  function checkReturn(/** @type {any} */ node) {
    const value = /^return(?:[^\S\n]|\/\/.*|\/\*[^]*?\*\/)*\n\s*[^\s}]/.test(code.slice(node.start));
    if (node.argument ? value : value && code[node.end - 1] !== ";") report("return-newline", node, "return goes on to the next line: end it with a semicolon, or put its value beside it");
  }

  function checkMember(/** @type {any} */ node, /** @type {any[]} */ above) {
    const { key } = node, call = above.at(-2);
    if (node.computed) return report("computed-key", node, "computed keys are a syntax error");
    if (node.kind === "get" && call?.type === "CallExpression" && /\bJSON\.stringify$/.test(code.slice(call.callee.start, call.callee.end))) {
      report("getter-in-json", node, "JSON.stringify leaves getters out");
    }
    if (node.kind === "init" || key.type === "PrivateIdentifier") return;
    if (key.type !== "Identifier") report("member-name", key, "a method of a class and an accessor need a plain name");
    else if (reserved.has(key.name)) report("member-name", key, `a method of a class or an accessor named ${key.name} is a syntax error`);
  }

  function checkLiteral(/** @type {any} */ node) {
    if (node.bigint) report("bigint", node, "BigInt does not exist");
    if (node.regex) for (const feature of badRegex(node.regex.pattern, node.regex.flags)) report("regex", node, `${feature}: the interpreter gets it wrong`);
    if (typeof node.value === "string") checkText(node, node.raw, node.value);
  }

  function checkText(/** @type {any} */ node, /** @type {string} */ raw, /** @type {string} */ value) {
    if (/\\\r?\n/.test(raw)) report("backslash-newline", node, "a backslash at the end of a line leaves the newline in the text");
    if (/\\u\{/.test(raw)) report("code-point-escape", node, "\\u{} is an error");
    if (/[^\0-\xff]/.test(value)) report("wide-text", node, "a character above 255 does not survive on the board (text is bytes); write its UTF-8 bytes");
  }

  function checkArguments(/** @type {any} */ node, /** @type {any[]} */ above) {
    if (names.uses.has(node) && above.filter(isFunction).at(-1)?.type === "ArrowFunctionExpression") report("arguments-in-arrow", node, "arguments in an arrow function are the arrow's own");
  }

  function checkStatements(/** @type {any[]} */ list) {
    for (let at = 1; at < list.length; at++) {
      const before = list[at - 1];
      if (/^(\+\+|--)/.test(code.slice(list[at].start, list[at].start + 2)) && code[before.end - 1] !== ";" && /^(Expression|Variable)/.test(before.type)) {
        report("increment-newline", list[at], "++ and -- on a new line apply to the line before; end that with a semicolon");
      }
    }
  }
}
