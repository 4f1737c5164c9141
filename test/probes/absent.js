// many built-ins of other engines are not there
print(typeof Map, typeof Set, typeof Symbol, typeof Proxy, typeof Reflect, typeof BigInt, typeof WeakMap, typeof Intl, typeof encodeURI, typeof TextEncoder, typeof Buffer, typeof queueMicrotask, typeof setImmediate);
print(typeof Object.freeze, typeof Object.is, typeof Object.hasOwn, typeof Array.from, typeof Array.of, typeof [].flat, typeof [].at, typeof [].lastIndexOf, typeof [].reduceRight, typeof [].keys);
print(typeof Number.isInteger, typeof Number.MAX_SAFE_INTEGER, typeof Math.trunc, typeof Math.imul, typeof Math.log2, typeof Math.hypot, typeof (5).toPrecision);
print(typeof Promise.race, typeof Promise.any, typeof Promise.allSettled, typeof Promise.resolve().finally, typeof new ArrayBuffer(2).slice, typeof Uint8Array.from, typeof Object.prototype.once);
print(typeof Object.assign, typeof Object.entries, typeof Object.fromEntries, typeof [].find, typeof [].includes, typeof [].fill, typeof "".padStart, typeof "".replaceAll, typeof Math.sign, typeof DataView);
