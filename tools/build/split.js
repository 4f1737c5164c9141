// A rollup plugin that cuts the image into the firmware (all that main.ts reaches) and Storage modules (one for each file of src/modules).
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import ts from "typescript";
import { imports } from "./ports.js";

/** What the interpreter's require() finds before it looks into Storage. */
const builtIn = new Set(("Flash Storage heatshrink fs net dgram tls http crypto timer tensorflow neopixel Wifi NetworkJS TelnetServer ESP8266 "
  + "CC3000 WIZnet HCI tv").split(" "));

/** Files of the build that are no modules: firmware.js, install.js. */
const taken = new Set(["firmware", "install"]);

/** @param {string} id a module's id, as rollup has it @returns {string} its path */
export const pathOf = (id) => id.replace(/\?.*$/, "");

/** The name in Storage of a part of the image; undefined for the firmware itself. @param {{facadeModuleId?: string | null}} chunk @returns {string | undefined} */
export function moduleName(chunk) {
  const path = pathOf(chunk.facadeModuleId ?? "");
  return basename(dirname(path)) === "modules" ? basename(path, ".ts") : undefined;
}

/** The files, below `root`, that run when `file` is loaded: itself and all that it imports, types not counted. @param {string} root @param {string} file @returns {Set<string>} */
export function reach(root, file) {
  const found = new Set([file]);
  for (const one of found) {
    for (const { to, types } of imports(one, readFileSync(join(root, one), "utf8"))) if (!types && existsSync(join(root, `${to}.ts`))) found.add(`${to}.ts`);
  }
  return found;
}

/** The modules, by name. @param {string} root @returns {string[]} */
function listModules(root) {
  if (!existsSync(join(root, "modules"))) return [];
  return readdirSync(join(root, "modules")).filter((file) => file.endsWith(".ts")).map((file) => basename(file, ".ts")).sort();
}

/**
 * The plugin, for `plugins`, first in the list; `input` is src/main.ts. What main.ts does not reach and several modules do is in each of them:
 * it costs flash, and memory only while they are loaded.
 * @param {string} [root] the folder of main.ts and modules/
 */
export function split(root = "src") {
  const base = resolve(root);
  /** @type {Map<string, Set<string>>} */
  let reached = new Map();
  const firmware = () => reached.get("") ?? new Set();
  const inside = (/** @type {string} */ path) => relative(base, path).replaceAll("\\", "/");

  /** The module that a file was loaded for, "" if there is no need to know. */
  function owner(/** @type {string} */ id) {
    const [path = "", name] = id.split("?"), file = inside(path);
    if (name !== undefined) return name;
    if (firmware().has(file)) return "";
    return [...reached].find(([, files]) => files.has(file))?.[0] ?? "";
  }

  return {
    name: "espruino-split",
    /** @this {import("rollup").MinimalPluginContext} @param {import("rollup").InputOptions} options */
    options(options) {
      const modules = listModules(root);
      for (const name of modules) {
        if (!/^[A-Za-z][A-Za-z0-9]{0,7}$/.test(name)) this.error(`${root}/modules/${name}.ts: the name of a module is 1 to 8 letters and digits`);
        if (taken.has(name)) this.error(`${root}/modules/${name}.ts: ${name}.js is another file of the build`);
        if (builtIn.has(name)) this.error(`${root}/modules/${name}.ts: the interpreter has a module ${name} of its own`);
      }
      reached = new Map([["", reach(root, "main.ts")], ...modules.map((name) => /** @type {const} */ ([name, reach(root, `modules/${name}.ts`)]))]);
      for (const name of modules) if (firmware().has(`modules/${name}.ts`)) this.error(`${root}/modules/${name}.ts is imported by what main.ts reaches: import its type only, and load it`);
      return { ...options, input: { firmware: join(root, "main.ts"), ...Object.fromEntries(modules.map((name) => [name, join(root, "modules", `${name}.ts`)])) } };
    },
    /** @param {import("rollup").OutputOptions} options */
    outputOptions(options) {
      return { ...options, manualChunks: (/** @type {string} */ id) => (firmware().has(inside(id)) ? "firmware" : undefined) };
    },
    /** A file of several modules gets an id for each. @param {string} source @param {string | undefined} importer */
    resolveId(source, importer) {
      if (!importer || !source.startsWith(".")) return null;
      const name = owner(importer), path = `${resolve(dirname(pathOf(importer)), source)}.ts`, file = inside(path);
      if (!name || !existsSync(path)) return null;
      const shared = [...reached].filter(([, files]) => files.has(file)).length > 1;
      return shared && !firmware().has(file) ? `${path}?${name}` : path;
    },
    /** The TypeScript plugin has checked it; here its types are taken away. @param {string} id */
    load(id) {
      const path = pathOf(id);
      if (path === id || !path.endsWith(".ts")) return null;
      const made = ts.transpileModule(readFileSync(path, "utf8"), {
        fileName: path,
        compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, useDefineForClassFields: false, verbatimModuleSyntax: true, sourceMap: true },
      });
      return { code: made.outputText.replace(/\/\/# sourceMappingURL=.*\s*$/, ""), map: JSON.parse(made.sourceMapText ?? "{}") };
    },
  };
}
