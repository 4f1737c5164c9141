// The whole evening on a virtual board: an empty board is flashed, provisioned, examined, sends a log, tells its status; each command finds it started anew.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Finding } from "../../tools/flash/facts";
import { openVirtual } from "../../tools/port/virtual";
import { run } from "./commands";

describe("from the box to a log in the bucket", function () {
  this.timeout(120_000);
  const base = mkdtempSync(join(tmpdir(), "tape-"));
  after(() => rmSync(base, { recursive: true, force: true }));

  it("flash, provision, doctor, put, status, why on a virtual board", async () => {
    const directory = join(base, "desk"), address = `virtual:${directory}`;
    const cli = async (...words: string[]) => {
      const ran = await run(...words, "-p", address);
      const secret = JSON.parse(readFileSync(join(directory, "settings.json"), "utf8")).credentials.secretAccessKey;
      for (const line of [...ran.lines, ...ran.errors]) assert.ok(!line.includes(secret), "a secret was printed");
      return ran;
    };
    const good = async (...words: string[]) => {
      const { code, lines, errors } = await cli(...words);
      assert.deepEqual([code, errors], [0, []], lines.join("\n"));
      return lines;
    };
    assert.equal((await cli("status")).code, 1, "an empty board has no image");
    assert.match((await good("flash")).at(-1)!, /^running: espruino-aws \d/);
    assert.deepEqual(JSON.parse((await good("status", "--json"))[0]!).bucket, "");
    const { ca, device } = await certificates(address);
    const words = ["provision", "--settings", join(directory, "settings.json"), "--ca", ca.pem, "--cert", device.certificate.pem, "--key", device.key.pem, "--allow-root"];
    const provisioned = await cli(...words);
    assert.equal(provisioned.code, 0, [...provisioned.lines, ...provisioned.errors].join("\n"));
    assert.match(provisioned.lines.at(-1)!, /has started again and finds no mistake/);
    const { findings } = JSON.parse((await good("doctor", "--json")).join("\n")) as { findings: Finding[] };
    const states = Object.fromEntries(findings.map(({ what, state }) => [what, state]));
    for (const what of ["interpreter", "image", "settings", "root (ca.der)", "certificate (cert.der)", "key (key.der)", "WiFi", "time", "self test", "card", "bucket", "MQTT"]) assert.equal(states[what], "ok", what);
    assert.match(findings.find(({ what }) => what === "TLS trust")!.found, /this interpreter checks no certificate/);
    assert.match((await good("put", "log.txt")).at(-1)!, /^put log\.txt: \d+ bytes/);
    assert.deepEqual(readFileSync(join(directory, "bucket", "log.txt")), readFileSync(join(directory, "card", "log.txt")));
    const status = JSON.parse((await good("status", "--json"))[0]!);
    assert.deepEqual([status.mistakes, status.rootCertificate, status.image], [[], true, undefined]);
    assert.match((await good("why")).join("\n"), /Nothing has failed/);
    assert.equal((await cli("put", "missing.txt")).code, 3);
    assert.ok(!existsSync(join(directory, "bucket", "missing.txt")));
  });

  it("why: what failed while the board worked alone", async () => {
    const directory = join(base, "alone"), address = `virtual:${directory}`;
    await run("flash", "-p", address);
    const port = await openVirtual(address, { settings: {} });
    const { board, cloud, card } = port.desk;
    const settings = JSON.parse(readFileSync(join(directory, "settings.json"), "utf8"));
    board.flash.set("settings.json", JSON.stringify({ ...settings, iot: undefined, boot: undefined, logs: { directory: "." , active: "-" }, credentials: { ...settings.credentials, secretAccessKey: "wrong" } }));
    board.powerCycle();
    try {
      for (const end = Date.now() + 30_000; !board.output.some((line) => /^ship failed/.test(line)); ) {
        assert.ok(Date.now() < end, board.output.slice(-20).join("\n"));
        await new Promise((wait) => setTimeout(wait, 50));
      }
      const { openRepl } = await import("../../tools/port/repl");
      const repl = await openRepl(port), lines: string[] = [];
      repl.onLine = (line) => void lines.push(line);
      const why = await repl.evaluate<{ code: string; cause: { status: number } }>("device.why()");
      assert.deepEqual([why.code, why.cause.status], ["s3", 403]);
      assert.match(lines.join("\n"), /the server said 403 SignatureDoesNotMatch/);
      repl.stop();
    } finally {
      assert.ok(cloud && card);
      await port.close();
    }
  });
});

/** The files of the desk's cloud. */
async function certificates(address: string) {
  const port = await openVirtual(address);
  const made = port.desk.cloud.describe().certificates;
  await port.close();
  return made;
}
