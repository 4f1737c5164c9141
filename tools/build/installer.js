// The scripts that put the image into the board's Storage: one for a console, and the same in parts for an interpreter that runs files.

/** @typedef {import("./image.js").Entry} Entry */
/** @typedef {{entry: Entry, code: string}} File */

/** Longest statement: a console line that a small heap takes. */
const statement = 960;

/**
 * Longest part. The interpreter holds a script that it runs as a file in variables, 10 bytes in each: this is 5,000 of the 6,500 of a plain
 * board, and the boot code fits whole.
 */
export const longestPart = 50_000;

/** Bytes of a file that are written first. A file cannot be made without its beginning: this much, and erased flash, is no program. */
const beginning = 4;

/**
 * Cuts a text into pieces whose statement fits, at multiples of 4 (flash is written in words). The first is the beginning alone.
 * @param {string} code @returns {{offset: number, text: string}[]}
 */
export function pieces(code) {
  const found = [];
  for (let offset = 0; offset < code.length;) {
    let size = offset === 0 ? beginning : statement - 40;
    while (JSON.stringify(code.slice(offset, offset + size)).length > statement - 40) size -= 4;
    const text = code.slice(offset, offset + size);
    found.push({ offset, text });
    offset += text.length;
  }
  return found;
}

/**
 * What every script begins with. What goes wrong first is kept and printed in the end; nothing is written after it.
 * A file that is there already is left alone; one that differs is erased first, because flash cannot be written over; one that is wrong when
 * it is complete is erased, so that it never runs.
 */
const opening = [
  'var install = { storage: require("Storage"), name: "", size: 0, files: 0, bytes: 0, wrong: "" };',
  // An update that waits for its trial would take the place of what is flashed now (src/device/loader.ts).
  'install.forget = function (name, start) { var have = install.storage.read(name); if (have !== undefined && have.substr(0, start.length) === start) install.storage.erase(name); };',
  'install.forget(".fwtry", ""); [".boot0", ".boot1", ".boot2", ".boot3"].forEach(function (name) { install.forget(name, "(function(s,n,l){"); });',
  "install.state = function (name, size, crc) { var have = install.storage.read(name); "
    + 'if (have === undefined) return " is missing"; '
    + 'return have.length === size && E.CRC32(have) === crc ? "" : " has " + have.length + " bytes, crc " + E.CRC32(have) + ", wanted " + size + ", crc " + crc; };',
  'install.begin = function (name, size, crc) { install.name = ""; if (install.wrong || install.state(name, size, crc) === "") return; '
    + "if (install.storage.read(name) !== undefined) install.storage.erase(name); install.name = name; install.size = size; };",
  "install.piece = function (offset, text) { if (!install.name || install.wrong) return; "
    + 'try { if (install.storage.write(install.name, text, offset, install.size) === false) throw "refused"; } '
    + 'catch (e) { install.wrong = install.name + " at " + offset + ": " + (e.message || e); } };',
  "install.end = function (name, size, crc) { var state = install.state(name, size, crc); "
    + 'if (state === "") { install.files++; install.bytes += size; } else { if (!install.wrong) install.wrong = name + state; if (install.name) install.storage.erase(install.name); } '
    + 'install.name = ""; };',
  "install.report = function (files, bytes, good) { "
    + 'if (!install.wrong && (install.files !== files || install.bytes !== bytes)) install.wrong = install.files + " of " + files + " files, " + install.bytes + " of " + bytes + " bytes"; '
    + 'print(install.wrong ? "NOT installed: " + install.wrong : good); };',
];

const quoted = JSON.stringify;

/** The statement that reads a file back. @param {Entry} entry */
const check = ({ name, length, crc32: crc }) => `install.end(${quoted(name)}, ${length}, ${crc});`;

/** The statements that write a file. The piece after the beginning comes last: as long as it is missing, the file is no program. @param {File} file */
function write({ entry, code }) {
  const [first, second, ...others] = pieces(code);
  return [
    `install.begin(${quoted(entry.name)}, ${entry.length}, ${entry.crc32});`,
    ...[first, ...others, second].flatMap((one) => (one ? [`install.piece(${one.offset}, ${quoted(one.text)});`] : [])),
    check(entry),
  ];
}

/** @param {string} comment @param {string[]} statements @param {Entry[]} entries what is read back @param {string} good the line if all is well */
function script(comment, statements, entries, good) {
  const bytes = entries.reduce((sum, one) => sum + one.length, 0);
  return [`// ${comment} Made by tools/build/installer.js.`, ...opening, ...statements, `install.report(${entries.length}, ${bytes}, ${quoted(good)});`, "install = undefined;", ""].join("\n");
}

/** @param {File[]} files */
const ready = (files) => `installed ${files.reduce((sum, one) => sum + one.entry.length, 0)} bytes: ok`;

/**
 * The script that writes the files into Storage, a piece a line, reads them back and prints one line of result. A console takes it line by
 * line and keeps nothing of it.
 * @param {File[]} files in the order in which they are written; the boot code belongs last
 * @returns {string} pure ASCII, one statement a line
 */
export function installer(files) {
  const entries = files.map((one) => one.entry);
  return script("Writes the firmware into Storage and checks it; then type load() or restart the board.", files.flatMap(write), entries, ready(files));
}

/**
 * The same in parts that are run one after the other, each at most `longestPart` bytes. The last one writes the last file, the boot code,
 * if all others are there.
 * @param {File[]} files @param {number} [longest]
 * @returns {string[]}
 */
export function installerParts(files, longest = longestPart) {
  const boot = files.slice(-1), parts = [boot];
  const make = (/** @type {File[]} */ part, number = 1, count = 1) =>
    script(`Part ${number} of ${count} of the installer.`, part.flatMap(write), part.map((one) => one.entry), `part ${number} of ${count}: ok, next is install.${number + 1}.js`);
  for (const file of files.slice(0, -1)) {
    const part = parts.length > 1 ? parts[parts.length - 2] : undefined;
    if (part && make([...part, file], 99, 99).length <= longest) part.push(file);
    else parts.splice(-1, 0, [file]);
  }
  const scripts = parts.map((part, i) => make(part, i + 1, parts.length));
  const others = files.slice(0, -1).map((one) => one.entry);
  scripts[parts.length - 1] = script(
    `Part ${parts.length} of ${parts.length} of the installer; then type load() or restart the board.`,
    [...others.map(check), ...boot.flatMap(write)],
    files.map((one) => one.entry),
    ready(files),
  );
  scripts.forEach((text, i) => {
    if (text.length > longest) throw new Error(`Part ${i + 1} of the installer has ${text.length} bytes, more than ${longest}: ${parts[i]?.map((one) => one.entry.file).join(", ")}`);
  });
  return scripts;
}
