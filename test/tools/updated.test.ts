// doctor and flash on a board that has updated itself: its records have other names, and what it left must not come back after flashing.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loaderText } from "../../src/device/loader";
import type { Finding } from "../../tools/flash/facts";
import { readImage } from "../../tools/image";
import { run } from "./commands";

const image = readImage();

describe("a board that has updated itself", function () {
  this.timeout(60_000);
  const base = mkdtempSync(join(tmpdir(), "updated-"));
  after(() => rmSync(base, { recursive: true, force: true }));
  let count = 0;

  /** Flash as an update leaves it. */
  function desk(records: Record<string, string>): { address: string; names: () => string[] } {
    const directory = join(base, `desk${++count}`), flash = join(directory, "flash");
    mkdirSync(flash, { recursive: true });
    for (const [name, bytes] of Object.entries(records)) writeFileSync(join(flash, encodeURIComponent(name)), bytes, "latin1");
    return { address: `virtual:${directory}`, names: () => (existsSync(flash) ? readdirSync(flash).map(decodeURIComponent).sort() : []) };
  }
  const generation = (end: string) => Object.fromEntries(image.map(({ entry, code }) => [(entry.name === ".bootcde" ? ".fw" : entry.name) + end, code]));
  const flashed = Object.fromEntries(image.map(({ entry, code }) => [entry.name, code]));
  const confirmed = { ".bootcde": loaderText(), ".fwuse": ".fwa", ...generation(".fwa") };
  /** A trial that was not started yet, or was: its record. */
  const trial = (letter: string, used = "\xff\xff\xff\xff") => `fwt1${letter}   ${used}\xff\xff\xff\xff7 fw/image.upd`;
  const healer = '(function(s,n,l){var c=s.read(n);if(c===undefined||c==s.read(".fw")||(c.length==l.length&&c!=l)){if(c!==undefined)s.erase(n);s.write(n,l)}})' +
    `(require("Storage"),".bootcde",${JSON.stringify(loaderText())})`;

  async function doctor(address: string): Promise<Map<string, Finding>> {
    const { lines } = await run("doctor", "--json", "-p", address);
    return new Map((JSON.parse(lines.join("\n")).findings as Finding[]).map((one) => [one.what, one]));
  }

  const boards: [what: string, records: Record<string, string>, image: string, update: string | undefined, line: RegExp][] = [
    ["a confirmed image", confirmed, "ok", "ok", /an update/],
    ["a confirmed image, and a version that was rolled back", { ...confirmed, ".fwbad": "9" }, "ok", "warning", /version 9 was rolled back/],
    ["an image on trial", { ...confirmed, ...generation(".fwb"), ".fwtry": trial("b") }, "ok", "warning", /^version 7, on trial/],
    ["the flashed one again, after a rollback", { ...flashed, ".fw": flashed[".bootcde"]!, ".bootcde": loaderText(), ".fwbad": "7" }, "ok", "warning", /^the flashed one; version 7 was rolled back/],
    ["the flashed one, without a word of updates", flashed, "ok", undefined, /./],
    ["a confirmed image with a module that is damaged", { ...confirmed, "kms.fwa": "garbage" }, "wrong", "ok", /an update/],
  ];
  for (const [what, records, state, update, line] of boards) {
    it(`doctor: ${what}`, async () => {
      const findings = await doctor(desk(records).address);
      assert.deepEqual([findings.get("image")?.state, findings.get("update")?.state], [state, update], JSON.stringify(findings.get("image")));
      if (update) assert.match(findings.get("update")!.found, line);
    });
  }

  const before: [what: string, records: Record<string, string>][] = [
    ["a confirmed image", confirmed],
    ["an image on trial", { ...confirmed, ...generation(".fwb"), ".fwtry": trial("b") }],
    ["the same image, with an update that waits for its trial", { ...flashed, ".fw": flashed[".bootcde"]!, ...generation(".fwa"), ".fwtry": trial("a"), ".boot3": healer }],
    ["the loader put in place, the trial used", { ...flashed, ".fw": flashed[".bootcde"]!, ".bootcde": loaderText(), ...generation(".fwa"), ".fwtry": trial("a", "used"), ".boot3": healer }],
  ];
  for (const [what, records] of before) {
    it(`flash: ${what} gives way to the flashed one, and nothing of it is left`, async () => {
      const { address, names } = desk({ ...records, ".boot0": "var mine=1;", "user.fwa.txt": "x", notes: "y" });
      const ran = await run("flash", "-p", address);
      assert.deepEqual([ran.code, ran.errors], [0, []], ran.lines.join("\n"));
      assert.deepEqual(names().filter((name) => /\.fw|^\.boot[1-3]$/.test(name)), ["user.fwa.txt"]);
      for (const name of [".boot0", "notes", ...Object.keys(flashed)]) assert.ok(names().includes(name), name);
      const findings = await doctor(address);
      assert.deepEqual([findings.get("image")?.state, findings.has("update")], ["ok", false]);
      assert.ok((await run("flash", "-p", address)).lines.includes("nothing to send: all of it is there"));
    });
  }
});
