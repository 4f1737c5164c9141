// Builds dist/firmware.js (readable) and dist/firmware.min.js (what is flashed) from src/main.ts.
import typescript from "@rollup/plugin-typescript";
import terser from "@rollup/plugin-terser";
import { gate } from "./tools/build/gate.js";
import { image } from "./tools/build/image.js";
import { lower } from "./tools/build/lower.js";
import { ports } from "./tools/build/ports.js";

const output = {
  format: "cjs",
  strict: false,
  exports: "none",
  freeze: false,
  esModule: false,
  generatedCode: "es5",
  // For the gate, which names source files and lines; nothing of it is in the image.
  sourcemap: "hidden",
};

/** terser's defaults give wrong code on Espruino; this list was found to survive (one cause each in tools/build/README.md). */
const minify = {
  ecma: 2015,
  toplevel: true,
  compress: { passes: 2, reduce_vars: false, reduce_funcs: false, collapse_vars: false, inline: 0, unsafe_arrows: true },
  mangle: { toplevel: false },
  format: { comments: false, ascii_only: true },
};

export default {
  input: "src/main.ts",
  plugins: [typescript({ tsconfig: "src/tsconfig.json", noEmit: false, noEmitOnError: true, outDir: "dist" }), ports()],
  output: [
    { ...output, file: "dist/firmware.js", plugins: [lower(), gate()] },
    { ...output, file: "dist/firmware.min.js", plugins: [lower({ short: true }), terser(minify), gate(), image()] },
  ],
};
