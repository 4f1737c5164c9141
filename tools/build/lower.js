// Lowers the bundle to what Espruino 2v27 and later run: Babel 7 with only those transforms that the interpreter needs.
import { getBabelOutputPlugin } from "@rollup/plugin-babel";

/** What Espruino runs natively and faster than its ES5 form. let and const are NOT here: loop closures would share one variable. */
const native = [
  "transform-classes", "transform-arrow-functions", "transform-template-literals", "transform-shorthand-properties",
  "transform-for-of", "transform-literals", "transform-function-name", "transform-typeof-symbol", "transform-reserved-words",
  "transform-property-literals", "transform-member-expression-literals", "transform-object-super",
];

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/**
 * Renames every top-level name to "$" and one or two characters. The image's top level is the global scope of the REPL: a user's
 * `for (i = 0; ...)` must not overwrite a function of ours. Names of up to four characters cost no extra variable on the board.
 */
function shortGlobals() {
  return {
    visitor: {
      Program: {
        exit(path) {
          path.scope.crawl();
          let index = 0;
          for (const name of Object.keys(path.scope.bindings)) {
            const n = index++;
            path.scope.rename(name, "$" + (n < 62 ? letters[n] : letters[Math.floor(n / 62) - 1] + letters[n % 62]));
          }
        },
      },
    },
  };
}

/** A rollup output plugin: ES2022 in, the subset that Espruino runs out. `short` renames the top level for the image that is flashed. */
export function lower({ short = false } = {}) {
  return getBabelOutputPlugin({
    compact: false,
    presets: [["@babel/preset-env", { targets: { ie: "11" }, loose: true, modules: false, exclude: native }]],
    plugins: short ? [shortGlobals] : [],
    assumptions: {
      iterableIsArray: true, arrayLikeIsIterable: true, setSpreadProperties: true, objectRestNoSymbols: true,
      noDocumentAll: true, setPublicClassFields: true, ignoreFunctionLength: true,
    },
  });
}
