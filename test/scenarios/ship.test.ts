// device.ship() and device.log() on the virtual board: what goes, what stays, and what a power cut, a full card or a refusal leave behind.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Desk, DeskOptions } from "../../sim/desk";
import { closeDesks, desk, failure, powerCycle, printed, said, until } from "./desks";
import { clean, parts, requests } from "./uploads";

const MIB = 1024 * 1024;
/** Seconds: a time that tells something, two to a step as on FAT. */
const T = 1_780_000_000;

interface Log { name: string; bytes: Buffer; key: string }

function keyOf(name: string, time: number): string {
  const iso = new Date(time * 1000).toISOString();
  return `${iso.slice(0, 10)}/${iso.slice(11, 19).replace(/:/g, "")}-${name}`;
}

function write(one: Desk, name: string, size: number, time = T): Log {
  const path = join(one.card, "logs", name);
  const bytes = randomBytes(size);
  writeFileSync(path, bytes);
  utimesSync(path, time, time);
  return { name, bytes, key: keyOf(name, time) };
}

/** A desk with a directory of logs; active.log is being written. */
async function logDesk(logs: Record<string, unknown> = {}, options: DeskOptions = {}): Promise<Desk> {
  const one = await desk({ ...options, settings: { logs: { directory: "logs", active: "active.log", afterUpload: "delete", ...logs }, ...options.settings } });
  mkdirSync(join(one.card, "logs"));
  write(one, "active.log", 50, T + 1e6);
  return one;
}

const ship = (one: Desk, options = "") => one.command(`device.ship(${options})`).then((told) => JSON.parse(JSON.stringify(told)));
const onCard = (one: Desk) => readdirSync(join(one.card, "logs")).sort();
const puts = (one: Desk) => requests(one, "PutObject").length;

function stored(one: Desk, ...logs: Log[]): void {
  for (const { key, bytes } of logs) assert.ok(one.cloud.s3.get(key)?.equals(bytes), `${key} is not on S3; there are ${one.cloud.s3.keys().join()}`);
}

describe("the log shipper", function () {
  this.timeout(120000);
  afterEach(() => closeDesks());

  it("uploads every ready log, the oldest first, equal times by name, and deletes what S3 confirmed; never the active one", async () => {
    const one = await logDesk();
    const logs = [write(one, "c.log", 100, T), write(one, "b.log", 0, T), write(one, "a.log", 30000, T + 2)];
    mkdirSync(join(one.card, "logs", "sub"));
    const told = await ship(one);
    assert.deepEqual({ ...told, seconds: 0 }, { shipped: 3, failed: 0, left: 0, bytes: 30100, seconds: 0 });
    stored(one, ...logs);
    assert.deepEqual(onCard(one), ["active.log", "sub"]);
    assert.deepEqual(one.cloud.s3.requests.map((request) => `${request.operation} ${request.key}`.replace(/.*-/, "")), ["b.log", "b.log", "c.log", "c.log", "a.log", "a.log"]);
    said(one, /^ship logs\/a\.log as \S+a\.log: 30000 bytes in /);
    said(one, /^ship: 3 shipped, 0 failed, 0 left, 30100 bytes$/);
    clean(one);
  });

  for (const [what, logs, stays] of [
    ["by a pattern of logs", { pattern: "*.log" }, ["active.log", "b.txt"]],
    ["by a pattern for active ones", { active: "a*" }, ["a.log", "active.log"]],
    ["by age", { active: "-", readySeconds: 3600 }, ["now.log"]],
    ["by size", { active: "-", readyBytes: 40 }, ["a.log", "b.txt", "now.log"]],
    ["by age or size", { active: "-", readySeconds: 3600, readyBytes: 1000 }, ["now.log"]],
    ["as all but the newest, if nothing is said", { active: undefined }, ["now.log"]],
  ] as const) {
    it(`tells what is ready ${what}`, async () => {
      const one = await logDesk(logs);
      write(one, "a.log", 10);
      write(one, "b.txt", 10, T + 10);
      if (!logs.pattern && logs.active !== "a*") write(one, "now.log", 10, Math.floor(Date.now() / 1000));
      await ship(one);
      assert.deepEqual(onCard(one), stays);
    });
  }

  it("makes the key of thing, date and name, below s3.prefix, and refuses a template that is none", async () => {
    const one = await logDesk({ template: "{thing}/{year}/{month}/{day}/{hour}-{name}" });
    await one.command('device.configure({s3:{prefix:"fleet/"}})');
    write(one, "a.log", 10, Date.UTC(2026, 4, 3, 7) / 1000);
    await ship(one);
    assert.deepEqual(one.cloud.s3.keys(), [`fleet/${one.cloud.iot.thingName}/2026/05/03/07-a.log`]);
    for (const template of ["{date}", "{dat}{name}", "{name", "{}{name}"]) {
      await one.command(`device.configure({logs:{template:"${template}"}})`);
      const failed = await failure(one, "device.ship()");
      assert.deepEqual([failed.code, /^logs\.template: /.test(failed.message)], ["settings", true], template);
    }
  });

  it("keeps and marks where it is told so: over a reset nothing is sent again but what changed", async () => {
    const one = await logDesk({ afterUpload: "keep" });
    for (let i = 0; i < 5; i++) write(one, `${i}.log`, 10 + i);
    assert.equal((await ship(one)).shipped, 5);
    await powerCycle(one);
    assert.deepEqual([(await ship(one)).shipped, puts(one), onCard(one).length], [0, 5, 6]);
    const size = write(one, "1.log", 99);
    const time = write(one, "2.log", 12, T + 2);
    assert.equal((await ship(one)).shipped, 2);
    stored(one, size, time);
    assert.equal((await ship(one)).shipped, 0);
  });

  it("marks 300 logs in one record of flash, and makes a new one when it is full, without losing a mark", async () => {
    const one = await logDesk({ afterUpload: "keep" });
    for (let i = 0; i < 90; i++) write(one, `${i}.log`, 5);
    assert.equal((await ship(one)).shipped, 90);
    for (let i = 90; i < 300; i++) write(one, `${i}.log`, 5);
    assert.equal((await ship(one)).shipped, 210);
    await powerCycle(one);
    assert.equal((await ship(one)).shipped, 0);
    assert.equal(puts(one), 300);
    assert.deepEqual([...one.board.flash.keys()].filter((name) => /^ship\.\d/.test(name)).length, 1);
  });

  it("ships no more than it is told to, and goes on with the next call", async () => {
    const one = await logDesk();
    for (let i = 0; i < 5; i++) write(one, `${i}.log`, 5);
    assert.deepEqual({ ...(await ship(one, "{max:2}")), seconds: 0 }, { shipped: 2, failed: 0, left: 3, bytes: 10, seconds: 0 });
    assert.deepEqual([(await ship(one)).shipped, onCard(one)], [3, ["active.log"]]);
    assert.equal((await failure(one, "device.ship({max:0})")).code, "argument");
  });

  it("ships 1,000 logs, oldest first, in batches", async () => {
    const one = await logDesk();
    for (let i = 0; i < 1000; i++) write(one, `${String((i * 7919) % 1000).padStart(8, "0")}.log`, 3, T + 2 * Math.floor(((i * 7919) % 1000) / 2));
    const told = await ship(one);
    assert.deepEqual([told.shipped, told.left, onCard(one)], [1000, 0, ["active.log"]]);
    const order = requests(one, "PutObject").map((request) => request.key!);
    assert.deepEqual(order, [...order].sort());
    assert.equal(order.length, 1000);
  });

  it("goes on after one bad log: names that the card does not open, one that changes while it is sent, one that vanishes", async () => {
    const one = await logDesk();
    write(one, "x".repeat(60) + ".log", 5);
    write(one, "a.log", 300000, T);
    const last = write(one, "z.log", 10, T + 4);
    write(one, "b.log", 10, T + 2);
    const shipping = ship(one);
    await until(() => one.cloud.s3.requests.length > 0);
    utimesSync(join(one.card, "logs", "a.log"), T + 100, T + 100);
    const told = await shipping;
    assert.deepEqual([told.shipped, told.failed], [2, 2]);
    stored(one, last);
    said(one, /1 names in logs\/ cannot be opened, one is xxxx/);
    said(one, /^ {2}logs\/a\.log: .*was changed while it was sent/);
    const { logs } = await one.command("device.status()");
    assert.deepEqual(Array.from(logs.tasks, (task: any) => task.state).sort(), ["done", "done", "failed", "failed"]);
    assert.equal((await ship(one)).shipped, 1, "the next run takes the one that changed");
    assert.deepEqual(onCard(one), ["active.log", "x".repeat(60) + ".log"]);
  });

  it("ships names beyond ASCII under keys that are UTF-8", async () => {
    const one = await logDesk();
    write(one, "m\u00fcll.log", 7);
    await ship(one);
    assert.deepEqual(one.cloud.s3.keys(), [keyOf("m\u00fcll.log", T)]);
  });

  it("stops when S3 refuses, and leaves the rest with the reason", async () => {
    const one = await logDesk();
    for (let i = 0; i < 4; i++) write(one, `${i}.log`, 5, T + 2 * i);
    one.cloud.s3.faults.next({ kind: "answer", status: 403, code: "AccessDenied" }, { operation: "PutObject", key: keyOf("1.log", T + 2) });
    const failed = await failure(one, "device.ship()");
    assert.deepEqual([failed.code, failed.cause.code, onCard(one)], ["s3", "AccessDenied", ["1.log", "2.log", "3.log", "active.log"]]);
    const { logs } = await one.command("device.status()");
    assert.deepEqual([logs.running, logs.shipped, logs.left], [false, 1, 3]);
    assert.match(logs.stopped, /AccessDenied/);
    said(one, /^logs {6}1 shipped, 0 failed, 3 left; stopped: S3 refused/);
    assert.equal((await ship(one)).shipped, 3);
  });

  it("deletes nothing that S3 did not confirm, asks for it later, and does not send it again", async () => {
    const one = await logDesk();
    const log = write(one, "a.log", 500);
    one.cloud.policy.deny("s3:GetObject");
    for (let run = 0; run < 3; run++) {
      const told = await ship(one);
      assert.deepEqual([told.shipped, told.failed, onCard(one)], [0, 1, ["a.log", "active.log"]]);
      await powerCycle(one);
    }
    stored(one, log);
    assert.equal(puts(one), 1, "it was sent once");
    one.cloud.policy.allow();
    assert.equal((await ship(one)).shipped, 1);
    assert.deepEqual([onCard(one), puts(one)], [["active.log"], 1]);
  });

  it("deletes nothing where the object is another one than was sent, or the module that asks is missing", async () => {
    const one = await logDesk();
    write(one, "a.log", 500);
    one.cloud.s3.faults.next({ kind: "answer", status: 404, code: "NoSuchKey" }, { operation: "HeadObject" });
    assert.equal((await ship(one)).failed, 1);
    assert.deepEqual(onCard(one), ["a.log", "active.log"]);
    one.board.flash.delete("confirm");
    assert.equal((await failure(one, "device.ship()")).code, "storage");
    assert.deepEqual(onCard(one), ["a.log", "active.log"]);
  });

  it("works where the card is full", async () => {
    const one = await logDesk({}, { cardSize: 20000 });
    const log = write(one, "a.log", 19950);
    assert.equal((await ship(one)).shipped, 1);
    stored(one, log);
    assert.deepEqual(onCard(one), ["active.log"]);
  });

  it("stops when the card is pulled out in the middle, names a missing directory, and goes on later", async () => {
    const one = await logDesk();
    const logs = [0, 1, 2, 3].map((i) => write(one, `${i}.log`, 300000, T + 2 * i));
    const shipping = failure(one, "device.ship()");
    await until(() => puts(one) > 0 && one.cloud.s3.requests.length > 2);
    one.board.card!.remove();
    assert.equal((await shipping).code, "card");
    assert.equal((await failure(one, "device.ship()")).code, "card");
    one.board.card!.insert();
    await powerCycle(one);
    await ship(one);
    stored(one, ...logs);
    assert.deepEqual(onCard(one), ["active.log"]);
    await one.command('device.configure({logs:{directory:"logz"}})');
    assert.match((await failure(one, "device.ship()")).message, /no directory logz\//);
    await one.command("device.configure({logs:null})");
    assert.equal((await failure(one, "device.ship()")).code, "settings");
  });

  it("fails clearly while another run goes on", async () => {
    const one = await logDesk();
    write(one, "a.log", 3 * MIB);
    const first = ship(one);
    const failed = await failure(one, "device.ship()");
    assert.deepEqual([failed.code, failed.message], ["busy", "ship is still going on"]);
    assert.match((await one.command("device.status()")).logs.line, /queued; uploading a\.log$|0 queued$|1 queued$/);
    assert.equal((await first).shipped, 1);
  });

  it("tells AWS IoT what a run did, by the queue, and nothing if it did nothing", async () => {
    const one = await logDesk({ statusTopic: "board-17/logs" });
    const queued = () => [...one.board.flash].filter(([name]) => name.startsWith("q.")).map(([, record]) => record.slice(record.indexOf("{"), -1));
    await ship(one);
    assert.deepEqual(queued(), []);
    write(one, "a.log", 5);
    write(one, "x".repeat(60), 5);
    await ship(one);
    const [told] = queued().map((text) => JSON.parse(text));
    assert.deepEqual({ ...told, failures: told.failures.length }, { shipped: 1, failed: 1, left: 0, bytes: 5, failures: 1 });
    one.cloud.s3.faults.next({ kind: "answer", status: 403, code: "AccessDenied" }, { operation: "PutObject" });
    write(one, "b.log", 5);
    await failure(one, "device.ship()");
    assert.equal(JSON.parse(queued()[1]!).stopped.code, "s3");
  });

  it("with 2-second times, a log that took no time to change is told by its size, and by what stands behind its end", async () => {
    const one = await logDesk();
    const first = write(one, "a.log", 100);
    one.cloud.s3.faults.next({ kind: "stall", during: "response", afterBytes: 0 }, { operation: "HeadObject" });
    const shipping = ship(one).catch(() => undefined);
    await until(() => one.cloud.s3.get(first.key) !== undefined);
    write(one, "a.log", 101);
    await powerCycle(one);
    await Promise.race([shipping, new Promise((done) => setTimeout(done, 50))]);
    assert.equal(onCard(one).includes("a.log"), true);
    assert.equal((await ship(one)).shipped, 1);
    assert.equal(one.cloud.s3.get(first.key)!.length, 101);
  });

  /** Cuts the power when S3 has had so many requests, or the flash so many writes, and looks at what is there. */
  for (const [what, size, most] of [["in one piece", 20000, 7], ["in parts", 12 * MIB, 12]] as const) {
    it(`survives a power cut at every step, ${what}: nothing lost, nothing sent twice beyond one part, nothing deleted unconfirmed`, async () => {
      for (const after of size > MIB ? ["delete"] : ["delete", "keep"]) {
        for (let at = 1; at <= most; at++) {
          const one = await logDesk({ afterUpload: after });
          const logs = [write(one, "a.log", size, T), write(one, "b.log", 100, T + 2)];
          const flash = one.board.flash as Map<string, string>;
          const set = flash.set.bind(flash);
          let writes = 0, off = false;
          flash.set = (name, value) => {
            if (!off && /^(ship|s3)\./.test(name) && !/^\xff*$/.test(value) && ++writes === at) {
              off = true;
              setTimeout(() => one.board.powerCycle(), 0);
              const old = flash.get(name) ?? "";
              // Half of what was to be written.
              let cut = "";
              for (let i = 0, left = [...value].filter((char, n) => char !== (old[n] ?? "\xff")).length >> 1; i < value.length; i++) cut += value[i] === (old[i] ?? "\xff") ? value[i] : left-- > 0 ? value[i] : old[i] ?? "\xff";
              return set(name, cut);
            }
            return off ? flash : set(name, value);
          };
          let over = false;
          ship(one).then(() => { over = true; }, () => {});
          await until(() => off || over);
          await new Promise((done) => setTimeout(done, 20));
          flash.set = set;
          for (const { name, key, bytes } of logs) if (!onCard(one).includes(name)) assert.ok(one.cloud.s3.get(key)?.equals(bytes), `cut ${at}: ${name} is nowhere`);
          await one.command("device.syncTime()");
          await ship(one);
          stored(one, ...logs);
          assert.deepEqual(onCard(one), after === "keep" ? ["a.log", "active.log", "b.log"] : ["active.log"], `cut ${at}`);
          if (size > MIB) assert.ok(parts(one) <= 4, `cut ${at}: ${parts(one)} parts`);
          else assert.ok(puts(one) <= 3, `cut ${at}: ${puts(one)} puts`);
          const before = one.cloud.s3.requests.length;
          assert.equal((await ship(one)).shipped, 0);
          assert.equal(one.cloud.s3.requests.length, before, "all is done");
          clean(one);
          await closeDesks();
        }
      }
    });
  }

  it("asks S3 after a power cut between an upload and its end, and sends no byte again", async () => {
    for (const size of [20000, 9 * MIB]) {
      const one = await logDesk();
      const log = write(one, "a.log", size);
      one.cloud.s3.faults.next({ kind: "stall", during: "response", afterBytes: 0 }, { operation: "HeadObject" });
      ship(one).catch(() => {});
      await until(() => one.cloud.s3.get(log.key) !== undefined && one.cloud.s3.requests.some((request) => request.operation === "HeadObject"));
      await powerCycle(one);
      const sent = puts(one) + parts(one), again = await ship(one);
      assert.equal(again.shipped, 1, JSON.stringify(again) + one.board.output.join("\n"));
      said(one, /^ship logs\/a\.log: S3 has it already as /);
      assert.equal(puts(one) + parts(one), sent);
      stored(one, log);
      assert.deepEqual(onCard(one), ["active.log"]);
    }
  });

  it("goes on with the parts of an upload that lost its power", async () => {
    const one = await logDesk();
    const log = write(one, "a.log", 17 * MIB);
    ship(one).catch(() => {});
    await until(() => parts(one) >= 2);
    await new Promise((done) => setTimeout(done, 40));
    await powerCycle(one);
    await ship(one);
    stored(one, log);
    assert.ok(parts(one) <= 5, `${parts(one)} parts for 4`);
    clean(one);
  });

  it("takes no mark of a log whose clock stood still for a proof: it is sent before it is deleted", async () => {
    const one = await logDesk();
    const locked = (on: boolean) => one.command(on ? '(U=require("fs").unlinkSync,require("fs").unlinkSync=function(){throw "locked"},0)' : '(require("fs").unlinkSync=U,0)');
    for (const time of [10, T]) {
      write(one, "a.log", 100, time);
      await locked(true);
      assert.equal((await ship(one)).failed, 1, "confirmed, marked, and not removed");
      await locked(false);
      const other = write(one, "a.log", 100, time);
      const before = puts(one);
      await ship(one);
      assert.equal(puts(one) - before, time === T ? 0 : 1, "only a time that tells something tells that it is the same log");
      if (time !== T) stored(one, other);
      assert.deepEqual(onCard(one), ["active.log"]);
    }
  });

  it("does not send again what the card does not let go", async () => {
    const one = await logDesk();
    write(one, "a.log", 100);
    await one.command('(require("fs").unlinkSync_=require("fs").unlinkSync,require("fs").unlinkSync=function(){throw "locked"},0)');
    const told = await ship(one);
    assert.deepEqual([told.shipped, told.failed, onCard(one)], [1, 1, ["a.log", "active.log"]]);
    await one.command('(require("fs").unlinkSync=require("fs").unlinkSync_,0)');
    await ship(one);
    assert.deepEqual([puts(one), onCard(one)], [1, ["active.log"]]);
  });
});

describe("device.log", function () {
  this.timeout(60000);
  afterEach(() => closeDesks());
  const text = (one: Desk, name: string) => readFileSync(join(one.card, "logs", name), "utf8");
  const own = (one: Desk) => onCard(one).filter((name) => /^\d{8}\.log$/.test(name));
  const all = (one: Desk) => own(one).map((name) => text(one, name)).join("");

  it("appends whole lines in order to a log with a short name, many by one write", async () => {
    const one = await logDesk();
    await one.command('(function(){var p;for(var i=0;i<50;i++)p=device.log("line "+i);return p})()');
    await one.command('device.log("after")');
    assert.equal(own(one).length, 1);
    assert.equal(all(one), Array.from({ length: 50 }, (_, i) => `line ${i}\n`).join("") + "after\n");
  });

  it("begins a new log when the old one is full, goes on with it after a reset, and ships only the old ones", async () => {
    const one = await logDesk({ maxBytes: 1000 });
    for (let i = 0; i < 5; i++) await one.command(`device.log("${String(i).repeat(300)}")`);
    await powerCycle(one);
    await one.command('device.log("x")');
    const names = own(one);
    assert.deepEqual(names.map((name) => text(one, name).length), [903, 604]);
    assert.equal(parseInt(names[1]!, 10), parseInt(names[0]!, 10) + 1);
    assert.equal((await ship(one)).shipped, 1);
    assert.deepEqual(onCard(one), [names[1], "active.log"]);
    await one.command('device.log("y")');
    assert.match(text(one, names[1]!), /x\ny\n$/);
  });

  it("lets ship() end a log that is old enough", async () => {
    const one = await logDesk({ maxSeconds: 60 });
    await one.command('device.log("old")');
    await ship(one);
    assert.equal(own(one).length, 1, "it is young");
    const record = one.board.flash.get("log.at")!.split(" ");
    (one.board.flash as Map<string, string>).set("log.at", `${record[0]} ${Number(record[1]) - 61} .`);
    assert.equal((await ship(one)).shipped, 1);
    assert.deepEqual(own(one), []);
    await one.command('device.log("new")');
    assert.equal(all(one), "new\n");
  });

  it("never takes the name of a log that is there, also when flash has forgotten the number", async () => {
    const one = await logDesk();
    await one.command('device.log("first")');
    one.board.flash.delete("log.at");
    await one.command('device.log("second")');
    assert.deepEqual(own(one).map((name) => text(one, name)), ["first\n", "second\n"]);
  });

  it("loses no line that was promised when the power goes, and ends with a whole one", async () => {
    const one = await logDesk();
    for (let round = 0; round < 5; round++) {
      await one.command(`device.log("kept ${round}")`);
      one.command('(function(){for(var i=0;i<20;i++)device.log("perhaps "+i)})()').catch(() => {});
      await new Promise((done) => setTimeout(done, round * 60));
      await powerCycle(one);
    }
    const lines = all(one).split("\n");
    assert.equal(lines.pop(), "");
    assert.deepEqual(lines.filter((line) => /^kept/.test(line)), [0, 1, 2, 3, 4].map((round) => `kept ${round}`));
    assert.ok(lines.every((line) => /^(kept|perhaps) \d+$/.test(line)));
  });

  it("says when the card is full, when lines are too many, when there is no directory or no card", async () => {
    const one = await logDesk({}, { cardSize: 400 });
    await one.command(`device.log("${"a".repeat(300)}")`);
    const full = await failure(one, `device.log("${"b".repeat(99)}")`);
    assert.deepEqual([full.code, /device\.ship/.test(full.hint)], ["card-full", true]);
    one.board.card!.size = 1e6;
    await one.command('device.log("c")');
    assert.equal(text(one, own(one).at(-1)!), "c\n", "half a line is followed by nothing");
    const many = await failure(one, `(function(){var p;for(var i=0;i<2000;i++)p=device.log("${"d".repeat(99)}");return p})()`);
    assert.deepEqual([many.code, /^\d+ lines were not taken/.test(many.message)], ["memory", true]);
    const taken = all(one).split("\n").filter((line) => /^d+$/.test(line)).length;
    assert.equal(taken + parseInt(many.message, 10), 2000, "each line is written or told");
    await one.command('device.configure({logs:{directory:"none"}})');
    assert.match((await failure(one, 'device.log("e")')).hint, /mkdirSync/);
    one.board.card!.remove();
    assert.equal((await failure(one, 'device.log("f")')).code, "card");
    await one.command("device.configure({logs:null})");
    assert.equal((await failure(one, 'device.log("g")')).code, "settings");
    assert.ok(!existsSync(join(one.card, "none")));
  });

  it("goes on while a log is shipped", async () => {
    const one = await logDesk();
    const log = write(one, "a.log", 3 * MIB);
    const shipping = ship(one);
    for (let i = 0; i < 10; i++) await one.command(`device.log("line ${i}")`);
    await shipping;
    stored(one, log);
    assert.equal(all(one).split("\n").length, 11);
    assert.equal(printed(one, /log failed/), 0);
  });
});
