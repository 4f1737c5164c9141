// The host has every module of the image; a transfer that uses one gives it back, and does without it when it is missing.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { describe, it } from "mocha";
import { persistently } from "../../src/device/persist";
import { createAccess, lost } from "../s3/access";
import { createHost } from "./host";
import { sources } from "./modules";

describe("modules", () => {
  it("the host has every file of src/modules", () => {
    const files = readdirSync(new URL("../../src/modules/", import.meta.url)).map((file) => file.replace(/\.ts$/, ""));
    assert.deepEqual(Object.keys(sources).sort(), files.sort());
  });

  it("are there until their last user has finished, and a transfer without the module makes one attempt", () => {
    const host = createHost();
    const finishes: (() => void)[] = [];
    const told: unknown[] = [];
    const access = createAccess();
    for (let i = 0; i < 2; i++) persistently<number>(host.platform, access, (done) => finishes.push(() => done(undefined, i)), (failed, value) => told.push(failed ?? value));
    finishes[0]!();
    assert.deepEqual([host.modules.loaded.get("recover"), told], [1, [0]]);
    finishes[1]!();
    assert.deepEqual([host.modules.loaded.size, told], [0, [0, 1]]);
    host.modules.missing.add("recover");
    let calls = 0;
    persistently<number>(host.platform, access, (done) => { calls++; done(lost()); }, (failed) => told.push(failed!.code));
    assert.deepEqual([calls, told[2]], [1, "connection-lost"]);
    host.verify();
  });
});
