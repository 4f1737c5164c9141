// What the build says about the image is true, and the install script would write exactly the image.
import assert from "node:assert/strict";
import { runInNewContext } from "node:vm";
import { describe, it } from "mocha";
import { crc32 } from "../../tools/build/crc32.js";
import { findings } from "../../tools/build/gate.js";
import { entry, installer, pieces } from "../../tools/build/image.js";

const text = Array.from({ length: 300 }, (_, i) => `function f${i}(a) { return "${i}\\n" + 'x' + a; }\n`).join("");
const image = [
  { entry: entry("lazy", "lazy.js", "exports.a = 1;\n"), code: "exports.a = 1;\n" },
  { entry: entry(".bootcde", "firmware.min.js", text), code: text },
];

/** A Storage as the board's: sized by the first write, bits only cleared, so written once. */
function storage(files: Map<string, string>, damage: (name: string, data: string) => string | false = (_name, data) => data) {
  let writes = 0;
  return {
    get writes() { return writes; },
    read: (name: string) => files.get(name),
    erase: (name: string) => { files.delete(name); },
    write(name: string, data: string, offset: number, size: number) {
      writes += 1;
      const old = files.get(name) ?? "\xff".repeat(size);
      if (old.length !== size || old.slice(offset, offset + data.length) !== "\xff".repeat(data.length)) throw new Error("File already written with different data");
      const kept = damage(name, data);
      if (kept === false) return false;
      files.set(name, old.slice(0, offset) + kept + old.slice(offset + data.length));
      return true;
    },
  };
}

function install(store: ReturnType<typeof storage>): string[] {
  const printed: string[] = [];
  const host = { require: () => store, E: { CRC32: crc32 }, print: (line: string) => { printed.push(line); } };
  runInNewContext(installer(image), host);
  return printed;
}

describe("image", () => {
  it("computes the CRC-32 of the interpreter", () => {
    assert.equal(crc32("123456789"), 0xcbf43926);
    assert.equal(crc32(""), 0);
  });

  it("lists name, file, length and CRC", () => {
    assert.deepEqual(entry("a", "a.js", "123456789"), { name: "a", file: "a.js", length: 9, crc32: 0xcbf43926 });
  });

  it("refuses what Storage or the uploader would change", () => {
    assert.throws(() => entry("a".repeat(29), "a.js", "x"), /28 characters/);
    assert.throws(() => entry("a", "a.js", ""), /empty/);
    assert.throws(() => entry("a", "a.js", "\xe9"), /ASCII/);
  });

  it("cuts at multiples of four bytes and loses nothing", () => {
    const cut = pieces(text);
    assert.equal(cut.map((one) => one.text).join(""), text);
    for (const { offset } of cut) assert.equal(offset % 4, 0);
  });

  it("writes one statement a line, none of 1 KB or more", () => {
    for (const line of installer(image).split("\n")) assert.ok(line.length < 1000, `${line.length}: ${line.slice(0, 60)}`);
  });

  it("cuts text of nothing but quotes and backslashes as small as it must", () => {
    const hard = '\\"'.repeat(2000);
    const script = installer([{ entry: entry("hard", "hard.js", hard), code: hard }]);
    assert.equal(Math.max(...script.split("\n").map((line) => line.length)) < 1000, true);
  });

  it("is a script that the interpreter runs", () => {
    assert.deepEqual(findings(installer(image)), []);
  });

  it("installs all files and says so in one line", () => {
    const files = new Map<string, string>();
    assert.deepEqual(install(storage(files)), [`installed ${15 + text.length} bytes: ok`]);
    assert.equal(files.get(".bootcde"), text);
    assert.equal(files.get("lazy"), "exports.a = 1;\n");
  });

  it("replaces a file that differs and leaves one alone that is there already", () => {
    const files = new Map([[".bootcde", "old"], ["lazy", "exports.a = 1;\n"]]);
    const store = storage(files);
    assert.match(install(store)[0] ?? "", /ok$/);
    assert.equal(files.get(".bootcde"), text);
    assert.equal(store.writes, pieces(text).length);
  });

  it("says which file differs and how", () => {
    const files = new Map<string, string>();
    const [line] = install(storage(files, (name, data) => (name === ".bootcde" ? data.replace("f7(", "f8(") : data)));
    assert.match(line ?? "", new RegExp(`^NOT installed: \\.bootcde has ${text.length} bytes, crc \\d+, wanted ${text.length}, crc ${crc32(text)}$`));
  });

  it("says which write was refused", () => {
    const [line] = install(storage(new Map(), (name, data) => (name === "lazy" ? false : data)));
    assert.match(line ?? "", /^NOT installed: lazy at 0: refused; lazy is missing, wanted 15/);
  });
});
