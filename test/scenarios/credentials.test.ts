// A board whose certificate is its only key: S3 with credentials that AWS IoT gives, renewed before they end, and every refusal explained.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Cloud } from "../../sim/cloud/index";
import { setUpDesk } from "../../sim/desk";
import type { Desk, DeskOptions } from "../../sim/desk";

const MIB = 1024 * 1024;
const HOUR = 3_600_000;

describe("credentials from AWS IoT", function () {
  this.timeout(60000);
  const desks: Desk[] = [];

  afterEach(async () => {
    for (const desk of desks.splice(0)) await desk.close();
  });

  async function desk(size = 20000, options: DeskOptions = {}): Promise<{ one: Desk; bytes: Buffer }> {
    const one = await setUpDesk({ iot: true, ...options });
    desks.push(one);
    const bytes = randomBytes(size);
    writeFileSync(join(one.card, "log.txt"), bytes);
    await one.command("device.syncTime()");
    return { one, bytes };
  }
  const failure = (one: Desk, command: string): Promise<any> => one.command(command).then(() => assert.fail(`${command} succeeded`), (failed) => failed);
  const asked = (one: Desk) => one.cloud.credentialsProvider.requests;
  const printed = (one: Desk, line: RegExp) => one.board.output.some((text) => line.test(text));
  const alias = (cloud: Cloud) => cloud.credentialsProvider.roleAliases.get("device-logs-role")!;
  const certificate = (cloud: Cloud) => [...cloud.credentialsProvider.certificates.values()][0]!;

  it("are asked for once, sign every command, and are shown nowhere", async () => {
    const { one, bytes } = await desk();
    for (const command of ['put("log.txt")', 'get("log.txt","back.txt")', "list()", 'head("log.txt")', 'put("log.txt","b",{multipart:true})', 'remove("b")']) await one.command(`device.${command}`);
    assert.ok(one.cloud.s3.get("log.txt")!.equals(bytes));
    assert.deepEqual(asked(one).map(({ method, target, headers }) => [method, target, headers["x-amzn-iot-thingname"]]), [["GET", "/role-aliases/device-logs-role/credentials", "board-17"]]);
    const { accessKeyId, secretAccessKey, sessionToken } = asked(one)[0]!.credentials!;
    for (const request of one.cloud.s3.requests) {
      assert.equal(request.headers["x-amz-security-token"], sessionToken);
      assert.ok(request.headers["authorization"]!.includes(accessKeyId));
    }
    assert.ok(!one.board.output.join("\n").includes(secretAccessKey) && !one.board.output.join("\n").includes(sessionToken.slice(0, 30)));
    assert.ok(![...one.board.flash.values()].join("\n").includes(sessionToken.slice(0, 30)), "a token in flash");
  });

  it("sends the thing's name of iot.thingName, or none", async () => {
    const { one } = await desk();
    await one.command('device.configure({credentials:{thingName:null},iot:{endpoint:"a.b",thingName:"board-17"}})');
    await one.command('device.put("log.txt")');
    await one.command("device.configure({iot:null})");
    await one.command('device.put("log.txt")');
    assert.deepEqual(asked(one).map(({ headers }) => headers["x-amzn-iot-thingname"]), ["board-17", undefined]);
  });

  it("that S3 refuses again after they were renewed are explained without a word of copying", async () => {
    const { one } = await desk();
    for (const code of ["ExpiredToken", "InvalidToken", "InvalidAccessKeyId"]) {
      one.cloud.s3.faults.next({ kind: "answer", code }, { times: 2 });
      const failed = await failure(one, "device.list()");
      assert.deepEqual([failed.cause.code, failed.hint], [code, "AWS does not take the key that AWS IoT gave: it has expired, or the clock is wrong. Try again: a new one is fetched. If it stays: device.syncTime()"]);
    }
  });

  it("that S3 takes for expired in the middle of an upload are renewed, and it goes on with the next part", async () => {
    const { one, bytes } = await desk(12 * MIB);
    const put = one.command('device.put("log.txt")');
    while (!one.cloud.s3.requests.some((request) => request.operation === "UploadPart" && request.status === 200)) await new Promise((done) => setTimeout(done, 2));
    one.cloud.accessKeys.get(asked(one)[0]!.credentials!.accessKeyId)!.expires = Date.now() - 1;
    assert.equal((await put).resumed, false);
    assert.ok(one.cloud.s3.get("log.txt")!.equals(bytes));
    assert.equal(asked(one).length, 2);
    assert.deepEqual(one.cloud.s3.requests.filter((request) => request.status >= 400).map((request) => request.code), ["ExpiredToken"]);
  });

  it("that are about to end are renewed before the next part, and S3 refuses nothing", async () => {
    let shift = 0;
    const { one, bytes } = await desk(12 * MIB, { cloud: { now: () => Date.now() + shift } });
    const put = one.command('device.put("log.txt")');
    while (!one.cloud.s3.requests.some((request) => request.operation === "UploadPart")) await new Promise((done) => setTimeout(done, 2));
    shift = HOUR - 5 * 60_000;
    await one.command("device.syncTime()");
    await put;
    assert.ok(one.cloud.s3.get("log.txt")!.equals(bytes));
    assert.equal(asked(one).length, 2);
    assert.deepEqual(one.cloud.s3.requests.filter((request) => request.status >= 400), []);
    assert.equal(new Set(one.cloud.s3.requests.map((request) => request.headers["x-amz-security-token"])).size, 2);
  });

  it("that cannot be renewed yet are used until they end, and not longer", async () => {
    let shift = 0;
    const { one } = await desk(20000, { cloud: { now: () => Date.now() + shift } });
    await one.command('device.put("log.txt")');
    shift = HOUR - 4 * 60_000;
    await one.command("device.syncTime()");
    certificate(one.cloud).active = false;
    await one.command('device.put("log.txt")');
    await one.command('device.put("log.txt")');
    assert.equal(asked(one).length, 2, "not asked again within a minute");
    assert.ok(printed(one, /not renewed yet: AWS IoT refused credentials: 403/));
    shift = HOUR;
    await one.command("device.syncTime()");
    assert.equal((await failure(one, 'device.put("log.txt")')).code, "iot");
    certificate(one.cloud).active = true;
    await one.command('device.put("log.txt")');
  });

  const refusals: [what: string, order: (cloud: Cloud) => void, status: number, message: string, hint: RegExp][] = [
    ["a thing that is not attached", (cloud) => certificate(cloud).things.splice(0), 403, "Invalid thing name passed", /^Attach the certificate to the thing/],
    ["a policy that does not allow it", (cloud) => cloud.policy.deny("iot:AssumeRoleWithCertificate", "device-logs-role"), 403, "Access Denied", /^Attach a policy .*iot:AssumeRoleWithCertificate/],
    ["an inactive certificate", (cloud) => (certificate(cloud).active = false), 403, "Certificate is invalid on this endpoint", /^Activate the certificate/],
    ["a certificate of another account", (cloud) => cloud.credentialsProvider.certificates.clear(), 403, "Certificate is invalid on this endpoint", /its account and region/],
    ["a role alias that is not there", (cloud) => cloud.credentialsProvider.roleAliases.clear(), 404, "Role alias does not exist", /credentials\.roleAlias/],
    ["a role that does not trust AWS IoT", (cloud) => (alias(cloud).trusted = false), 400, "Unable to assume the role, or the role to assume does not exist", /credentials\.iot\.amazonaws\.com/],
    ["credentials longer than the role allows", (cloud) => (alias(cloud).roleSeconds = 900), 400, "The requested CredentialDurationSeconds exceeds the MaxSessionDuration set for the role", /MaxSessionDuration/],
  ];
  for (const [what, order, status, message, hint] of refusals) {
    it(`explains ${what}, and asks once`, async () => {
      const { one } = await desk();
      order(one.cloud);
      const failed = await failure(one, 'device.put("log.txt")');
      assert.deepEqual([failed.code, failed.cause.status, failed.cause.message], ["iot", status, message]);
      assert.match(failed.hint, hint);
      assert.deepEqual([asked(one).length, one.cloud.s3.requests.length], [1, 0]);
      assert.deepEqual(one.board.output.slice(-2), [`put log.txt failed: ${failed.message}`, "  " + failed.hint]);
      await one.command("device.why()");
      assert.ok(one.board.output.includes("request id " + failed.cause.requestId));
    });
  }

  for (const fault of [{ status: 429, message: "Too Many Requests" }, { status: 500 }, { status: 503 }, { body: "<html>captive portal</html>" }, { body: '{"credentials":{"accessKeyId":"A"}}' }]) {
    it(`tries again after ${JSON.stringify(fault)}`, async () => {
      const { one } = await desk();
      one.cloud.credentialsProvider.next(fault);
      await one.command('device.put("log.txt")');
      assert.equal(asked(one).length, 2);
    });
  }

  it("mends the clock when new credentials seem to have ended", async () => {
    const { one } = await desk(20000, { cloud: { ntpOffsetSeconds: 7200 } });
    await one.command('device.put("log.txt")');
    assert.ok(printed(one, /clock is mended by the server's date/));
    assert.deepEqual([asked(one).length, one.cloud.s3.requests[0]!.status], [2, 200]);
  });

  for (const name of ["cert.der", "key.der"]) {
    it(`names ${name} when it is not in flash, and asks nobody`, async () => {
      const { one } = await desk();
      await one.board.run(`require("Storage").erase(${JSON.stringify(name)})`);
      const failed = await failure(one, 'device.put("log.txt")');
      assert.equal(failed.code, "certificate");
      assert.match(failed.message, new RegExp(`^${name} is not in flash`));
      assert.equal(asked(one).length, 0);
    });
  }

  it("presign says when the URL dies with the credentials", async () => {
    const { one } = await desk();
    one.cloud.s3.put("log.txt", Buffer.from("hello"));
    const url = await one.command<string>('device.presign("GET","log.txt",7200)');
    assert.equal(new URL(url).searchParams.get("X-Amz-Security-Token"), asked(one)[0]!.credentials!.sessionToken);
    const expiry = new Date(asked(one)[0]!.credentials!.expires).toISOString();
    assert.ok(one.board.output.at(-1)!.includes(`good until ${expiry} and NOT until `), one.board.output.at(-1));
    await one.command('device.presign("GET","log.txt",60)');
    assert.match(one.board.output.at(-1)!, /good until \S+; whoever/);
    await one.command(`device.getUrl(${JSON.stringify(url)},"back.txt")`);
  });

  it("KMS takes them too, also after a renewal", async () => {
    const { one } = await desk();
    const { host, port } = one.cloud.kms;
    await one.command(`device.configure({kms:{endpoint:"${host}",port:${port}}})`);
    await one.command("device.aliases()");
    one.cloud.accessKeys.get(asked(one)[0]!.credentials!.accessKeyId)!.expires = Date.now() - 1;
    assert.ok((await one.command("device.aliases()")).length > 0);
    assert.equal(asked(one).length, 2);
  });
});
