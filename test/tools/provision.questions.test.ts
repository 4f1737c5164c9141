// The questions of espruino-aws provision: by a script, and by the library on a terminal of its own.
import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { provision } from "../../tools/provision";
import { Findings } from "../../tools/provision/finding";
import { type Asker, askSettings, terminalAsker } from "../../tools/provision/questions";
import { checkForBoard } from "../../tools/provision/settings";
import { cabled, flash, provisionDesk } from "./provision.desk";

describe("provision: questions", function () {
  this.timeout(20_000);

  /** Answers by a part of the question; each answer of a list is tried until one is taken. */
  function scripted(answers: Record<string, string | boolean | string[]>, asked: string[] = []): Asker {
    async function answer(question: { message: string; validate?: (typed: string) => true | string; default?: unknown }): Promise<any> {
      const key = Object.keys(answers).find((one) => question.message.includes(one));
      const wanted = key === undefined ? question.default ?? "" : answers[key]!;
      for (const typed of wanted instanceof Array ? wanted : [wanted]) {
        const verdict = typeof typed === "string" && question.validate ? question.validate(typed) : true;
        asked.push(`${question.message}: ${verdict === true ? "taken" : verdict}`);
        if (verdict === true) return typed;
      }
      throw new Error("no answer was taken to " + question.message);
    }
    return { input: answer, password: answer, confirm: answer, select: answer };
  }

  const ANSWERS = {
    "WiFi network": "desk", "Its password": "desk-password", "Is the card at": false, "CS": "D22", Bucket: ["https://x", "Logs", "logs-of-17"], "Its region": ["eu-central-1a", "eu-central-1"],
    "credentials provider": ["a1-ats.iot.eu-central-1.amazonaws.com", "c0ffee17.credentials.iot.eu-central-1.amazonaws.com"], "Role alias": "device-logs-role", "Name of the thing": ["board 17", "board-17"],
    "talk to AWS IoT": true, "Data-ATS": ["c0ffee17.credentials.iot.eu-central-1.amazonaws.com", "abcdef17-ats.iot.eu-central-1.amazonaws.com"],
  };

  it("make settings without a mistake; a wrong answer is explained and asked again", async () => {
    const asked: string[] = [];
    const settings = await askSettings(scripted(ANSWERS, asked), {});
    const findings = new Findings();
    checkForBoard(settings, findings);
    assert.deepEqual(findings.list, []);
    assert.deepEqual([settings["card"].cs, settings["s3"].prefix, settings["credentials"].source], ["D22", "board-17/", "iot"]);
    assert.equal(asked.filter((line) => !line.endsWith("taken")).length, 7);
    assert.match(asked.join("\n"), /one of its zones/);
  });
  it("offer what the board has, keep secrets where nothing is typed, drop what belongs to the other source", async () => {
    const present = { ...(await askSettings(scripted(ANSWERS), {})), logLevel: "info" };
    const defaults: Record<string, string> = { "Its password": "", "Is the card at": true as unknown as string };
    assert.deepEqual(await askSettings(scripted(defaults), present), present);
    const changed = await askSettings(scripted({ ...defaults, "signed with": "static", "Access key id": "AKIAZZZZZZZZZZZZZZZZ", "Secret access": "s".repeat(40), "talk to": false }), present);
    assert.deepEqual(changed["credentials"], { source: "static", accessKeyId: "AKIAZZZZZZZZZZZZZZZZ", secretAccessKey: "s".repeat(40) });
    const kept = await askSettings(scripted({ ...defaults, "Secret access": "" }), changed);
    assert.deepEqual(kept["credentials"], changed["credentials"]);
    assert.deepEqual([changed["iot"], changed["wifi"].password, changed["logLevel"]], [undefined, "desk-password", "info"]);
  });
  it("ask for files and a foreign root, and write what was answered", async () => {
    const made = await cabled(flash({}));
    const desk = await provisionDesk(async () => made.cable);
    const [, ca, , cert, , key] = desk.files;
    const lines: string[] = [];
    const output = { line: (text: string) => void lines.push(text), error: (text: string) => void lines.push(text) };
    const answers = { "certificate (": ["nowhere.pem", cert!], "private key (": key!, "Write it?": true };
    try {
      await provision({ port: desk.bridge.address, ca: ca!, settings: desk.settings() }, output, scripted(answers));
      assert.deepEqual([...made.board.flash.keys()].sort(), ["ca.der", "cert.der", "key.der", "settings.json"]);
      await assert.rejects(provision({ port: desk.bridge.address, ca: ca!, settings: desk.settings() }, output, scripted({ ...answers, "Write it?": false })), /Nothing was written: one mistake/);
      // With files alone it asks for settings only where the board has none, and looks at the files first.
      await provision({ port: desk.bridge.address, ca: ca!, cert: cert!, key: key! }, output, scripted({ "Write it?": true, WiFi: [] }));
      made.board.flash.delete("settings.json");
      await assert.rejects(provision({ port: desk.bridge.address, cert: key!, key: key! }, output, scripted({ WiFi: [] })), /Nothing was written/);
      await provision({ port: desk.bridge.address, cert: cert!, key: key! }, output, scripted(ANSWERS));
      assert.equal(JSON.parse(made.board.flash.get("settings.json")!).s3.bucket, "logs-of-17");
      made.board.flash.clear();
      await provision({ port: desk.bridge.address }, output, scripted({ ...ANSWERS, ...answers }));
      assert.equal(JSON.parse(made.board.flash.get("settings.json")!).s3.bucket, "logs-of-17");
    } finally {
      made.board.stop();
      await desk.close();
    }
  });
  it("show no password on a terminal, and end at Ctrl-C", async () => {
    const input = new PassThrough(), output = new PassThrough();
    let shown = "";
    output.on("data", (bytes) => (shown += bytes));
    const asker = await terminalAsker({ input, output });
    const answer = asker.password({ message: "Its password", mask: true });
    await new Promise((done) => setTimeout(done, 50));
    input.write("desk-password\r");
    assert.equal(await answer, "desk-password");
    assert.match(shown, /Its password[^]*\*{13}/);
    assert.doesNotMatch(shown, /desk-password/);
    const stopped = asker.input({ message: "Bucket" });
    await new Promise((done) => setTimeout(done, 50));
    input.write("\x03");
    await assert.rejects(stopped, /Stopped: nothing was written/);
  });
});
