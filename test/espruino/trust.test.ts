// The trust probe on the real interpreter: stock Espruino takes any certificate, and says so itself.
import assert from "node:assert/strict";
import { startCloud, type Cloud } from "../../sim/cloud/index";
import { bootImage, failure, useInterpreter } from "./suite";

describe("TLS trust on the real interpreter", function () {
  this.timeout(60000);
  useInterpreter();
  let cloud: Cloud;
  before(async () => { cloud = await startCloud(); });
  after(() => cloud.close());

  for (const [server, changes] of [["the bucket", {}], ["AWS IoT, with the device's certificate", { s3: undefined, credentials: undefined }]] as const) {
    it(`stock does not check the certificate of ${server}: selfTest and status tell, and what it took is given back`, async () => {
      const board = await bootImage(cloud.describe(), changes);
      const figures: number[] = [];
      for (let i = 0; i < 3; i++) {
        const { failed, trust, serverName } = await board.evaluate("device.selfTest()");
        assert.deepEqual([failed, trust, serverName], [["clock"], "not checked", "not checked"]);
        figures.push(await board.evaluate("process.memory().usage"));
      }
      assert.ok(figures[2]! <= figures[1]! + 3, figures.join(" "));
      const status = await board.evaluate("device.status()");
      assert.deepEqual([status.trust, status.serverName], ["not checked", "not checked"]);
    });
  }

  it('stock is refused where tls.serverTrust is "required", and nothing is sent', async () => {
    const board = await bootImage(cloud.describe(), { tls: { serverTrust: "required" } });
    await board.evaluate("device.syncTime()");
    const before = cloud.s3.requests.length;
    for (let i = 0; i < 2; i++) {
      const failed = await failure(board, 'device.head("a")');
      assert.deepEqual([failed.code, /does not check/.test(failed.message)], ["certificate", true]);
    }
    assert.equal(cloud.s3.requests.length, before);
    assert.equal(board.output.match(/TLS trust: /g)!.length, 1);
  });
});
