// A board whose certificate is its only key, on the real interpreter at a board's memory: mutual TLS there lives in the variables, too.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startCloud } from "../../sim/cloud/index";
import type { Cloud } from "../../sim/cloud/index";
import { deviceSettings, imageRecords, iotCredentials } from "../../sim/desk";
import { bootInterpreter, interpreterProgram } from "./interpreter";
import type { Interpreter } from "./interpreter";

const MIB = 1024 * 1024;

describe("credentials from AWS IoT on the real interpreter", function () {
  this.timeout(180000);
  let cloud: Cloud;
  let one: Interpreter;

  beforeEach(async function () {
    await boot({});
  });
  afterEach(stop);

  async function boot(environment: Record<string, string>): Promise<void> {
    if (!interpreterProgram()) throw new Error("Set ESPRUINO to a Linux build of the interpreter: ESPRUINO=path npm run test:espruino");
    cloud = await startCloud();
    const told = cloud.describe();
    const { ca, device } = told.certificates;
    one = await bootInterpreter({
      environment,
      storage: {
        "settings.json": JSON.stringify(deviceSettings(told, iotCredentials(told))),
        "ca.der": readFileSync(ca.der), "cert.der": readFileSync(device.certificate.der), "key.der": readFileSync(device.key.der),
        ...imageRecords(),
      },
    });
    await one.evaluate("device.syncTime()");
  }
  async function stop(): Promise<void> {
    await one?.stop();
    await cloud?.close();
  }

  for (const [size, token] of [[MIB, 2000], [12 * MIB, 700]] as const) {
    it(`${size / MIB} MiB go up with a token of ${token} characters`, async () => {
      cloud.credentialsProvider.tokenLength = token;
      const bytes = randomBytes(size);
      writeFileSync(join(one.directory, "log.txt"), bytes);
      await one.evaluate('device.put("log.txt")', 120000);
      assert.ok(cloud.s3.get("log.txt")!.equals(bytes));
      assert.equal(cloud.credentialsProvider.requests.length, 1);
    });
  }

  // A renewal in the middle of a command meets more in memory than the first request does.
  it("are renewed when S3 takes them for expired, and leave nothing behind", async () => {
    await stop();
    await boot({ ESPRUINO_VARS: "6500" });
    writeFileSync(join(one.directory, "log.txt"), randomBytes(20000));
    const used: number[] = [];
    for (let i = 0; i < 4; i++) {
      await one.evaluate('device.put("log.txt")', 60000);
      used.push(await one.evaluate("process.memory().usage"));
      for (const key of cloud.accessKeys.values()) if (key.sessionToken) key.expires = Date.now() - 1;
    }
    assert.equal(cloud.credentialsProvider.requests.length, 4);
    assert.ok(used[3]! <= used[1]! + 5, used.join(" "));
  });

  it("an inactive certificate is explained", async () => {
    for (const certificate of cloud.credentialsProvider.certificates.values()) certificate.active = false;
    writeFileSync(join(one.directory, "log.txt"), "hello");
    const failed = await one.evaluate('device.put("log.txt")', 60000).then(() => assert.fail("it went up"), (reason) => reason);
    assert.deepEqual([failed.code, failed.cause.message], ["iot", "Certificate is invalid on this endpoint"]);
  });
});
