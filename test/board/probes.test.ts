// The probes on the virtual board: it must print what the real interpreter printed.
import assert from "node:assert/strict";
import { listProbes, runProbe } from "../probes/run";
import { type Servers, startServers } from "../probes/servers";

describe("the virtual board prints what the real interpreter prints", function () {
  this.timeout(30_000);
  let servers: Servers;
  before(async () => { servers = await startServers(); });
  after(() => servers.close());

  for (const probe of listProbes().filter((one) => !one.onlyReal)) {
    it(`${probe.title} (${probe.name})`, async () => {
      assert.equal(await runProbe(probe.name, "virtual", servers), probe.expected);
    });
  }
});
