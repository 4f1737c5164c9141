// A rollup output plugin that takes from dist/ what an earlier build made and this one does not: parts that have left src/modules, parts of the installer.
import { existsSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/** Whether a file is one that this build makes, by what stands in it: a source map of its own name and of nothing but src/. @param {string} path @param {string} file */
function mapOf(path, file) {
  try {
    const map = JSON.parse(readFileSync(path, "utf8"));
    return map.file === file && map.sources.length > 0 && map.sources.every((/** @type {unknown} */ source) => typeof source === "string" && /^(\.\.\/)+src\//.test(source));
  } catch {
    return false;
  }
}

/**
 * The files of earlier builds. What has a like name and no such map, or another first line, is somebody's own and not among them.
 * @param {string} folder @param {Set<string>} names the parts of the image @param {Set<string>} made the files of this build
 * @returns {string[]}
 */
export function leftovers(folder, names, made) {
  const found = [];
  for (const file of readdirSync(folder).sort()) {
    const [, script = "", name = ""] = /^(([A-Za-z][A-Za-z0-9]*)(?:\.min)?\.js)\.map$/.exec(file) ?? [];
    if (script && !names.has(name) && mapOf(join(folder, file), script)) found.push(file, ...(existsSync(join(folder, script)) && !made.has(script) ? [script] : []));
    const installer = /^install\.\d+\.js$/.test(file) && !made.has(file);
    if (installer && /^\/\/ Part .* Made by tools\/build\/installer\.js\.\n/.test(readFileSync(join(folder, file), "latin1"))) found.push(file);
  }
  return found;
}

/** The plugin, for `output.plugins` of the minified output, after `image()`. It runs when all is written: a build that fails takes nothing away. */
export function clear() {
  return {
    name: "espruino-clear",
    /** @param {{dir?: string}} options @param {import("rollup").OutputBundle} bundle */
    writeBundle({ dir }, bundle) {
      if (!dir) return;
      const names = new Set(Object.values(bundle).flatMap((one) => (one.type === "chunk" ? [one.name] : [])));
      for (const file of leftovers(dir, names, new Set(Object.keys(bundle)))) rmSync(join(dir, file));
    },
  };
}
