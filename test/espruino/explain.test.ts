// Refusals on the real interpreter with 6,500 variables: loaded, explained and let go within the budget.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { imageRecords } from "../../sim/desk";
import { cloud, useCloud } from "../cloud/suite";
import type { Interpreter } from "./interpreter";
import { bootImage, failure, useInterpreter } from "./suite";

/** Variables; what the probe itself takes counts against it. */
const MOST_AT_PEAK = 3400;

/**
 * Runs before the image: counts variables from the loading of the module explain to the two lines of the failure, whenever the image prints,
 * hashes or calls one of the functions that are wrapped. By then TLS is closed.
 */
const PROBE =
  "(function(){var on=false;global.peak=0;global.loads=0;" +
  "function sample(){if(!on)return;on=false;var u=process.memory().usage;if(u>peak)peak=u;on=true;}" +
  "function watch(o,n){var f=o[n];o[n]=function(){sample();var r=f.apply(this,arguments);sample();return r;};}" +
  'watch(global,"print");watch(require("crypto"),"SHA256");' +
  'var S=require("Storage"),r=S.read;S.read=function(n){if(n=="explain"){on=true;loads++;}return r.apply(this,arguments);};' +
  "global.wrap=function(n){var f=global[n];global[n]=function(a,b,c){sample();return f(a,b,c);};};global.off=function(){on=false;};})();";

/** The image's name for find(), which the explanation calls while it holds its texts. */
function nameOfFind(): string {
  return /(\$[A-Za-z0-9]+)\([a-z],","\+/.exec(imageRecords()["explain"]!.toString())![1]!;
}

describe("refusals on the real interpreter", function () {
  this.timeout(120000);
  useInterpreter();
  useCloud();
  afterEach(() => {
    cloud.policy.allow();
    cloud.s3.faults.clear();
  });

  async function boot(changes: Record<string, unknown> = {}, probed = true): Promise<Interpreter> {
    const one = await bootImage(cloud.describe(), changes, { environment: { ESPRUINO_VARS: "6500" }, storage: probed ? { ".boot0": PROBE } : {} });
    writeFileSync(join(one.directory, "log.txt"), "a line\n".repeat(20000));
    await one.evaluate("device.syncTime()");
    if (probed) await one.evaluate(`wrap("${nameOfFind()}")`);
    return one;
  }

  const secret = "s".repeat(40);
  const rows: [what: string, changes: () => Record<string, unknown>, prepare: () => unknown, command: string, story: RegExp[]][] = [
    ["a wrong secret, put", () => ({ credentials: { source: "static", ...cloud.credentials, secretAccessKey: secret } }), () => {}, 'device.put("log.txt")',
      [/^cause: Nothing differs, the self test passed: the secret is wrong\.$/, /^next: {2}Copy secretAccessKey/, /^S3 signed the same lines; self test passed$/]],
    ["a wrong secret with a session token, get", () => ({ credentials: { source: "static", ...cloud.sessionCredentials, secretAccessKey: secret } }), () => {}, 'device.get("log.txt")',
      [/the secret is wrong\.$/, /secretAccessKey/, /self test passed$/]],
    ["a wrong secret, get", () => ({ credentials: { source: "static", ...cloud.credentials, secretAccessKey: secret } }), () => {}, 'device.get("log.txt")',
      [/the secret is wrong\.$/, /secretAccessKey/, /self test passed$/]],
    ["a region that cannot be followed", () => ({}),
      () => cloud.s3.faults.next({ kind: "answer", status: 301, code: "PermanentRedirect", details: { Endpoint: "device-logs.s3.us-west-2.amazonaws.com" } }), 'device.put("log.txt")',
      [/^cause: The region is us-west-2, not eu-central-1\.$/, /^next: {2}device\.configure\(\{s3:\{region:"us-west-2"\}\}\)$/]],
    ["a policy, where AWS tells who may not do what", () => ({}), () => (cloud.policy.deny("s3:PutObject"), (cloud.policy.explains = true)), 'device.put("log.txt")',
      [/^cause: arn:aws:iam::111122223333:user\/device may not: no identity-based policy/, /^next: {2}Allow s3:PutObject on arn:aws:s3:::device-logs\/log\.txt;/]],
    ["a host that was changed on the way", () => ({}),
      () => cloud.s3.faults.next({ kind: "answer", status: 403, code: "SignatureDoesNotMatch", details: { StringToSign: "AWS4-HMAC-SHA256\n1\n2\n3", CanonicalRequest: "GET\n/device-logs/a\n\nhost:proxy.example\nx\n" } }), 'device.get("a")',
      [/host signed is not/, /one name/, /^first difference: header host$/, /^ {2}S3: {3}"host:proxy\.example"$/, /^ {2}here: "host:127\.0\.0\.1:\d+"$/]],
  ];
  for (const [what, changes, prepare, command, story] of rows) {
    it(`explains ${what}`, async () => {
      const board = await boot(changes());
      prepare();
      const failed = await failure(board, command);
      await board.evaluate("off()");
      assert.equal(failed.story.length, story.length, JSON.stringify(failed.story));
      story.forEach((line, i) => assert.match(failed.story[i], line));
      const [peak, loads] = await board.evaluate("[peak,loads]");
      assert.equal(loads, 1, "the module is loaded once");
      assert.ok(peak > 1500 && peak <= MOST_AT_PEAK, `${peak} variables`);
      console.log(`      ${peak} variables at the peak of the explanation`);
      const from = board.output.length;
      assert.equal((await board.evaluate("device.why()")).hint, failed.hint);
      assert.ok(board.output.slice(from).includes(failed.story[0]));
      assert.doesNotMatch(board.output, /MEMORY|Uncaught/);
    });
  }

  it("explains a wrong secret with a session token, put: the longest answer beside the most memory (without the probe, which takes 140 variables)", async () => {
    const board = await boot({ credentials: { source: "static", ...cloud.sessionCredentials, secretAccessKey: secret } }, false);
    const failed = await failure(board, 'device.put("log.txt")');
    assert.match(failed.story[0], /the self test passed: the secret is wrong/);
    assert.doesNotMatch(board.output, /MEMORY|Uncaught/);
  });

  it("gives back what explanations took: the sixth leaves no more variables in use than the second", async () => {
    const board = await boot();
    cloud.policy.deny("s3:PutObject");
    const figures: number[] = [];
    for (let i = 0; i < 6; i++) {
      await board.evaluate('device.put("log.txt")', 60000).catch(() => {});
      await board.evaluate("off()");
      figures.push(await board.evaluate("process.memory().usage"));
    }
    assert.ok(figures[5]! <= figures[1]! + 3, figures.join(" "));
  });

  it("passes the self test", async () => {
    const board = await boot();
    assert.deepEqual(await board.evaluate("device.selfTest()", 60000), { passed: ["SHA-256", "HMAC", "CRC-32", "hex", "signing key", "signature", "chunk signature", "clock", "memory", "storage", "random"], failed: [], trust: "not checked", serverName: "not checked" });
  });
});
