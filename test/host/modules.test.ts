// The host has every module of the image; a command that uses one gives it back, and says so when it is missing.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { describe, it } from "mocha";
import { withModule } from "../../src/device/modules";
import { createHost } from "./host";
import { sources } from "./modules";

describe("modules", () => {
  it("the host has every file of src/modules", () => {
    const files = readdirSync(new URL("../../src/modules/", import.meta.url)).map((file) => file.replace(/\.ts$/, ""));
    assert.deepEqual(Object.keys(sources).sort(), files.sort());
  });

  it("are there until their last user has finished", () => {
    const host = createHost();
    const finishes: (() => void)[] = [];
    const told: unknown[] = [];
    for (let i = 0; i < 2; i++) {
      withModule<"info", number>(host.platform, "info", (failed, value) => told.push(failed ?? value), (info, finish) => {
        assert.equal(typeof info.helpLines, "function");
        finishes.push(() => finish(undefined, i));
      });
    }
    finishes[0]!();
    assert.deepEqual([host.modules.loaded.get("info"), told], [1, [0]]);
    finishes[1]!();
    assert.deepEqual([host.modules.loaded.size, told], [0, [0, 1]]);
    host.verify();
  });

  it("are a failure when they are not in flash", () => {
    const host = createHost();
    host.modules.missing.add("info");
    let code = "";
    withModule(host.platform, "info", (failed) => { code = failed!.code; }, () => assert.fail("it was loaded"));
    assert.equal(code, "storage");
    host.verify();
  });
});
