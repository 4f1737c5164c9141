// Names that Espruino 2v27 to 2v29 does not have, or has with another meaning: globals, static functions, methods and their arguments.
import { each } from "./scopes.js";
import { badRegex } from "./regex.js";

const set = (/** @type {string} */ words) => new Set(words.split(/\s+/));

/** Not there. (decodeURIComponent exists and throws at bytes above 127; encodeURIComponent is wrong there.) */
const globals = set(`Map Set WeakMap WeakSet WeakRef Symbol Proxy Reflect BigInt BigInt64Array BigUint64Array Atomics SharedArrayBuffer Intl Iterator
  AggregateError EvalError RangeError URIError FinalizationRegistry TextEncoder TextDecoder Buffer URL URLSearchParams AbortController Event EventTarget
  queueMicrotask setImmediate clearImmediate structuredClone fetch performance escape unescape encodeURI decodeURI encodeURIComponent decodeURIComponent`);

/** @type {Record<string, Set<string>>} */
const statics = {
  Object: set("freeze seal is hasOwn isExtensible isFrozen isSealed preventExtensions getOwnPropertySymbols groupBy"),
  Array: set("from of"),
  String: set("raw fromCodePoint"),
  Number: set("isInteger isFinite isNaN isSafeInteger parseFloat parseInt EPSILON MAX_SAFE_INTEGER MIN_SAFE_INTEGER"),
  Math: set("trunc imul log2 log10 log1p expm1 hypot clz32 cbrt cosh tanh fround"),
  Promise: set("race any allSettled withResolvers"),
  Date: set("UTC"),
  ArrayBuffer: set("isView"),
  ...Object.fromEntries(["Int8", "Uint8", "Uint8Clamped", "Int16", "Uint16", "Int32", "Uint32", "Float32", "Float64"].map((kind) => [`${kind}Array`, set("from of")])),
};

/** Methods that TypeScript's ES5 library offers and the interpreter lacks: refused whatever the receiver. */
const methods = set(`reduceRight localeCompare search toPrecision toExponential toLocaleString toLocaleDateString toLocaleTimeString toDateString
  toTimeString toLocaleLowerCase toLocaleUpperCase isPrototypeOf propertyIsEnumerable setUTCDate setUTCHours setUTCMinutes setUTCSeconds setUTCMilliseconds
  setUTCMonth setUTCFullYear`);

/** Later methods: refused unless the program has a method of that name itself (the compiler's ES5 library refuses them on built-ins). */
const laterMethods = set(`flat flatMap at copyWithin findLast findLastIndex toReversed toSorted toSpliced with finally codePointAt trimStart trimEnd matchAll
  normalize once keys values entries`);

/** Text methods that take a needle cut off by the end of the text for a hit. */
const searches = set("indexOf includes replace replaceAll match");

const builtins = set("Array String Object Function Number Boolean Date RegExp Promise Error Uint8Array Uint16Array Uint32Array Int8Array Int16Array Int32Array Float32Array Float64Array");

/**
 * @param {any} program @param {import("./scopes.js").Names} names @param {import("./syntax.js").Report} report
 * @param {Iterable<string>} [others] methods that another part of the image defines
 */
export function checkNames(program, names, report, others = []) {
  const own = new Set([...ownMethods(program), ...others]);
  for (const [id, use] of names.uses) {
    if (use.binding) continue;
    if (use.write) report("leaks-global", id, `${id.name} is assigned but never declared: it would become a global`);
    else if (!use.asked && globals.has(id.name)) report("missing-global", id, `${id.name} does not exist or does not work`);
  }
  for (const name of names.program.names.values()) if (name.name === "ssl") report("reserved-name", name.definitions[0], "the global ssl is the interpreter's TLS table");
  each(program, check);

  /** Is this identifier the built-in global of that name? */
  function isGlobal(/** @type {any} */ node) { return node.type === "Identifier" && names.uses.get(node)?.binding === null; }

  /** What an expression holds for certain: a literal's node, directly or by a variable that is never assigned again. */
  function literal(/** @type {any} */ node) {
    if (node?.type !== "Identifier") return node;
    return names.uses.get(node)?.binding?.value ?? node;
  }

  function check(/** @type {any} */ node) {
    if (node.type === "MemberExpression") checkMember(node);
    if (node.type === "CallExpression" || node.type === "NewExpression") checkCall(node);
    const written = node.type === "AssignmentExpression" ? node.left : node.type === "UpdateExpression" ? node.argument : undefined;
    if (written?.type === "MemberExpression" && nameOf(written) === "length" && written.object.type !== "ThisExpression") {
      report("length-assignment", node, "length of an array cannot be assigned; use splice");
    }
    if (written && isGlobal(written) && written.name === "ssl") report("reserved-name", node, "the global ssl is the interpreter's TLS table");
  }

  function checkMember(/** @type {any} */ node) {
    const name = nameOf(node), { object } = node;
    if (name === undefined) return;
    if (isGlobal(object) && Object.hasOwn(statics, object.name) && statics[object.name]?.has(name)) report("missing-static", node, `${object.name}.${name} does not exist`);
    if (object.type === "MemberExpression" && nameOf(object) === "prototype" && isGlobal(object.object) && builtins.has(object.object.name)
      && !(object.object.name === "Object" && name === "hasOwnProperty")) {
      report("builtin-prototype", node, `${object.object.name}.prototype.${name} is not visible; use an instance, as in [].slice.call`);
    }
  }

  function checkCall(/** @type {any} */ node) {
    const { callee } = node, args = node.arguments;
    const name = callee.type === "MemberExpression" ? nameOf(callee) : isGlobal(callee) ? callee.name : undefined;
    if (name === undefined) return;
    if (callee.type === "Identifier") {
      if (/^clear(Timeout|Interval)$/.test(name) && args.length === 0) report("clear-all", node, `${name}() without an argument clears every timer`);
      if (name === "RegExp") checkPattern(node);
      return;
    }
    const receiver = callee.object;
    if (receiver.type === "Identifier" && receiver.name === "JSON" && isGlobal(receiver)) {
      if (name === "parse" && args.length > 1) report("json-argument", node, "the reviver of JSON.parse is ignored");
      if (name === "stringify" && args.length > 1 && !isNothing(args[1])) report("json-argument", node, "the replacer of JSON.stringify is ignored");
      return;
    }
    if (isGlobal(receiver) && Object.hasOwn(statics, receiver.name)) return;
    if (methods.has(name) || (laterMethods.has(name) && !own.has(name))) report("missing-method", node, `.${name}() does not exist`);
    if (name === "lastIndexOf" && typeof literal(args[0])?.value !== "string") report("missing-method", node, "arrays have no lastIndexOf(); texts have (this rule passes a text as its argument)");
    if (name === "split" && args.length > 1) report("split-limit", node, "the limit of split is ignored");
    const needle = literal(args[0]);
    if (searches.has(name) && typeof needle?.value === "string" && needle.value.length > 1 && literal(receiver).type !== "ArrayExpression") {
      report("text-search", node, `.${name}() of a text finds a needle that is cut off by its end; use find() of src/bytes/find.ts`);
    }
  }

  function checkPattern(/** @type {any} */ node) {
    const [pattern, flags] = node.arguments.map(literal);
    if (typeof pattern?.value !== "string") return;
    for (const feature of badRegex(pattern.value, typeof flags?.value === "string" ? flags.value : "")) report("regex", node, `${feature}: the interpreter gets it wrong`);
  }
}

/** @param {any} member @returns {string | undefined} the property's name, when the text says it */
function nameOf(member) {
  if (!member.computed) return member.property.name;
  return typeof member.property.value === "string" ? member.property.value : undefined;
}

function isNothing(/** @type {any} */ node) { return node.value === null || node.name === "undefined" || node.operator === "void"; }

/** The names of the methods that the program itself defines. @param {any} program @returns {Set<string>} */
export function ownMethods(program) {
  const found = new Set();
  each(program, (node) => {
    if (node.type === "MethodDefinition" || (node.type === "Property" && /Function/.test(node.value.type))) found.add(node.key.name);
  });
  return found;
}
