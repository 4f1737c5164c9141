// A rollup output plugin that fails the build on whatever Espruino 2v27 to 2v29 cannot run or runs wrongly.
//
// It reads what is really written (after lowering and minifying), because both have produced wrong code before. The rules stand in gate/.
import { dirname, relative, resolve as resolvePath } from "node:path";
import { SourceMap } from "node:module";
import { parse } from "acorn";
import { checkClasses } from "./gate/classes.js";
import { checkModule, offered } from "./gate/module.js";
import { checkNames } from "./gate/names.js";
import { checkOrder } from "./gate/order.js";
import { checkRecords } from "./gate/records.js";
import { resolve } from "./gate/scopes.js";
import { checkSyntax } from "./gate/syntax.js";
import { moduleName, pathOf } from "./split.js";

/**
 * @typedef {{rule: string, at: number, message: string}} Finding  at: offset in the code
 */

/**
 * Everything in a script that the interpreter would not run as written.
 * @param {string} code a script as it will be on the board
 * @param {string} [firmware] for a module: the firmware's script, whose globals it uses
 * @returns {Finding[]} in the order of the text; empty when it is fit
 */
export function findings(code, firmware) {
  /** @type {Finding[]} */
  const found = [];
  const report = (/** @type {string} */ rule, /** @type {{start: number}} */ node, /** @type {string} */ message) => {
    found.push({ rule, at: node.start, message });
  };
  for (const match of code.matchAll(/[^\0-\x7f]+/g)) report("ascii", { start: match.index }, "the image is pure ASCII: the uploader recodes anything else");
  let program;
  try {
    program = parse(code, { ecmaVersion: "latest", sourceType: "script", allowReturnOutsideFunction: false });
  } catch (error) {
    const { pos, message } = /** @type {any} */ (error);
    return [...found, { rule: "syntax", at: pos ?? 0, message }];
  }
  const names = resolve(program);
  const place = (/** @type {{start: number}} */ node) => { const { line, column } = position(code, node.start); return `${line}:${column}`; };
  const below = firmware === undefined ? undefined : offered(firmware);
  checkSyntax(program, code, names, report);
  checkNames(program, names, report, below?.methods);
  checkClasses(program, names, report, below?.names);
  if (below) checkModule(names, below, report);
  checkRecords(program, code, names, report);
  checkOrder(program, names, report, place);
  return found.sort((one, other) => one.at - other.at);
}

/** @param {string} code @param {number} at @returns {{line: number, column: number}} both from 1 */
function position(code, at) {
  const before = code.slice(0, at);
  return { line: before.split("\n").length, column: at - before.lastIndexOf("\n") };
}

/**
 * Says for each finding where it comes from: the source file and line if there is a map, the place in the output, and the text there.
 * @param {Finding[]} found @param {string} code @param {string} file the output file's path @param {any} [map] its source map
 * @param {string[]} [modules] the paths of the modules in it
 * @returns {string[]}
 */
export function describe(found, code, file, map, modules = []) {
  const source = map ? new SourceMap(map) : undefined;
  const paths = modules.map(pathOf);
  const here = (/** @type {string} */ path) => relative(process.cwd(), path).replaceAll("\\", "/");
  // The TypeScript plugin writes its sources relative to its own output folder, which may be a level off: then the module's name decides.
  const locate = (/** @type {string} */ path) => {
    const exact = resolvePath(dirname(file), path), tail = `/${path.replace(/^(\.\.?\/)+/, "")}`;
    return here(paths.includes(exact) ? exact : paths.find((id) => id.replaceAll("\\", "/").endsWith(tail)) ?? exact);
  };
  return found.map(({ rule, at, message }) => {
    const { line, column } = position(code, at);
    const entry = /** @type {any} */ (source?.findEntry(line - 1, column - 1));
    const origin = entry?.originalSource === undefined ? "" : `${locate(entry.originalSource)}:${entry.originalLine + 1}: `;
    const snippet = code.slice(at, at + 60).split("\n")[0];
    return `${origin}[${rule}] ${message}\n    ${here(file)}:${line}:${column}  ${snippet}`;
  });
}

/** The plugin, for `output.plugins`, last in the list. Set `sourcemap` on the output to have source files and lines named. */
export function gate() {
  return {
    name: "espruino-gate",
    /** @this {import("rollup").PluginContext} @param {import("rollup").NormalizedOutputOptions} options @param {import("rollup").OutputBundle} bundle */
    generateBundle(options, bundle) {
      const chunks = Object.values(bundle).flatMap((one) => (one.type === "chunk" ? [one] : []));
      const firmware = chunks.find((chunk) => moduleName(chunk) === undefined)?.code ?? "";
      const refused = chunks.flatMap((chunk) => {
        const file = options.file ?? resolvePath(options.dir ?? ".", chunk.fileName);
        return describe(findings(chunk.code, moduleName(chunk) === undefined ? undefined : firmware), chunk.code, resolvePath(file), chunk.map, chunk.moduleIds);
      });
      const shown = refused.slice(0, 40);
      if (refused.length > shown.length) shown.push(`and ${refused.length - shown.length} more`);
      if (refused.length > 0) this.error(`Espruino cannot run this (${refused.length} findings; rules: tools/build/README.md)\n${shown.join("\n")}`);
    },
  };
}
