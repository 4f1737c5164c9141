// What the documents say is what the code has. Links and scripts: pages.test.ts.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createDevice } from "../../src/device/device";
import { helpLines } from "../../src/device/help";
import { VERSION } from "../../src/version";
import { createProgram } from "../../tools/cli";
import { commandModules } from "../../tools/docs/commands";
import { createHost } from "../host/host";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");

describe("documents", () => {
  it("the firmware has the version of the package and of the newest entry of the changes", () => {
    assert.equal(VERSION, JSON.parse(read("package.json")).version);
    assert.equal(read("CHANGELOG.md").match(/^## (\S+)/m)![1], VERSION);
  });

  it("docs/failures.md explains every failure code, and no other", () => {
    const source = read("src/platform/failure.ts").match(/export type FailureCode =([^;]+);/)![1]!;
    const codes = [...source.matchAll(/"([a-z0-9-]+)"/g)].map((match) => match[1]);
    const documented = [...read("docs/failures.md").matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map((match) => match[1]);
    assert.deepEqual(documented.sort(), codes.sort());
  });

  it("docs/command-line.md has every command with its options, and no other", () => {
    const document = read("docs/command-line.md"), program = createProgram({ line: () => {}, error: () => {} });
    const headings = [...document.matchAll(/^### (.*)$/gm)].flatMap(([, names]) => names!.split(", "));
    assert.deepEqual(headings.sort(), program.commands.map((command) => command.name()).sort());
    const known = new Set(["--config"]);
    for (const command of program.commands) {
      for (const option of command.options) {
        known.add(option.long!);
        assert.ok(document.includes(option.long!), `${command.name()} ${option.long}`);
      }
    }
    for (const [option] of document.matchAll(/--[a-z][-a-z]*/g)) assert.ok(known.has(option), option);
  });

  it("help has one line for every command of the device", () => {
    const commands = Object.keys(createDevice(createHost().platform)());
    const lines = helpLines(undefined);
    assert.ok(lines instanceof Array);
    assert.deepEqual(lines.map((line) => line.match(/^device\.(\w+)/)![1]).sort(), commands.sort());
    for (const line of lines) assert.ok(line.length < 150, line);
  });
  it("the commands whose module the page names are those that the image lacks", () => {
    const inImage = ["configure", "get", "put", "status", "syncTime"];
    const named = commandModules();
    assert.deepEqual(Object.keys(createDevice(createHost().platform)()).filter((name) => !named[name]).sort(), inImage);
  });
  it("help takes a command as people write it, and names what it does not know", () => {
    for (const name of ["put", "put()", "device.put", 'device.put("a")']) assert.match(String(helpLines(name)), /^device\.put\(path, key\?, options\?\)\n  uploads .*encryption$/);
    for (const name of ["shadow", "shadow.report", "device.shadow.get(name)"]) assert.match(String(helpLines(name)), /^device\.shadow\.get/);
    for (const name of ["nothing", "device.nothing"]) assert.equal((helpLines(name) as { message: string }).message, "There is no command nothing");
  });
});
