// espruino-aws doctor: each examination on boards with one thing wrong, what it says, and that it says nothing secret.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { loaderText } from "../../src/device/loader";
import { startCloud } from "../../sim/cloud/index";
import type { DeskOptions } from "../../sim/desk";
import { type Finding, examine, findingsTable, wrapped } from "../../tools/doctor";
import { certificateFinding } from "../../tools/doctor/certificates";
import type { SettingsShape } from "../../tools/doctor/findings";
import { interpreterFindings } from "../../tools/doctor/image";
import { bucketFinding, clockFinding, refusal } from "../../tools/doctor/reach";
import { credentialsFindings } from "../../tools/doctor/settings";
import { readImage } from "../../tools/image";
import { openRepl } from "../../tools/port/repl";
import { openVirtual, type VirtualPort } from "../../tools/port/virtual";
import { run } from "./commands";

const EMPTY = { version: "0", time: "not set", network: "off", mistakes: [], bucket: "b.host/", busy: "" };

/** Examines a virtual board that was changed. */
async function examined(change: (port: VirtualPort) => unknown, options: DeskOptions = {}): Promise<Map<string, Finding>> {
  const port = await openVirtual("virtual", options);
  try {
    await change(port);
    const repl = await openRepl(port);
    const findings = await examine(repl);
    repl.stop();
    const secret = port.desk.cloud.credentials.secretAccessKey;
    assert.ok(!JSON.stringify(findings).includes(secret), "the secret is told");
    return new Map(findings.map((one) => [one.what, one]));
  } finally {
    await port.close();
  }
}

/** States that are not ok. */
const bad = (findings: Map<string, Finding>) => [...findings.values()].filter(({ state }) => state === "wrong").map(({ what }) => what);

describe("the doctor on a virtual board", function () {
  this.timeout(60000);

  it("finds nothing wrong where nothing is", async () => {
    const printed: string[] = [];
    const findings = await examined((port) => port.onData((bytes) => void printed.push(bytes)));
    assert.deepEqual(bad(findings), []);
    for (const what of ["interpreter", "modules", "memory", "image", "Storage", "settings", "root (ca.der)", "certificate (cert.der)", "key (key.der)", "WiFi", "time", "self test", "card", "bucket", "MQTT", "last failure"]) {
      assert.equal(findings.get(what)?.state, "ok", what);
    }
    assert.equal(findings.get("TLS trust")!.state, "warning");
    assert.doesNotMatch(printed.join(""), /doctor\.tmp.*failed/);
  });
  it("reads nothing of the key", async () => {
    const printed: string[] = [];
    let key = "";
    await examined((port) => {
      key = readFileSync(port.desk.cloud.describe().certificates.device.key.der).toString("base64");
      port.onData((bytes) => void printed.push(bytes));
    });
    const text = printed.join("");
    for (let at = 0; at + 24 < key.length; at += 12) assert.ok(!text.includes(key.slice(at, at + 24)), "a part of the key came over the port");
  });

  const cases: [what: string, change: (port: VirtualPort) => unknown, wrong: string[], text: RegExp, options?: DeskOptions][] = [
    ["no root", ({ desk }) => desk.board.flash.delete("ca.der"), ["root (ca.der)"], /not in flash.*provision/],
    ["a PEM in the place of the root", ({ desk }) => desk.board.flash.set("ca.der", "-----BEGIN CERTIFICATE-----\n"), ["root (ca.der)"], /is PEM/],
    ["a root that is cut", ({ desk }) => desk.board.flash.set("ca.der", desk.board.flash.get("ca.der")!.slice(0, -5)), ["root (ca.der)"], /no certificate/],
    ["a certificate with something behind", ({ desk }) => desk.board.flash.set("cert.der", desk.board.flash.get("cert.der")! + "\n"), ["certificate (cert.der)"], /no certificate/],
    ["no key", ({ desk }) => desk.board.flash.delete("key.der"), ["key (key.der)"], /not in flash/],
    ["a key that is PEM", ({ desk }) => desk.board.flash.set("key.der", "-----BEGIN RSA PRIVATE KEY-----\n"), ["key (key.der)"], /is PEM/],
    ["a module of the image spoiled", ({ desk }) => desk.board.flash.set("kms", desk.board.flash.get("kms")!.replace("e", "f")), ["image"], /1 of \d+ records are missing or wrong: kms.*flash/],
    ["a module missing", ({ desk }) => desk.board.flash.delete("kms"), ["image"], /missing or wrong: kms/],
    ["an unknown network", () => {}, ["WiFi", "time"], /NO_AP_FOUND/, { settings: { wifi: { ssid: "elsewhere", password: "desk-password" } } }],
    ["a wrong password of the network", () => {}, ["WiFi", "time"], /AUTH_FAIL/, { settings: { wifi: { ssid: "desk", password: "wrong-password" } } }],
    ["a mistake in the settings", () => {}, ["settings"], /s3\.region/, { settings: { s3: { bucket: "device-logs", region: "frankfurt" } } }],
    ["no settings", ({ desk }) => desk.board.flash.delete("settings.json"), ["settings", "WiFi", "time"], /there are none/],
    ["a card that is out", ({ desk }) => desk.board.card!.remove(), ["card"], /card/i],
    ["a secret of another key", () => {}, ["bucket"], /SignatureDoesNotMatch|secret/, { cloud: {}, settings: { credentials: { source: "static", accessKeyId: "AKIAAAAAAAAAAAAAAAAA", secretAccessKey: "x".repeat(40) } } }],
    ["a bucket that is not there", ({ desk }) => desk.cloud, ["bucket"], /NoSuchBucket|bucket/i, { cloud: { bucket: "another-bucket" }, settings: {} }],
    ["an AWS IoT that does not answer", ({ desk }) => desk.cloud.iot.close(), ["MQTT"], /./],
    ["a certificate that is not of this cloud", async ({ desk }) => {
      const elsewhere = await startCloud(), { certificate, key } = elsewhere.describe().certificates.device;
      desk.board.flash.set("cert.der", readFileSync(certificate.der, "latin1"));
      desk.board.flash.set("key.der", readFileSync(key.der, "latin1"));
      await elsewhere.close();
    }, ["MQTT"], /handshake.*Is cert\.der registered/],
    ["a clock of an hour off", () => {}, ["time"], /s ahead of this computer|clock/, { cloud: { ntpOffsetSeconds: 3600 } }],
  ];
  for (const [what, change, wrong, text, options] of cases) {
    it(`${what}: ${wrong.join(", ")}`, async () => {
      const findings = await examined(async (port) => {
        if (what.startsWith("a bucket")) {
          const settings = JSON.parse(port.desk.board.flash.get("settings.json")!);
          settings.s3.bucket = "not-my-bucket";
          port.desk.board.flash.set("settings.json", JSON.stringify(settings));
        }
        await change(port);
        await wait(10);
      }, options);
      const found = bad(findings);
      for (const one of wrong) assert.ok(found.includes(one), `${one} is not among ${found.join(", ") || "none"}`);
      const one = findings.get(wrong[0]!)!;
      assert.match(`${one.found} ${one.next}`, text);
      assert.ok(one.next, "no next step");
    });
  }
  it("what cannot be tried is not called wrong: no time, so no transfer, so no card", async () => {
    const findings = await examined(({ desk }) => {
      const settings = JSON.parse(desk.board.flash.get("settings.json")!);
      settings.time.servers = [{ host: "127.0.0.1", port: 9 }];
      desk.board.flash.set("settings.json", JSON.stringify(settings));
    });
    assert.deepEqual(bad(findings), ["time"]);
    for (const what of ["card", "bucket"]) assert.match(findings.get(what)!.found, /^not tried/);
  });
  it("an image that came by update is looked for where it is", async () => {
    const updated = (spoil: (flash: Map<string, string>) => void) => examined(async ({ desk }) => {
      const { flash } = desk.board;
      for (const { entry } of readImage()) {
        flash.set(entry.name === ".bootcde" ? ".fw.fwa" : `${entry.name}.fwa`, flash.get(entry.name)!);
        flash.delete(entry.name);
      }
      flash.set(".bootcde", loaderText());
      flash.set(".fwuse", ".fwa");
      spoil(flash);
      desk.board.powerCycle();
      await wait(500);
    });
    assert.match(JSON.stringify((await updated(() => {})).get("image")), /"ok".*by update, \d+ records as built here/);
    assert.match(JSON.stringify((await updated((flash) => flash.delete("kms.fwa"))).get("image")), /"wrong".*missing or wrong: kms"/);
  });
  it("exit 4 with what is wrong, 0 without; --json for machines", async () => {
    const right = await run("doctor", "--json", "-p", "virtual");
    assert.deepEqual([right.code, right.errors], [0, []]);
    const told = JSON.parse(right.lines.join("\n")) as { ok: boolean; findings: Finding[] };
    assert.ok(told.ok && told.findings.length > 15);
  });
});

describe("examinations", () => {
  const shape: SettingsShape = { sections: ["s3", "credentials"], elsewhere: false, source: "static", accessKeyStart: "AKIA", accessKeyLength: 20, secretLength: 40, hasToken: false, roleAlias: false, prefix: "", iotThing: "" };
  const credentials: [changes: Partial<SettingsShape>, state: string, text: RegExp][] = [
    [{}, "warning", /lasting key.*certificate/],
    [{ source: "iot", roleAlias: true }, "ok", /AWS IoT/],
    [{ source: "iot" }, "wrong", /roleAlias/],
    [{ source: "" }, "wrong", /source/],
    [{ accessKeyStart: "akia" }, "wrong", /AKIA nor/],
    [{ accessKeyLength: 21 }, "warning", /21 characters/],
    [{ secretLength: 41 }, "warning", /41 characters/],
    [{ accessKeyStart: "ASIA" }, "wrong", /without sessionToken/],
    [{ accessKeyStart: "ASIA", hasToken: true }, "warning", /runs out/],
    [{ hasToken: true }, "wrong", /AKIA\) with a sessionToken/],
  ];
  for (const [changes, state, text] of credentials) {
    it(`credentials ${JSON.stringify(changes)}: ${state}`, () => {
      const [one] = credentialsFindings({ settings: { ...shape, ...changes } });
      assert.equal(one!.state, state);
      assert.match(`${one!.found} ${one!.next}`, text);
    });
  }
  const answers: [message: string, state: string][] = [
    ["S3 refused GET a: 404 NoSuchKey, The specified key does not exist.", "ok"],
    ["S3 refused GET a: 403 AccessDenied, Access Denied", "warning"],
    ["S3 refused GET a: 403 SignatureDoesNotMatch, x", "wrong"],
    ["S3 refused GET a: 403 InvalidAccessKeyId, x", "wrong"],
    ["S3 refused GET a: 404 NoSuchBucket, x", "wrong"],
    ["S3 refused GET a: 404", "ok"],
    ["The server closed the connection without an answer", "wrong"],
  ];
  for (const [message, state] of answers) it(`the bucket says "${message.slice(0, 50)}": ${state}`, () => assert.equal(bucketFinding(EMPTY, message, "hint").state, state));
  it("refusals are read, garbage is none", () => {
    assert.deepEqual(refusal("S3 refused GET a: b: 403 X, y"), { status: 403, code: "X" });
    for (const text of ["", "S3 refused", "S3 refused GET a", "404 NoSuchKey"]) assert.equal(refusal(text), undefined);
  });
  it("clocks: seconds are fine, minutes are told, hours are wrong", () => {
    const now = Date.parse("2026-11-22T10:00:00Z"), state = (seconds: number) => clockFinding(new Date(now + seconds * 1000).toISOString(), now, "x").state;
    assert.deepEqual([0, 4, -4, 30, -300, 1000, -3600].map(state), ["ok", "ok", "ok", "warning", "warning", "wrong", "wrong"]);
    assert.equal(clockFinding("not set", now, "x").state, "wrong");
  });
  it("certificates by their dates", () => {
    const root = readFileSync(new URL("../../certs/AmazonRootCA1.pem", import.meta.url), "utf8"), der = Buffer.from(root.replace(/-----[^-]+-----|\s/g, ""), "base64");
    const at = (date: string) => certificateFinding("x", der, Date.parse(date), "mend").finding;
    assert.deepEqual(["2026-01-01", "2038-01-01", "2038-02-01", "2014-01-01"].map((date) => at(date).state), ["ok", "warning", "wrong", "wrong"]);
    assert.match(at("2026-01-01").found, /^Amazon Root CA 1, until 2038-01-17$/);
    for (const bytes of [Buffer.alloc(0), Buffer.from("garbage"), der.subarray(0, 100), Buffer.from(root)]) assert.equal(certificateFinding("x", bytes, Date.now(), "mend").finding.state, "wrong");
  });
  it("a plain board without room for TLS is told so", () => {
    const facts = { version: "2v29", board: "ESP32", modules: "Storage,fs,net,dgram,tls,crypto,Wifi".split(","), variables: { total: 5874, usage: 60 }, heap: 35_444, storage: { total: 1, free: 1, trash: 0, files: 0 } };
    assert.deepEqual(interpreterFindings({ facts }).map(({ state }) => state), ["ok", "ok", "warning"]);
  });
  it("the table wraps at spaces and cuts no word away", () => {
    assert.equal(wrapped("one two three", 7), "one two\nthree");
    assert.equal(wrapped("abcdefghij k", 4), "abcd\nefgh\nij k");
    const long = `device.configure({${"x".repeat(90)}})`;
    const table = findingsTable([{ state: "wrong", what: "a", found: "b c", next: long }], 100);
    assert.equal(table.replace(/[^\x20-\x7e]|\s/g, "").includes(long), true);
    for (const line of table.split("\n")) assert.ok(line.length <= 100);
  });
});
