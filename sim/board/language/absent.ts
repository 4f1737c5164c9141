// What V8 has and Espruino 2v29 has not, found by asking the real interpreter for every built-in name of V8.
import type { Realm } from "../realm";

const globals = `
  Symbol AggregateError EvalError RangeError URIError Intl BigUint64Array BigInt64Array Map BigInt Set WeakMap WeakSet Proxy
  Reflect FinalizationRegistry WeakRef decodeURI encodeURI escape unescape SharedArrayBuffer Atomics WebAssembly`;

const members: Record<string, string> = {
  "Object": `getOwnPropertySymbols hasOwn is preventExtensions seal freeze isExtensible isFrozen isSealed`,
  "Object.prototype": `isPrototypeOf propertyIsEnumerable toLocaleString`,
  "Array": `from of`,
  "Array.prototype": `
  at copyWithin findLast findLastIndex lastIndexOf keys entries values flat flatMap reduceRight toLocaleString
  toReversed toSorted toSpliced with`,
  "Number": `isFinite isInteger isNaN isSafeInteger parseFloat parseInt`,
  "Number.prototype": `toExponential toPrecision toLocaleString`,
  "String": `fromCodePoint raw`,
  "String.prototype": `
  anchor at big blink bold codePointAt fontcolor fontsize fixed isWellFormed italics link localeCompare matchAll
  normalize search small strike sub sup toWellFormed trimStart trimLeft trimEnd trimRight toLocaleLowerCase
  toLocaleUpperCase`,
  "Date": `UTC`,
  "Date.prototype": `
  toDateString toTimeString toGMTString setUTCDate setUTCFullYear setUTCHours setUTCMilliseconds setUTCMinutes
  setUTCMonth setUTCSeconds getYear setYear toLocaleString toLocaleDateString toLocaleTimeString`,
  "Error": `captureStackTrace`,
  "Math": `
  acosh asinh atanh cbrt expm1 clz32 cosh fround hypot imul log1p log2 log10 sinh tanh trunc`,
  "ArrayBuffer": `isView`,
  "ArrayBuffer.prototype": `slice maxByteLength resizable resize`,
  "TypedArray": `from of`,
  "TypedArray.prototype": `
  entries keys values at copyWithin findLast findLastIndex lastIndexOf reduceRight toLocaleString toReversed toSorted
  with`,
  "DataView.prototype": `getBigInt64 setBigInt64 getBigUint64 setBigUint64`,
};

/** Removes them all. V8 itself does not look its own parts up by these names, so the rest goes on working. */
export function removeAbsent(realm: Realm): void {
  for (const name of words(globals)) delete realm.global[name];
  for (const [path, names] of Object.entries(members)) {
    const owner = lookUp(realm, path);
    for (const name of words(names)) delete owner[name];
  }
}

function lookUp(realm: Realm, path: string): Record<string, unknown> {
  if (path === "TypedArray") return Object.getPrototypeOf(realm.intrinsics.Uint8Array) as Record<string, unknown>;
  if (path === "TypedArray.prototype") return realm.intrinsics.typedArrayPrototype as Record<string, unknown>;
  return path.split(".").reduce((object, name) => object[name] as Record<string, unknown>, realm.global);
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}
