// The install scripts write exactly the image, and whatever goes wrong they never say that it is there when it is not.
import assert from "node:assert/strict";
import { createContext, runInContext } from "node:vm";
import { describe, it } from "mocha";
import { crc32 } from "../../tools/build/crc32.js";
import { findings } from "../../tools/build/gate.js";
import { entry } from "../../tools/build/image.js";
import { installer, installerParts, pieces } from "../../tools/build/installer.js";

const file = (name: string, code: string) => ({ entry: entry(name, `${name}.js`, code), code });
const text = Array.from({ length: 300 }, (_, i) => `function f${i}(a) { return "${i}\\n" + 'x' + a; }\n`).join("");
const image = [file("lazy", "exports.a = 1;\n"), file("more", `exports.b = "${"y".repeat(2500)}";\n`), file(".bootcde", text)];
const bytes = image.reduce((sum, one) => sum + one.code.length, 0);
const ok = `installed ${bytes} bytes: ok`;

type Damage = (name: string, data: string, offset: number) => string | false;

/** A Storage as the board's: a write at 0 makes the file anew unless it is erased flash of that size; what is written cannot be written over. */
function storage(files: Map<string, string>, damage: Damage = (_name, data) => data) {
  let writes = 0;
  return {
    get writes() { return writes; },
    read: (name: string) => files.get(name),
    erase: (name: string) => { files.delete(name); },
    write(name: string, data: string, offset: number, size: number) {
      writes += 1;
      let old = files.get(name);
      if (offset === 0 && (old?.length !== size || /[^\xff]/.test(old))) old = "\xff".repeat(size);
      if (old === undefined) throw new Error("Unable to find or create file");
      if (offset + data.length > old.length) throw new Error("Too much data for file size");
      if (/[^\xff]/.test(old.slice(offset, offset + data.length))) throw new Error("File already written with different data");
      const kept = damage(name, data, offset);
      if (kept === false) return false;
      files.set(name, old.slice(0, offset) + kept + old.slice(offset + data.length));
      return true;
    },
  };
}

let store: ReturnType<typeof storage>;
let printed: string[];
const host = createContext({ require: () => store, E: { CRC32: crc32 }, print: (line: string) => { printed.push(line); } });

/** Runs a script whole, as a file, or line by line, as at a console, where an error is printed and the next line runs. */
function run(script: string, into: ReturnType<typeof storage>, console = true): string[] {
  store = into;
  printed = [];
  host["install"] = undefined;
  for (const statement of console ? script.split("\n") : [script]) {
    try {
      runInContext(statement, host);
    } catch (error) {
      printed.push(`Uncaught ${error}`);
    }
  }
  return printed;
}

const install = (into: ReturnType<typeof storage>, console = true) => run(installer(image), into, console);
const complete = (files: Map<string, string>) => image.every((one) => files.get(one.entry.name) === one.code);

describe("installer", () => {
  it("cuts at multiples of four bytes and loses nothing", () => {
    const cut = pieces(text);
    assert.equal(cut.map((one) => one.text).join(""), text);
    for (const { offset } of cut) assert.equal(offset % 4, 0);
    assert.equal(cut[0]!.text.length, 4);
  });

  it("writes one statement a line, none of 1 KB or more", () => {
    for (const script of [installer(image), ...installerParts(image, 6000 + text.length)]) {
      for (const line of script.split("\n")) assert.ok(line.length < 1000, `${line.length}: ${line.slice(0, 60)}`);
    }
  });

  it("cuts text of nothing but quotes and backslashes as small as it must", () => {
    const script = installer([file("hard", '\\"'.repeat(2000))]);
    assert.ok(Math.max(...script.split("\n").map((line) => line.length)) < 1000);
  });

  it("is a script that the interpreter runs, whole and in parts", () => {
    for (const script of [installer(image), ...installerParts(image)]) assert.deepEqual(findings(script), []);
  });

  for (const console of [true, false]) {
    it(`installs all files and says so in one line (${console ? "console" : "file"})`, () => {
      const files = new Map<string, string>();
      assert.deepEqual(install(storage(files), console), [ok]);
      assert.ok(complete(files));
    });
  }

  for (const length of [1, 3, 4, 5, 8]) {
    it(`installs a file of ${length} bytes`, () => {
      const files = new Map<string, string>();
      const tiny = [file("tiny", "12345678".slice(0, length)), ...image];
      assert.match(run(installer(tiny), storage(files)).join(), /^installed \d+ bytes: ok$/);
      assert.equal(files.get("tiny"), tiny[0]!.code);
    });
  }

  it("replaces a file that differs and leaves one alone that is there already", () => {
    const files = new Map([[".bootcde", "old"], ["lazy", "exports.a = 1;\n"], ["more", image[1]!.code]]);
    const store = storage(files);
    assert.deepEqual(install(store), [ok]);
    assert.ok(complete(files));
    assert.equal(store.writes, pieces(text).length);
  });

  it("says which file differs and how, and erases it", () => {
    const files = new Map<string, string>();
    const printed = install(storage(files, (name, data) => (name === ".bootcde" ? data.replace("f7(", "f8(") : data)));
    assert.match(printed.join(), new RegExp(`^NOT installed: \\.bootcde has ${text.length} bytes, crc \\d+, wanted ${text.length}, crc ${crc32(text)}$`));
    assert.deepEqual([...files.keys()], ["lazy", "more"]);
  });

  const faults: [what: string, damage: Damage, line: RegExp][] = [
    ["a write that is refused", (name, data) => (name === "more" ? false : data), /^NOT installed: more at 0: refused$/],
    ["a flash that is full", (name, data, offset) => { if (name === "more" && offset) throw new Error("Unable to find or create file"); return data; }, /^NOT installed: more at \d+: Unable to find or create file$/],
    ["a module that is wrong", (name, data) => (name === "lazy" ? data.replace("1", "2") : data), /^NOT installed: lazy has 15 bytes, crc/],
  ];
  for (const [what, damage, line] of faults) {
    it(`leaves the old boot code as it was after ${what}`, () => {
      const files = new Map([[".bootcde", "old"]]);
      assert.match(install(storage(files, damage)).join(), line);
      assert.equal(files.get(".bootcde"), "old");
      assert.equal(files.has(what.startsWith("a module") ? "lazy" : "more"), false);
    });
  }

  it("leaves no program where it was cut off, wherever that is", () => {
    const lines = installer(image).split("\n"), first = lines.findIndex((line) => line.includes('begin(".bootcde"'));
    for (let cut = first; cut < lines.length; cut++) {
      const files = new Map<string, string>([[".bootcde", "old"]]);
      run(lines.slice(0, cut).join("\n"), storage(files));
      const boot = files.get(".bootcde");
      assert.ok(boot === undefined || boot === "old" || boot === text || boot.slice(0, 8) === `${text.slice(0, 4)}\xff\xff\xff\xff`, `${cut}: ${boot?.slice(0, 40)}`);
      assert.deepEqual(install(storage(files)), [ok]);
    }
  });

  it("never says ok over a wrong image after one changed character, wherever that is", function () {
    this.timeout(60_000);
    const small = [image[0]!, file("more", "exports.b = 2;\n"), file(".bootcde", text.slice(0, 1500))];
    const script = installer(small), data = script.indexOf("install.begin(");
    const said = { ok: 0, not: 0, nothing: 0 };
    // Every character of the functions, and every third of the rest.
    for (let at = 0; at < script.length; at += at < data ? 1 : 3) {
      const other = '1x;")('[at % 6]!;
      if (script[at] === "\n") continue;
      const changed = script.slice(0, at) + (script[at] === other ? "0" : other) + script.slice(at + 1);
      for (const console of [true, false]) {
        const files = new Map([["more", "old"], [".bootcde", "old"]]);
        const printed = run(changed, storage(files), console);
        const good = printed.some((line) => /^installed \d+ bytes: ok$/.test(line));
        assert.ok(!good || small.every((one) => files.get(one.entry.name) === one.code), `${at}: ${script.slice(at - 30, at)}>${other}<${script.slice(at + 1, at + 30)}`);
        said[good ? "ok" : printed.some((line) => line.startsWith("NOT installed")) ? "not" : "nothing"]++;
      }
    }
    assert.ok(said.not > said.ok && said.not > 500, JSON.stringify(said));
  });

  describe("in parts", () => {
    const longest = text.length + 6000;
    const many = [...Array.from({ length: 9 }, (_, i) => file(`m${i}`, `exports.a = "${String(i).repeat(i * 1000)}";\n`)), image[2]!];
    const parts = installerParts(many, longest);

    it("none is longer than it may be, and every file is in one of them, the boot code in the last", () => {
      assert.ok(parts.length > 2);
      assert.ok(parts.every((part) => part.length <= longest), parts.map((part) => part.length).join());
      const names = parts.map((part) => [...part.matchAll(/^install\.begin\("(.*?)"/gm)].map((match) => match[1]));
      assert.deepEqual(names.flat(), many.map((one) => one.entry.name));
      assert.deepEqual(names.at(-1), [".bootcde"]);
    });

    for (const console of [true, false]) {
      it(`install what the one script installs (${console ? "console" : "file"})`, () => {
        const files = new Map<string, string>(), store = storage(files);
        const printed = parts.flatMap((part) => run(part, store, console));
        const total = many.reduce((sum, one) => sum + one.code.length, 0);
        assert.deepEqual(printed, [...parts.slice(1).map((_, i) => `part ${i + 1} of ${parts.length}: ok, next is install.${i + 2}.js`), `installed ${total} bytes: ok`]);
        for (const one of many) assert.equal(files.get(one.entry.name), one.code);
      });
    }

    it("write no boot code where another part was left out or is of another build, and erase nothing", () => {
      const files = new Map([[".bootcde", "old"], ["m0", many[0]!.code]]);
      assert.deepEqual(run(parts.at(-1)!, storage(files)), ["NOT installed: m1 is missing"]);
      files.set("m1", "exports.a = 'old';");
      assert.match(run(parts.at(-1)!, storage(files)).join(), /^NOT installed: m1 has 18 bytes, crc \d+, wanted/);
      assert.deepEqual([...files.keys()], [".bootcde", "m0", "m1"]);
    });

    it("are one alone without modules", () => {
      const files = new Map<string, string>(), [only, ...others] = installerParts(image.slice(2));
      assert.equal(others.length, 0);
      assert.deepEqual(run(only!, storage(files)), [`installed ${text.length} bytes: ok`]);
    });

    it("fail the build, naming the file, where one does not fit", () => {
      assert.throws(() => installerParts(many, 10_000), /Part \d+ of the installer has \d+ bytes, more than 10000: m8\.js|\.bootcde\.js/);
    });
  });
});
