// Lowers the bundle to what Espruino 2v27 and later run: Babel 7 with only those transforms that the interpreter needs. Joins its parts on the way.
import { getBabelOutputPlugin } from "@rollup/plugin-babel";
import { inlineConstants } from "./constants.js";
import { crc32 } from "./crc32.js";
import { exportList, forgetStartup, linkModule, MARK, shortGlobals, shortProperties } from "./link.js";
import { moduleName } from "./split.js";

/** What Espruino runs natively and faster than its ES5 form. let and const are NOT here: loop closures would share one variable. */
const native = [
  "transform-classes", "transform-arrow-functions", "transform-template-literals", "transform-shorthand-properties",
  "transform-for-of", "transform-literals", "transform-function-name", "transform-typeof-symbol", "transform-reserved-words",
  "transform-property-literals", "transform-member-expression-literals", "transform-object-super",
];

/** @param {any[]} plugins */
const babel = (plugins) => getBabelOutputPlugin({
  compact: false,
  presets: [["@babel/preset-env", { targets: { ie: "11" }, loose: true, modules: false, exclude: native }]],
  plugins,
  assumptions: {
    iterableIsArray: true, arrayLikeIsIterable: true, setSpreadProperties: true, objectRestNoSymbols: true,
    noDocumentAll: true, setPublicClassFields: true, ignoreFunctionLength: true,
  },
});

/**
 * A rollup output plugin, for `format: "es"`, first in the list: ES2022 in, the subset that Espruino runs out. `short` renames the top level for the
 * image that is flashed. Modules wait for the firmware, whose names they need.
 */
export function lower({ short = false } = {}) {
  /** @type {(firmware: import("./link.js").Firmware) => void} */
  let known;
  /** @type {Promise<import("./link.js").Firmware>} */
  let firmware;
  return {
    name: "espruino-lower",
    renderStart() {
      firmware = new Promise((resolve) => { known = resolve; });
    },
    /** @this {any} @param {string} code @param {import("rollup").RenderedChunk} chunk @param {import("rollup").NormalizedOutputOptions} options */
    async renderChunk(code, chunk, options) {
      const transform = (/** @type {any[]} */ plugins) => /** @type {any} */ (babel(plugins)).renderChunk.call(this, code, chunk, options);
      if (moduleName(chunk) !== undefined) return transform([...(short ? [inlineConstants] : []), [linkModule, { firmware: await firmware, short }], ...(short ? [shortProperties] : [])]);
      const lowered = await transform([forgetStartup, ...(short ? [inlineConstants, shortGlobals, shortProperties] : [])]);
      const mark = crc32(lowered.code).toString(16).padStart(MARK.length, "0");
      known({ names: exportList(lowered.code).names, mark });
      return { ...lowered, code: lowered.code.replaceAll(MARK, mark) };
    },
  };
}
