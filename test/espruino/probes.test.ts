// The probes on the real interpreter that ESPRUINO names: the expected output is its own.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import os from "node:os";
import path from "node:path";
import { listProbes, runProbe } from "../probes/run";
import { type Servers, startServers } from "../probes/servers";

describe("the real interpreter still prints what the probes expect", function () {
  this.timeout(30_000);
  const binary = process.env["ESPRUINO"] ?? "";
  let servers: Servers;
  let unicode = false;

  before(async () => {
    if (binary === "") throw new Error("ESPRUINO must name an Espruino binary for Linux, e.g. ESPRUINO=/path/to/espruino");
    // the ordinary Linux build has unicode strings, an ESP32 has byte strings
    const answer = execFileSync(path.resolve(binary), ["-e", "print('length '+'\\u00e9\\u20ac'.charCodeAt(1))"], { cwd: os.tmpdir(), input: "", timeout: 10_000 });
    unicode = answer.toString("latin1").includes("length 8364");
    servers = await startServers();
  });
  after(() => servers?.close());

  for (const probe of listProbes()) {
    it(`${probe.title} (${probe.name})`, async function () {
      if (probe.needsBytes && unicode) this.skip();
      assert.equal(await runProbe(probe.name, binary, servers), probe.expected);
    });
  }
});
