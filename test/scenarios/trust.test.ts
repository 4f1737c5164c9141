// The trust probe on virtual boards: one as stock Espruino is, and builds of one's own that verify.
import assert from "node:assert/strict";
import type { Verification } from "../../sim/board/index";
import type { Desk } from "../../sim/desk";
import { closeDesks, desk, failure, file, said } from "./desks";

const REQUIRED = { tls: { serverTrust: "required" } };

function verifying(verification: Verification, settings: Record<string, unknown> = {}): Promise<Desk> {
  return desk({ board: { verification }, settings });
}

/** Settings that reach the bucket by the name localhost instead of the address. */
function byName(one: Desk): Promise<unknown> {
  return one.command('device.configure({s3:{endpoint:{host:"localhost"}}})');
}

describe("TLS trust", function () {
  this.timeout(30000);
  afterEach(() => closeDesks());

  it("is unknown until it was tried, and status() says how", async () => {
    const one = await verifying("none");
    const status = await one.command("device.status()");
    assert.deepEqual([status.trust, status.serverName], ["unknown", "unknown"]);
    said(one, /^TLS trust certificate unknown, server's name unknown \(device\.selfTest\(\)\); root in flash$/);
  });

  const rows: [verification: Verification, named: boolean, trust: string, serverName: string, line: RegExp][] = [
    ["none", false, "not checked", "not checked", /^TLS trust: not checked, this interpreter takes any/],
    ["none", true, "not checked", "not checked", /^TLS trust: not checked, this interpreter takes any/],
    ["root", false, "checked", "unknown", /^TLS trust: the server's certificate is checked, its name: unknown$/],
    ["root", true, "checked", "not checked", /^TLS trust: the server's certificate is checked, its name: not checked$/],
    ["name", true, "checked", "checked", /^TLS trust: the server's certificate is checked, its name: checked$/],
    // mbedTLS 2 knows no addresses in certificates: such a build refuses this endpoint, whatever its root.
    ["name", false, "unknown", "unknown", /^TLS trust: unknown, a wrong root is refused, and so is ca\.der/],
  ];
  for (const [verification, named, trust, serverName, line] of rows) {
    it(`an interpreter that checks ${verification}, asked ${named ? "by name" : "by address"}: certificate ${trust}, name ${serverName}`, async () => {
      const one = await verifying(verification);
      if (named) await byName(one);
      const result = await one.command("device.selfTest()");
      assert.deepEqual([result.failed.length, result.trust, result.serverName], [0, trust, serverName]);
      said(one, line);
      const status = await one.command("device.status()");
      assert.deepEqual([status.trust, status.serverName], [trust, serverName]);
      said(one, new RegExp(`^TLS trust certificate ${trust}, server's name ${serverName}( \\(device\\.selfTest\\(\\)\\))?; root in flash$`));
    });
  }

  it("a server that is not there, and a board without a network, leave it unknown", async () => {
    const one = await verifying("root");
    await one.command('device.configure({s3:{endpoint:{port:1}}})');
    // Not asked for, and so not to blame.
    await one.board.run('require("Storage").write("cert.der","\\n")');
    assert.equal((await one.command("device.selfTest()")).trust, "unknown");
    said(one, /^TLS trust: unknown, .*does not accept connections/);
    one.board.wifi.reachable = false;
    one.board.wifi.drop();
    assert.equal((await one.command("device.selfTest()")).trust, "unknown");
    said(one, /^TLS trust: unknown, WiFi "desk"/);
  });

  it("required: a transfer goes on where certificates are checked, and the probe is made once", async () => {
    const one = await verifying("root", REQUIRED);
    file(one, "log.txt", 5000);
    assert.equal((await one.command('device.put("log.txt")')).size, 5000);
    assert.equal((await one.command('device.get("log.txt","back.txt")')).size, 5000);
    assert.equal(one.board.output.filter((text) => text.startsWith("TLS trust: ")).length, 1);
    assert.equal((await one.command("device.status()")).trust, "checked");
  });

  it("required: nothing is sent where they are not, not even to AWS IoT", async () => {
    const one = await verifying("none", REQUIRED);
    file(one, "log.txt", 5000);
    for (const command of ['device.put("log.txt")', 'device.head("log.txt")', "device.connect()", "device.shadow.get()", 'device.publish("t","x",{https:true})']) {
      const failed = await failure(one, command);
      assert.deepEqual([failed.code, /does not check certificates/.test(failed.message)], ["certificate", true], command);
    }
    assert.equal(one.cloud.s3.requests.length, 0);
    assert.equal(one.board.output.filter((text) => text.startsWith("TLS trust: ")).length, 1);
    await one.command("device.disconnect()");
  });

  it("required: nothing is sent with another root in flash, and the right one mends it", async () => {
    const one = await verifying("root", REQUIRED);
    const right = one.board.flash.get("ca.der")!;
    one.board.flash.set("ca.der", one.board.flash.get("cert.der")!);
    const failed = await failure(one, 'device.head("a")');
    assert.equal(failed.code, "certificate");
    assert.match(failed.message, /unknown: a wrong root is refused, and so is ca\.der/);
    assert.equal(one.cloud.s3.requests.length, 0);
    one.board.flash.set("ca.der", right);
    one.cloud.s3.put("a", Buffer.from("hello"));
    assert.equal((await one.command('device.head("a")')).size, 5);
  });

  it("an interpreter that checks refuses a server of another root with the code certificate, without being told to", async () => {
    const one = await verifying("root");
    one.board.flash.set("ca.der", one.board.flash.get("cert.der")!);
    const failed = await failure(one, 'device.head("a")');
    assert.deepEqual([failed.code, one.cloud.s3.requests.length], ["certificate", 0]);
    assert.match(failed.message, /not trusted: .*-0x2700/);
  });
});
