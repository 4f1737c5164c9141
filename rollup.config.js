// Builds dist/firmware.js (readable) and dist/firmware.min.js (what is flashed) from src/main.ts, and dist/NAME.js and dist/NAME.min.js from each src/modules/NAME.ts.
import typescript from "@rollup/plugin-typescript";
import terser from "@rollup/plugin-terser";
import { clear } from "./tools/build/clear.js";
import { embed } from "./tools/build/embed.js";
import { gate } from "./tools/build/gate.js";
import { image } from "./tools/build/image.js";
import { script } from "./tools/build/link.js";
import { lower } from "./tools/build/lower.js";
import { ports } from "./tools/build/ports.js";
import { split } from "./tools/build/split.js";

const output = {
  dir: "dist",
  // The parts are joined by tools/build/link.js; no wrapper, no "use strict", no exports are left.
  format: "es",
  minifyInternalExports: false,
  freeze: false,
  generatedCode: "es5",
  // For the gate, which names source files and lines; nothing of it is in the image.
  sourcemap: "hidden",
};

/** terser's defaults give wrong code on Espruino; this list was found to survive (one cause each in tools/build/README.md). */
const minify = {
  ecma: 2015,
  module: false,
  toplevel: true,
  compress: { passes: 2, directives: false, reduce_vars: false, reduce_funcs: false, collapse_vars: false, inline: 0, unsafe_arrows: true },
  mangle: { toplevel: false },
  format: { comments: false, ascii_only: true },
};

export default {
  input: "src/main.ts",
  plugins: [split(), typescript({ tsconfig: "src/tsconfig.json", noEmit: false, noEmitOnError: true, outDir: "dist" }), ports()],
  output: [
    { ...output, entryFileNames: "[name].js", plugins: [lower(), script(), gate(), embed()] },
    { ...output, entryFileNames: "[name].min.js", plugins: [lower({ short: true }), terser(minify), script(), gate(), embed(), image(), clear()] },
  ],
};
