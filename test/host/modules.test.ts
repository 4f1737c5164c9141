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

  it("the retry policy is loaded for its decision only, and a transfer without it makes one attempt", () => {
    const host = createHost();
    const told: unknown[] = [];
    const access = createAccess();
    const loaded: number[] = [];
    let tries = 0;
    persistently<number>(host.platform, access, (done) => {
      loaded.push(host.modules.loaded.size);
      done(tries++ ? undefined : lost(), 7);
    }, (failed, value) => told.push(failed ?? value));
    assert.equal(host.modules.loaded.size, 0, "while it waits");
    host.time.pass(60_000);
    assert.deepEqual([loaded, told, host.modules.loaded.size], [[0, 0], [7], 0]);
    host.modules.missing.add("recover");
    let calls = 0;
    persistently<number>(host.platform, access, (done) => { calls++; done(lost()); }, (failed) => told.push(failed!.code));
    assert.deepEqual([calls, told[1]], [1, "connection-lost"]);
    host.verify();
  });
});
