// Makes a script for the interpreter from a file of bench/board, with the steps that make the image.
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { rollup, type OutputOptions, type Plugin } from "rollup";
import ts from "typescript";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** TypeScript without its types; the build has checked them. */
const typescript: Plugin = {
  name: "typescript",
  resolveId: (name, from) => (from && name.startsWith(".") ? resolve(dirname(from), name + ".ts") : null),
  load: (id) => (id.endsWith(".ts") ? ts.transpileModule(readFileSync(id, "utf8"), { compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, useDefineForClassFields: false } }).outputText : null),
};

/** The script of `bench/board/<name>.js`, lowered and minified like dist/firmware.min.js. */
export async function bundle(name: string): Promise<string> {
  const config = (await import("../rollup.config.js")).default;
  const { file, plugins, sourcemap, ...output } = config.output[1] as OutputOptions & { plugins: Plugin[] };
  const built = await rollup({ input: resolve(ROOT, "bench/board", name + ".js"), plugins: [typescript], treeshake: { moduleSideEffects: true } });
  const made = await built.generate({ ...output, plugins: plugins.filter((one) => one.name !== "espruino-image") });
  await built.close();
  return made.output[0].code;
}
