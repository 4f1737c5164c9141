/** The globals of the language, the same on every host. Whatever else a module needs is handed to it. (ports.js takes Math.random and the clock out.) */
export const language = new Set(("Array ArrayBuffer Boolean DataView Date Error Float32Array Float64Array Function Infinity Int8Array Int16Array Int32Array JSON Math NaN "
  + "Number Object Promise RegExp String SyntaxError TypeError Uint8Array Uint16Array Uint32Array isFinite isNaN parseFloat parseInt undefined").split(" "));
