// A board for a month, in a minute: WiFi drops, a broker that kicks, an S3 that is down, power cuts, and lines appended all the time. In the end every
// line that was promised is there once, every log that left the card is on S3 once, and nothing has piled up.
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Desk } from "../../sim/desk";
import { bootedDesk, closeDesks, printed, until } from "./desks";

const DAYS = 12;
const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

describe("a board for a month", function () {
  this.timeout(240_000);
  let one: Desk;
  afterEach(function () { if (this.currentTest?.state === "failed") console.log(one.board.output.slice(-40).join("\n")); });
  afterEach(() => closeDesks(() => ["desk-password"]));

  const onCard = () => readdirSync(join(one.card, "logs")).sort();
  const promised: string[] = [];
  let said = 0;
  /** A program on the same board: a line now and then; those whose promise resolved are kept. */
  async function lines(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const line = `line ${++said} ${"x".repeat(said % 60)}`;
      one.command(`device.log(${JSON.stringify(line)})`).then(() => promised.push(line), () => {});
      await pause(40);
    }
  }
  const records = () => [...one.board.flash.keys()].filter((name) => /^(s3|q|in|ver|ship|log|boot|job)\b/.test(name));

  it("loses nothing, sends nothing twice, and is as it was", async () => {
    one = await bootedDesk({ settings: { boot: undefined, logs: { directory: "logs", pattern: "*.log", active: "-", afterUpload: "delete", everySeconds: 10, maxBytes: 1000 } } });
    mkdirSync(join(one.card, "logs"));
    const { s3, iot } = one.cloud;
    let cuts = 0;
    const troubles: (() => unknown)[] = [
      () => { one.board.wifi.drop(); },
      () => iot.mqtt.drop(),
      () => { for (let i = 0; i < 3; i++) s3.faults.next({ kind: "answer", code: "InternalError", status: 500 }, {}); },
      () => s3.faults.next({ kind: "loseAnswer" }, { operation: "PutObject" }),
      () => {
        // Days pass between two cuts: the start before has lasted.
        const record = one.board.flash.get("boot.json");
        if (record) one.board.flash.set("boot.json", JSON.stringify({ ...JSON.parse(record), tries: 0 }));
        cuts++;
        one.board.powerCycle();
      },
      () => { s3.faults.next({ kind: "cut", during: "request", afterBytes: 200 }, { operation: "PutObject" }); },
    ];
    await lines(30);
    for (let day = 0; day < DAYS; day++) {
      troubles[day % troubles.length]!();
      await lines(60);
      if (day % 5 === 3) troubles[4]!();
      await lines(30);
    }
    // All but the active log goes, by itself.
    await until(() => onCard().length <= 1 && one.board.output.length > 0, 90_000);
    await until(() => iot.mqtt.clients().length === 1, 60_000);
    const names = s3.keys().map((key) => key.replace(/.*-/, ""));
    assert.deepEqual(names.slice().sort(), [...new Set(names)].sort(), "a log is there twice");
    assert.ok(names.length >= 20, `${names.length} logs`);
    const text = [...s3.keys().sort((a, b) => (a.replace(/.*-/, "") < b.replace(/.*-/, "") ? -1 : 1)).map((key) => s3.get(key)!.toString()), ...onCard().map((name) => readFileSync(join(one.card, "logs", name), "utf8"))].join("");
    const found = text.split("\n").filter((line) => /^line \d+ x*$/.test(line));
    assert.deepEqual(promised.filter((line) => !found.includes(line)), [], "lines that were promised are gone");
    assert.equal(new Set(found).size, found.length, "a line is there twice");
    assert.ok(promised.length > said * 0.8, `${promised.length} of ${said} lines were promised`);
    assert.deepEqual(s3.uploads(), []);
    const status = await one.command("device.status()");
    assert.deepEqual([status.mistakes.length, status.faults.mode, status.faults.starts, status.faults.exceptions, status.iot.queued], [0, "automatic", cuts + 1, 0, 0], JSON.stringify(status));
    assert.ok(records().length <= 10, records().join());
    assert.equal(printed(one, /Uncaught|\*\*\* the board crashed/), 0);
  });
});
