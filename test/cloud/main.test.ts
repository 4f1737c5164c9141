// The command `npm run cloud`.
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CloudDescription } from "../../sim/cloud/index";

const MAIN = new URL("../../sim/cloud/main.ts", import.meta.url).pathname;

describe("The command that runs the cloud alone", function () {
  this.timeout(30_000);

  const start = (...options: string[]) => {
    const child = spawn(process.execPath, ["--import=tsx", MAIN, ...options], { stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    const ready = new Promise<void>((resolve) => child.stdout.on("data", (text: Buffer) => ((stdout += text.toString()), stdout.includes("\n") && resolve())));
    child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
    return { child, ready: Promise.race([ready, ended]), ended, output: () => ({ stdout, stderr }) };
  };

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    it(`prints one line of JSON, serves, and ends on ${signal} without leaving files`, async () => {
      const command = start();
      await command.ready;
      const { s3, kms, iot, ntp, account, credentials, sessionCredentials, certificates } = JSON.parse(command.output().stdout) as CloudDescription;
      deepEqual([s3.host, ntp.host, s3.bucket, s3.region], ["127.0.0.1", "127.0.0.1", "device-logs", "eu-central-1"]);
      ok(s3.port > 0 && ntp.port > 0 && kms.port > 0 && iot.port > 0);
      deepEqual([iot.host, iot.thingName, iot.url], ["127.0.0.1", "board-17", `https://127.0.0.1:${iot.restPort}`]);
      deepEqual([account, kms.host, kms.region, kms.alias], ["111122223333", "127.0.0.1", "eu-central-1", "alias/device-logs"]);
      equal(kms.keyArn, `arn:aws:kms:eu-central-1:111122223333:key/${kms.keyId}`);
      match(credentials.accessKeyId, /^AKIA[A-Z2-7]{16}$/);
      match(sessionCredentials.accessKeyId, /^ASIA[A-Z2-7]{16}$/);
      for (const { pem, der } of [certificates.ca, certificates.device.certificate, certificates.device.key]) {
        equal(readFileSync(pem, "utf8").replace(/-----[^-]+-----|\s/g, ""), readFileSync(der).toString("base64"));
      }
      equal(await statusOf(s3.url, readFileSync(certificates.ca.pem)), 403);
      equal(await statusOf(kms.url, readFileSync(certificates.ca.pem)), 404);
      const { certificate, key } = certificates.device;
      equal(await statusOf(iot.url, readFileSync(certificates.ca.pem), { cert: readFileSync(certificate.pem), key: readFileSync(key.pem) }), 404);
      command.child.kill(signal);
      equal(await command.ended, 0);
      equal(command.output().stdout.trimEnd().split("\n").length, 1);
      equal(command.output().stderr, "");
      ok(!existsSync(certificates.directory));
    });
  }

  it("takes names, keys and directory from its options, and leaves that directory", async () => {
    const directory = mkdtempSync(join(tmpdir(), "cloud-test-"));
    const command = start("--bucket", "my-bucket", "--region", "us-east-1", "--account", "123456789012", "--thing-name", "board-18", "--directory", directory, "--access-key-id", "AKIATEST", "--secret-access-key", "secret");
    await command.ready;
    const { s3, iot, account, credentials } = JSON.parse(command.output().stdout) as CloudDescription;
    deepEqual([s3.bucket, s3.region, iot.thingName, account, credentials], ["my-bucket", "us-east-1", "board-18", "123456789012", { accessKeyId: "AKIATEST", secretAccessKey: "secret" }]);
    command.child.kill("SIGTERM");
    equal(await command.ended, 0);
    ok(readdirSync(directory).includes("ca.der"));
    rmSync(directory, { recursive: true });
  });

  describe("says what is wrong", () => {
    const rows: [title: string, options: string[], complaint: RegExp][] = [
      ["half a key pair", ["--access-key-id", "AKIATEST"], /together/],
      ["a port that is none", ["--s3-port", "70000"], /65535/],
      ["a port of IoT that is none", ["--mqtt-port", "mqtt"], /65535/],
      ["an account that is none", ["--account", "me"], /12 digits/],
      ["an address that is not this machine's", ["--host", "192.0.2.1"], /did not start/],
    ];
    let commands: ReturnType<typeof start>[] = [];
    // All at once: most of the time goes into starting Node.
    before(() => {
      commands = rows.map(([, options]) => start(...options));
    });
    rows.forEach(([title, , complaint], index) =>
      it(`with ${title}`, async () => {
        const command = commands[index]!;
        equal(await command.ended, 1);
        match(command.output().stderr, complaint);
        equal(command.output().stdout, "");
      }),
    );
  });
});

function statusOf(url: string, ca: Buffer, own: object = {}): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url + "/device-logs/x", { ca, ...own, agent: false }, (response) => {
      response.resume().on("end", () => resolve(response.statusCode));
    }).on("error", reject).end();
  });
}
