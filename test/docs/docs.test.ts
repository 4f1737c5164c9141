// What the documents say is what the code has. Links and scripts: pages.test.ts.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createDevice } from "../../src/device/device";
import { helpLines } from "../../src/device/help";
import { VERSION } from "../../src/version";
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

  it("help has one line for every command of the device", () => {
    const commands = Object.keys(createDevice(createHost().platform));
    const lines = helpLines(undefined);
    assert.ok(lines instanceof Array);
    assert.deepEqual(lines.map((line) => line.match(/^device\.(\w+)/)![1]).sort(), commands.sort());
  });
});
