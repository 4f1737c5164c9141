// A rollup output plugin that lists what goes into the board's Storage (image.json) and writes the scripts that put it there (install.js).
import { crc32 } from "./crc32.js";
import { installer, installerParts } from "./installer.js";
import { moduleName } from "./split.js";

/**
 * @typedef {{name: string, file: string, length: number, crc32: number}} Entry
 *   name: in Storage; file: beside image.json; length in bytes; crc32 as E.CRC32 gives it
 */

/**
 * One row of image.json.
 * @param {string} name @param {string} file @param {string} code pure ASCII
 * @returns {Entry}
 */
export function entry(name, file, code) {
  if (name.length > 28) throw new Error(`Storage cuts the name ${name} at 28 characters`);
  if (code.length === 0) throw new Error(`${file} is empty, and Storage takes no empty file`);
  if (/[^\0-\x7f]/.test(code)) throw new Error(`${file} is not pure ASCII`);
  return { name, file, length: code.length, crc32: crc32(code) };
}

/** The plugin, for `output.plugins` of the minified output, after `gate()`. The firmware becomes `.bootcde`, every module a record of its name. */
export function image() {
  return {
    name: "espruino-image",
    /** @this {import("rollup").PluginContext} @param {unknown} _options @param {import("rollup").OutputBundle} bundle */
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).flatMap((one) => (one.type === "chunk" ? [one] : []));
      for (const chunk of chunks) if (!chunk.isEntry) this.error(`${chunk.fileName} is neither the firmware nor a module`);
      // Boot code last: as long as it is missing or old, a half-written image does not start.
      chunks.sort((one, other) => Number(!moduleName(one)) - Number(!moduleName(other)));
      const files = chunks.map((chunk) => ({ entry: entry(moduleName(chunk) ?? ".bootcde", chunk.fileName, chunk.code), code: chunk.code }));
      const names = new Set(files.map((one) => one.entry.name));
      if (names.size < files.length) this.error("two parts of the image have the same name in Storage");
      this.emitFile({ type: "asset", fileName: "image.json", source: `${JSON.stringify(files.map((one) => one.entry), null, 2)}\n` });
      this.emitFile({ type: "asset", fileName: "install.js", source: installer(files) });
      installerParts(files).forEach((part, i) => this.emitFile({ type: "asset", fileName: `install.${i + 1}.js`, source: part }));
    },
  };
}
