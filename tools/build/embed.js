// Modules that are part of the boot code: what a board needs that has nothing else in flash, and still takes memory only while it is used. Each
// is one function, which costs the board six variables while nobody calls it; called, it makes the module's exports (src/espruino/modules.ts).
import { moduleName } from "./split.js";

/** Their names in src/modules; all others are records of their own in Storage. */
export const embedded = new Set(["basic"]);

/** The global that holds their functions. */
export const TABLE = "$_M";

/**
 * The boot code with the modules in front of it: what runs last there may load one.
 * @param {string} firmware @param {{name: string, code: string}[]} modules
 */
export function withModules(firmware, modules) {
  return `var ${TABLE}={${modules.map(({ name, code }) => `${name}:function(exports){${code.trim()}}`).join(",\n")}};\n${firmware}`;
}

/** A rollup output plugin, after `gate()`, which has read each part by itself. */
export function embed() {
  return {
    name: "espruino-embed",
    /** @param {unknown} _options @param {import("rollup").OutputBundle} bundle */
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).flatMap((one) => (one.type === "chunk" ? [one] : []));
      const firmware = chunks.find((one) => moduleName(one) === undefined);
      const modules = chunks.flatMap((one) => (embedded.has(moduleName(one) ?? "") ? [{ name: moduleName(one) ?? "", code: one.code, file: one.fileName }] : []));
      if (!firmware || !modules.length) return;
      const lines = firmware.code.split("\n").length;
      firmware.code = withModules(firmware.code, modules);
      for (const { file } of modules) for (const name of [file, `${file}.map`]) delete bundle[name];
      // The map of the boot code, moved down by as many lines as stand in front of it now.
      const map = bundle[`${firmware.fileName}.map`];
      if (map?.type === "asset") {
        const moved = JSON.parse(String(map.source));
        moved.mappings = ";".repeat(firmware.code.split("\n").length - lines) + moved.mappings;
        map.source = JSON.stringify(moved);
      }
    },
  };
}
