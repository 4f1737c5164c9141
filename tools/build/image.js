// A rollup output plugin that lists what goes into the board's Storage (image.json) and writes the script that puts it there (install.js).
import { crc32 } from "./crc32.js";
import { moduleName } from "./split.js";

/**
 * @typedef {{name: string, file: string, length: number, crc32: number}} Entry
 *   name: in Storage; file: beside image.json; length in bytes; crc32 as E.CRC32 gives it
 */

/** Longest statement of install.js: a console line that a small heap takes. */
const statement = 960;

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

/** Cuts a text into pieces whose statement fits, at multiples of 4 (flash is written in words). @param {string} code @returns {{offset: number, text: string}[]} */
export function pieces(code) {
  const found = [];
  for (let offset = 0; offset < code.length;) {
    let size = statement - 40;
    while (JSON.stringify(code.slice(offset, offset + size)).length > statement - 40) size -= 4;
    const text = code.slice(offset, offset + size);
    found.push({ offset, text });
    offset += text.length;
  }
  return found;
}

/**
 * The script that writes the entries into Storage, a piece a line, reads them back and prints one line of result.
 * It runs line by line at a console, or as a file. A file that is there already is left alone; one that differs is erased first,
 * because flash cannot be written over.
 * @param {{entry: Entry, code: string}[]} files in the order in which they are written; the boot code belongs last
 * @returns {string} pure ASCII, one statement a line
 */
export function installer(files) {
  const quoted = JSON.stringify;
  return [
    "// Writes the firmware into Storage and checks it; then type load() or restart the board. Made by tools/build/image.js.",
    'var install = { storage: require("Storage"), name: "", size: 0, skip: false, bytes: 0, wrong: [] };',
    "install.same = function (size, crc) { var have = install.storage.read(install.name); return have !== undefined && have.length === size && E.CRC32(have) === crc; };",
    "install.begin = function (name, size, crc) { install.name = name; install.size = size; install.skip = install.same(size, crc); "
      + "if (!install.skip && install.storage.read(name) !== undefined) install.storage.erase(name); };",
    "install.piece = function (offset, text) { if (install.skip) return; "
      + 'try { if (install.storage.write(install.name, text, offset, install.size) === false) throw "refused"; } '
      + 'catch (e) { install.skip = true; install.wrong.push(install.name + " at " + offset + ": " + (e.message || e)); } };',
    "install.end = function (size, crc) { install.bytes += size; if (install.same(size, crc)) return; var have = install.storage.read(install.name); "
      + 'install.wrong.push(install.name + (have === undefined ? " is missing" : " has " + have.length + " bytes, crc " + E.CRC32(have)) + ", wanted " + size + ", crc " + crc); };',
    "install.report = function () { "
      + 'if (install.wrong.length) print("NOT installed: " + install.wrong.join("; ")); else print("installed " + install.bytes + " bytes: ok"); };',
    ...files.flatMap(({ entry: { name, length, crc32: crc }, code }) => [
      `install.begin(${quoted(name)}, ${length}, ${crc});`,
      ...pieces(code).map(({ offset, text }) => `install.piece(${offset}, ${quoted(text)});`),
      `install.end(${length}, ${crc});`,
    ]),
    "install.report();",
    "install = undefined;",
    "",
  ].join("\n");
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
    },
  };
}
