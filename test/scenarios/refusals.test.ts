// What a user meets in the first evening: wrong keys, clocks, names, networks and memory. Each has its code and a next step.
import assert from "node:assert/strict";
import type { DeskOptions } from "../../sim/desk";
import { bootedDesk, closeDesks, deskWithLog, failure, file, powerCycle, said } from "./desks";

describe("refusals", function () {
  this.timeout(60000);
  afterEach(() => closeDesks());

  const desk = async (options?: DeskOptions) => (await deskWithLog(14000, options)).one;

  const s3: [what: string, patch: string, status: number, code: string, hint: RegExp][] = [
    ["a wrong secret", '{credentials:{secretAccessKey:"wrong"}}', 403, "SignatureDoesNotMatch", /secretAccessKey/],
    ["an unknown key", '{credentials:{accessKeyId:"AKIANOSUCHKEY0000000"}}', 403, "InvalidAccessKeyId", /accessKeyId/],
    ["a bucket that is not there", '{s3:{bucket:"no-such-bucket"}}', 404, "NoSuchBucket", /s3\.bucket/],
    ["a bogus token", '{credentials:{sessionToken:"bogus"}}', 400, "InvalidToken", /session token/],
  ];
  for (const [what, patch, status, code, hint] of s3) {
    it(`explains ${what}`, async () => {
      const one = await desk();
      await one.command(`device.configure(${patch})`);
      const failed = await failure(one, 'device.put("log.txt")');
      assert.deepEqual([failed.code, failed.cause.status, failed.cause.code], ["s3", status, code]);
      assert.match(failed.hint, hint);
      assert.deepEqual(one.cloud.s3.keys(), []);
      const last = one.board.output.slice(-2);
      assert.match(last[0]!, /^put log\.txt failed: S3 refused PUT log\.txt: \d+ /);
      assert.equal(last[1], "  " + failed.hint);
      await one.command("device.why()");
      assert.ok(one.board.output.some((line) => line.includes(failed.cause.requestId)));
    });
  }

  it("mends a clock that is twenty minutes off by the date that S3 sends, once", async () => {
    const one = await desk({ cloud: { ntpOffsetSeconds: 1200 } });
    await one.command('device.put("log.txt")');
    assert.deepEqual(one.cloud.s3.requests.map((request) => request.code || request.status), ["RequestTimeTooSkewed", 200, 200]);
    said(one, /the clock is mended by the server's date/);
  });

  it("follows a wrong region once and says which one is right", async () => {
    const one = await desk();
    await one.command('device.configure({s3:{region:"us-west-2"}})');
    await one.command('device.put("log.txt")');
    assert.deepEqual(one.cloud.s3.requests.map((request) => request.code || request.status), ["AuthorizationHeaderMalformed", 200, 200]);
    assert.ok(one.board.output.includes("  the bucket is in eu-central-1, s3.region says us-west-2"));
  });

  it("tries again when S3 is busy, and gives up on a refusal at once", async () => {
    const one = await desk();
    one.cloud.s3.faults.next({ kind: "answer", status: 503, code: "SlowDown" });
    await one.command('device.put("log.txt")');
    assert.deepEqual(one.cloud.s3.requests.map((request) => request.status), [503, 200, 200]);
    one.cloud.s3.faults.next({ kind: "answer", status: 403, code: "AccessDenied" });
    assert.equal((await failure(one, 'device.put("log.txt","again.txt")')).cause.code, "AccessDenied");
    assert.equal(one.cloud.s3.requests.length, 4);
  });

  it("follows a temporary redirect back to the same server once, and to no other", async () => {
    const one = await desk();
    const { host, port, faults, requests } = one.cloud.s3;
    for (const options of ["undefined", "{multipart:true}"]) {
      faults.next({ kind: "redirect", host: `${host}:${port}` });
      await one.command(`device.put("log.txt","k",${options})`);
      assert.ok(one.board.output.includes(`  S3 sends this request to ${host}:${port}`));
    }
    for (const elsewhere of [`localhost:${port}`, `${host}:${port + 1}`, "evil.example"]) {
      requests.splice(0);
      faults.next({ kind: "redirect", host: elsewhere });
      const failed = await failure(one, 'device.put("log.txt","k2")');
      assert.deepEqual([failed.cause.code, failed.cause.status, requests.length], ["TemporaryRedirect", 307, 1]);
      assert.match(failed.hint, /not known everywhere yet/);
    }
    faults.next({ kind: "redirect", host: `${host}:${port}` }, { times: 2 });
    assert.equal((await failure(one, 'device.put("log.txt","k2")')).cause.status, 307);
    assert.equal(one.cloud.s3.get("k2"), undefined);
  });

  it("a token that expired is told with the next step, by every command", async () => {
    const one = await desk();
    await one.command(`device.configure({credentials:${JSON.stringify(one.cloud.sessionCredentials)}})`);
    one.cloud.s3.put("k", Buffer.from("old"));
    for (const command of ['put("log.txt")', 'put("log.txt","k",{multipart:true})', 'get("k")', "list()", 'remove("k")', 'head("k")']) {
      one.cloud.s3.faults.next({ kind: "answer", code: "ExpiredToken", headers: { "x-amz-bucket-region": one.cloud.s3.region } }, { times: 2 });
      const failed = await failure(one, `device.${command}`);
      one.cloud.s3.faults.clear();
      assert.equal(failed.cause.code, "ExpiredToken", command);
      assert.match(failed.hint, /session token is expired.*device\.configure/);
    }
    assert.ok(one.board.output.every((line) => !/the bucket is in/.test(line)), "the region was right");
  });

  it("an InternalError is met with another try by every command", async () => {
    const one = await desk();
    one.cloud.s3.put("k", Buffer.from("hello"));
    for (const command of ['put("log.txt","a")', 'put("log.txt","b",{multipart:true})', 'get("k")', "list()", 'remove("k")', 'head("a")']) {
      one.cloud.s3.faults.next({ kind: "answer", code: "InternalError" });
      await one.command(`device.${command}`);
      assert.equal(one.cloud.s3.requests.splice(0).filter((request) => request.code === "InternalError").length, 1, command);
    }
  });

  it("does not ask S3 anything while the clock was never set", async () => {
    const one = await bootedDesk();
    file(one, "log.txt", 100);
    const failed = await failure(one, 'device.put("log.txt")');
    assert.deepEqual([failed.code, failed.hint], ["clock-not-set", "device.syncTime()"]);
    assert.deepEqual(one.cloud.s3.requests, []);
  });

  it("names too little native heap before TLS is tried", async () => {
    const one = await desk({ board: { freeHeap: 35444 } });
    const failed = await failure(one, 'device.put("log.txt")');
    assert.equal(failed.code, "memory");
    assert.match(failed.hint, /PSRAM/);
  });

  it("names the WiFi that refuses", async () => {
    const one = await bootedDesk({ settings: { wifi: { ssid: "desk", password: "wrong" } } });
    const failed = await failure(one, "device.syncTime()");
    assert.equal(failed.code, "wifi");
    assert.match(failed.hint, /wifi\.password/);
  });

  it("goes on to the next time server after a kiss of death", async () => {
    const one = await bootedDesk();
    one.cloud.ntp.next({ stratum: 0, referenceId: "DENY" });
    const server = JSON.stringify({ host: "127.0.0.1", port: one.cloud.ntp.port });
    await one.command(`device.configure({time:{servers:[${server},{host:"localhost",port:${one.cloud.ntp.port}}]}})`);
    assert.match((await one.command("device.syncTime()")).server, /^localhost:/);
  });

  it("says what every time server did when none gave a time", async () => {
    const one = await bootedDesk();
    one.cloud.ntp.always({ leap: 3 });
    const failed = await failure(one, "device.syncTime()");
    assert.equal(failed.code, "time");
    assert.match(failed.message, /127\.0\.0\.1:\d+: its clock is not synchronised/);
  });

  const arguments_: [command: string, message: RegExp][] = [
    ["device.put()", /path/],
    ['device.put("no.txt")', /no\.txt/],
    ["device.get()", /path|key/],
    ['device.get("a","b",{nothing:1})', /nothing/],
    [`device.put("log.txt","${"k".repeat(1025)}")`, /1,024/],
    [`device.get("a","${"p".repeat(64)}")`, /63/],
    ['device.help("nothing")', /nothing/],
    ["device.configure()", /object/],
  ];
  for (const [command, message] of arguments_) {
    it(`refuses ${command.slice(0, 40)} in words`, async () => {
      const one = await desk();
      const failed = await failure(one, command);
      assert.ok(["argument", "file-missing"].includes(failed.code));
      assert.match(failed.message, message);
      assert.ok(failed.hint.length > 10);
    });
  }

  it("keeps settings over a power cut and refuses wrong ones whole, naming each with an example", async () => {
    const one = await desk();
    await one.command('device.configure({s3:{prefix:"kept/"}})');
    const failed = await failure(one, 'device.configure({s3:{prefix:"lost/",bucket:"test_bucket",endpoint:{host:"https://x/y"}}})');
    assert.equal(failed.code, "settings");
    assert.match(failed.message, /s3\.bucket: found "test_bucket".*underscore.*for example "my-device-logs"/);
    assert.match(failed.message, /s3\.endpoint\.host: found "https:\/\/x\/y".*without https:\/\//);
    await powerCycle(one);
    assert.equal((await one.command('device.put("log.txt")')).key, "kept/log.txt");
  });
});
