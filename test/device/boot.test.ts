// What a board does by itself after power on, on virtual time: who does, in which order, again after failures, faults, safe mode.
import assert from "node:assert/strict";
import { start } from "../../src/device/boot/start";
import { createRunner } from "../../src/device/command";
import { createContext } from "../../src/device/context";
import type { Services } from "../../src/device/seldom";
import { tellStatus } from "../../src/device/status";
import { failure } from "../../src/flow/failure";
import { MockBoard } from "../host/board";
import { FlashRecords, PowerCut } from "../host/flash";
import { createHost } from "../host/host";

const MINUTE = 60_000, HOUR = 3_600_000;
const WIFI = { ssid: "home", password: "geheim-123" };
const S3 = { bucket: "my-device-logs", region: "eu-central-1" };
const CREDENTIALS = { source: "static", accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "geheim" };
const ALL = { wifi: WIFI, s3: S3, credentials: CREDENTIALS, iot: { endpoint: "a.iot.eu-central-1.amazonaws.com", thingName: "board-17" }, logs: { directory: "logs", everySeconds: 600 } };

interface Options {
  settings?: object | string;
  radio?: boolean;
  /** The flash of an earlier start. */
  flash?: FlashRecords;
  seed?: number;
  /** Commands that fail, and that never end. */
  fails?: string[];
  hangs?: string[];
  started?: boolean;
}

function board(options: Options = {}) {
  const host = createHost({ clockSet: false, seed: options.seed ?? 1 });
  const flash = options.flash ?? host.flash;
  if (options.flash) host.platform.flash = flash.flash;
  const { settings = ALL } = options;
  if (!options.flash) flash.records.set("settings.json", typeof settings === "string" ? settings : JSON.stringify(settings));
  flash.records.set("ship", "the module");
  const mock = new MockBoard(options.radio ?? true);
  host.platform.board = mock;
  const services = { platform: host.platform, context: createContext(host.platform) } as Services;
  services.runner = createRunner(services);
  const fails = new Set(options.fails ?? []), hangs = new Set(options.hangs ?? []);
  /** Ends the commands that hang. */
  const finish: (() => void)[] = [];
  /** Commands, each with the second it was called in. */
  const called: [string, number][] = [];
  const command = (name: string, effect?: () => void) => (): Promise<unknown> => {
    called.push([name, Math.round(host.time.elapsed / 1000)]);
    if (hangs.has(name)) return new Promise((done) => finish.push(() => done({})));
    if (fails.has(name)) return Promise.reject(failure("timeout", name + " did not come", "Wait."));
    effect?.();
    return Promise.resolve({});
  };
  const device = {
    syncTime: command("syncTime", () => host.time.clock.set(1.78e12)),
    resume: command("resume", () => { for (const name of flash.flash.list("s3.")) flash.flash.erase(name); }),
    connect: command("connect", () => (services.runner.iot = {} as any)),
    ship: command("ship"),
  };
  if (options.started !== false) start(services, () => device);
  async function pass(milliseconds: number): Promise<void> {
    const end = host.time.elapsed + milliseconds;
    while (host.time.elapsed < end) {
      host.time.pass(Math.min(250, end - host.time.elapsed));
      for (let i = 0; i < 4; i++) await Promise.resolve();
    }
  }
  const status = () => tellStatus(host.platform, services.context, services.runner);
  /** The lines of device.status(). */
  const told = () => {
    const before = host.printed.length;
    status();
    return host.printed.splice(before).join("\n");
  };
  return { host, flash, mock, services, device, called, fails, hangs, finish: () => finish.splice(0).forEach((end) => end()), pass, status, told, names: () => called.map(([name]) => name), record: () => JSON.parse(flash.records.get("boot.json")!), writes: () => flash.writes.filter((name) => name === "boot.json").length };
}

describe("a board after power on", () => {
  const who: [what: string, options: Options, says: RegExp | undefined, works: boolean][] = [
    ["a radio and a network's name", {}, /works by itself/, true],
    ["boot.auto on a host without a radio", { radio: false, settings: { boot: { auto: true } } }, /works by itself/, true],
    ["boot.auto and no network's name: it is up by other means", { settings: { boot: { auto: true } } }, /works by itself/, true],
    ["no radio: somebody else drives it", { radio: false }, undefined, false],
    ["boot.auto false", { settings: { ...ALL, boot: { auto: false } } }, undefined, false],
    ["no settings", { settings: {} }, /waits for you: no wifi settings/, false],
    ["no wifi settings", { settings: { s3: S3 } }, /waits for you: no wifi settings/, false],
    ["settings that are not JSON", { settings: '{"wifi":{"ss' }, /waits for you: settings.json in flash is not JSON/, false],
    ["settings that are a text", { settings: '"x"' }, /waits for you: settings.json in flash is not JSON/, false],
    ["settings that are erased flash", { settings: "\xff\xff\xff\xff" }, /waits for you: settings.json in flash is not JSON/, false],
    ["a mistake in the settings", { settings: { wifi: WIFI, s3: { bucket: "My_Logs", region: "eu-central-1" } } }, /waits for you: s3.bucket: found "My_Logs"/, false],
    ["boot.auto that is no flag", { settings: { wifi: WIFI, boot: { auto: "yes" } } }, /waits for you: boot.auto: found "yes"/, false],
    ["a section boot that is none", { settings: { wifi: WIFI, boot: 1 } }, /waits for you: boot: found 1/, false],
  ];
  for (const [what, options, says, works] of who) {
    it(`${works ? "works by itself" : "waits"}: ${what}`, async () => {
      const one = board(options);
      await one.pass(10_000);
      assert.equal(one.called.length > 0, works);
      if (says) assert.match(one.host.printed[0]!, says);
      assert.equal(one.host.printed.length, says ? 1 : 0, one.host.printed.join("\n"));
      assert.doesNotMatch(one.host.printed.join("\n"), /geheim/);
      assert.equal(one.mock.watchdog !== undefined, works);
      if (!works) assert.deepEqual([one.writes(), one.host.time.pending, [...one.host.modules.loaded.keys()]], [0, 0, []]);
    });
  }

  it("tells in status() that the settings are not JSON", () => {
    const { mistakes } = board({ settings: "{" }).status();
    assert.match(mistakes.join(), /settings.json in flash is not JSON/);
  });

  it("has a watchdog that outlives a name, a connection and a handshake that block", () => assert.ok(board().mock.watchdog! >= 60));

  it("says so and waits where a module is not in flash", async () => {
    const one = board({ started: false });
    one.host.modules.missing.add("watch");
    start(one.services, () => one.device);
    await one.pass(10_000);
    assert.match(one.host.printed.join("\n"), /module watch is not in flash/);
    assert.deepEqual(one.called, []);
  });
});

describe("the work of a board by itself", () => {
  it("does one thing after another, once it is due, and nothing that has nothing to do", async () => {
    const one = board();
    one.flash.records.set("s3.up.1", "a journal");
    one.host.network.failed = failure("wifi", "no", "no");
    await one.pass(5000);
    assert.deepEqual(one.names(), []);
    one.host.network.failed = undefined;
    one.mock.emit("connected");
    await one.pass(5000);
    assert.deepEqual(one.names(), ["syncTime", "resume", "connect", "ship"]);
    await one.pass(2 * HOUR);
    assert.deepEqual([...new Set(one.names().slice(4))], ["ship"]);
    assert.equal(one.names().length, 4 + 12);
    await one.pass(23 * HOUR);
    assert.equal(one.names().filter((name) => name === "syncTime").length, 2);
  });

  it("leaves out what the settings do not have", async () => {
    const one = board({ settings: { wifi: WIFI } });
    one.flash.records.set("s3.up.1", "a journal");
    await one.pass(HOUR);
    assert.deepEqual(one.names(), ["syncTime"]);
  });

  it("ships nothing while the module ship is not in flash", async () => {
    const one = board();
    one.flash.records.delete("ship");
    await one.pass(HOUR);
    assert.deepEqual(one.names(), ["syncTime", "connect"]);
  });

  it("a step that fails comes again, later each time, and stops no other", async () => {
    const one = board({ fails: ["syncTime", "connect"] });
    await one.pass(6 * HOUR);
    const times = one.called.filter(([name]) => name === "syncTime").map(([, second]) => second);
    assert.ok(times.length > 8 && times.length < 60, times.join(" "));
    assert.ok(times[1]! - times[0]! <= 5, times.join(" "));
    const last = times.slice(1).map((second, i) => second - times[i]!);
    assert.ok(Math.max(...last) > 600 && Math.max(...last) <= 3601, last.join(" "));
    assert.ok(one.names().includes("connect"));
    // Without the time nothing is signed.
    assert.ok(!one.names().includes("ship"));
    one.fails.clear();
    await one.pass(HOUR);
    assert.deepEqual([...new Set(one.names().slice(-3))].sort(), ["ship", ...(one.names().slice(-3).includes("connect") ? ["connect"] : [])].sort());
  });

  it("two boards do not try in step", async () => {
    const times: string[] = [];
    for (const seed of [1, 2]) {
      const one = board({ fails: ["syncTime"], seed });
      await one.pass(HOUR);
      times.push(one.called.filter(([name]) => name === "syncTime").map(([, second]) => second).slice(2).join());
    }
    assert.notEqual(times[0], times[1]);
  });

  it("does not connect to AWS IoT again after somebody ended it", async () => {
    const one = board();
    await one.pass(3 * HOUR);
    assert.equal(one.names().filter((name) => name === "connect").length, 1);
  });

  it("waits while somebody else's transfer goes on", async () => {
    const one = board();
    let end = (): void => {};
    one.services.runner.exclusive<void>("put log.txt", (done) => void (end = () => done(undefined)), () => {});
    await one.pass(MINUTE);
    assert.deepEqual(one.names(), []);
    end();
    await one.pass(6000);
    assert.equal(one.names()[0], "syncTime");
  });

  it("waits while memory is short", async () => {
    const one = board();
    one.host.memory.used = one.host.memory.total - 300;
    await one.pass(MINUTE);
    assert.deepEqual(one.names(), []);
    one.host.memory.used = 1500;
    await one.pass(6000);
    assert.equal(one.names()[0], "syncTime");
  });

  it("keeps no module in memory between its steps but the one that listens", async () => {
    const one = board();
    await one.pass(HOUR);
    assert.deepEqual([...one.host.modules.loaded.keys()], ["watch"]);
  });
});

describe("the network of a board by itself", () => {
  async function up(options: Options = {}) {
    const one = board({ settings: { wifi: WIFI }, ...options });
    await one.pass(5000);
    one.host.network.ups = 0;
    return one;
  }
  const down = failure("wifi", 'WiFi "home": NO_AP_FOUND', "Check.");

  it("comes back after an event, at once", async () => {
    const one = await up();
    one.host.network.failed = down;
    one.mock.emit("disconnected");
    await one.pass(1000);
    assert.equal(one.host.network.ups, 1);
    one.host.network.failed = undefined;
    one.mock.emit("connected");
    await one.pass(1000);
    assert.equal(one.host.network.ups, 1);
  });

  it("comes back without an event within a minute or so", async () => {
    const one = await up();
    one.host.network.failed = down;
    await one.pass(66_000);
    assert.ok(one.host.network.ups >= 1);
  });

  it("is tried for ever, at most two minutes apart, with jitter", async () => {
    const one = await up();
    one.host.network.failed = down;
    one.mock.emit("disconnected");
    await one.pass(24 * HOUR);
    const { ups } = one.host.network;
    assert.ok(ups >= 24 * 30 && ups < 24 * 90, `${ups} times a day`);
    assert.match(one.host.printed.at(-1)!, /^WiFi failed: WiFi "home": NO_AP_FOUND; next try in \d+ s$/);
    one.host.network.failed = undefined;
    await one.pass(130_000);
    assert.match(one.host.printed.at(-1)!, /^WiFi connected/);
  });

  it("many events are one try", async () => {
    const one = await up();
    one.host.network.failed = down;
    one.host.network.after = 3000;
    for (let i = 0; i < 20; i++) one.mock.emit("disconnected");
    await one.pass(2000);
    for (let i = 0; i < 20; i++) one.mock.emit("disconnected");
    await one.pass(1500);
    assert.equal(one.host.network.ups, 1);
  });

  it("what failed without it is tried soon when it is back", async () => {
    const one = await up({ fails: ["syncTime"] });
    await one.pass(2 * HOUR);
    one.host.network.failed = down;
    one.mock.emit("disconnected");
    await one.pass(3000);
    one.fails.clear();
    const before = one.called.length;
    one.host.network.failed = undefined;
    one.mock.emit("connected");
    await one.pass(3000);
    assert.equal(one.called.length, before + 1);
  });
});

describe("faults", () => {
  it("are counted, printed as ever, and written together", async () => {
    const one = board({ settings: { wifi: WIFI } });
    await one.pass(3 * MINUTE);
    const before = one.writes();
    for (let i = 0; i < 50; i++) assert.equal(one.mock.emit("uncaughtException", new Error("no " + i)).length, 1);
    one.mock.emit("errorFlag", ["LOW_MEMORY"]);
    one.mock.emit("errorFlag", ["LOW_MEMORY", "MEMORY"]);
    one.mock.emit("errorFlag", ["FIFO_FULL"]);
    one.mock.emit("uncaughtException", new Error("Too much recursion - the stack is about to overflow"));
    const told = one.status();
    assert.match(one.told(), /^boot +automatic, start 1; faults: exceptions 50, out of memory 1, short of memory 1, stack 1; last: Too much/m);
    await one.pass(2000);
    assert.equal(one.writes(), before + 1);
    const { exceptions, outOfMemory, lowMemory, stack } = one.record();
    assert.deepEqual([exceptions, outOfMemory, lowMemory, stack], [50, 1, 1, 1]);
    assert.deepEqual(one.status().faults, told.faults);
    for (let i = 0; i < 600; i++) {
      one.mock.emit("uncaughtException", "again");
      await one.pass(1000);
    }
    assert.ok(one.writes() <= before + 2, `${one.writes() - before} writes`);
    await one.pass(15 * MINUTE);
    assert.equal(one.record().exceptions, 650);
    assert.equal(one.writes(), before + 2);
  });

  it("that are told elsewhere, as a handshake that failed, are none", async () => {
    const one = board();
    await one.pass(3 * MINUTE);
    assert.deepEqual(one.mock.emit("uncaughtException", new Error("mbedtls_ssl_handshake returned -0x7780")), []);
    await one.pass(3 * MINUTE);
    assert.equal(one.record().exceptions, 0);
  });

  const typed = { type: "ReferenceError", message: '"geheim" is not defined', stack: "    at REPL (:1:1)\ngeheim\n^\n" };
  const told: [what: string, thrown: unknown, count: number, last: string][] = [
    ["a line that was typed wrong is none", typed, 0, ""],
    ["what is quoted is not kept", { ...typed, stack: "    at :1:1\n" }, 1, 'ReferenceError: "..." is not defined'],
    ["nor are pieces of a program", { type: "SyntaxError", message: "Got ID:geheim expected EOF" }, 1, "SyntaxError"],
    ["a thrown text is", "sensor gone", 1, "sensor gone"],
    ["a failure is", { code: "card", message: "The card is gone", hint: "Put it in." }, 1, "The card is gone"],
    ["nothing thrown", undefined, 1, "undefined"],
    ["a long text is cut", "x".repeat(500), 1, "x".repeat(60)],
  ];
  for (const [what, thrown, count, last] of told) {
    it(what, async () => {
      const one = board({ settings: { wifi: WIFI } });
      await one.pass(3 * MINUTE);
      assert.deepEqual(one.mock.emit("uncaughtException", thrown), [thrown]);
      await one.pass(2000);
      assert.deepEqual([one.record().exceptions, one.record().last], [count, last]);
      assert.doesNotMatch(one.flash.records.get("boot.json")!, /geheim/);
    });
  }

  it("outlive a reset, whoever asks", async () => {
    const one = board();
    await one.pass(5000);
    one.mock.emit("uncaughtException", "oops");
    await one.pass(2000);
    const next = board({ flash: one.flash });
    assert.deepEqual([next.status().faults!.exceptions, next.status().faults!.last, next.status().faults!.starts], [1, "oops", 2]);
    one.flash.records.set("settings.json", JSON.stringify({ boot: { auto: false } }));
    const off = board({ flash: one.flash }).status().faults!;
    assert.deepEqual([off.mode, off.exceptions], ["off", 1]);
  });

  it("take away nothing when the flash is full", async () => {
    const one = board({ settings: { wifi: WIFI } });
    await one.pass(5000);
    one.flash.capacity = 0;
    one.mock.emit("uncaughtException", "oops");
    await one.pass(2000);
    assert.equal(one.status().faults!.exceptions, 1);
  });

  it("a step that a fault broke off is ended by a restart", async () => {
    const one = board({ hangs: ["syncTime"] });
    await one.pass(20 * MINUTE);
    assert.equal(one.mock.reboots, 0, "a step may take long");
    one.mock.emit("errorFlag", ["MEMORY"]);
    await one.pass(16 * MINUTE);
    assert.equal(one.mock.reboots, 1);
  });

  for (const [what, later, settings] of [["has ended since", [], { wifi: WIFI }], ["gave way to one that goes on", ["ship"], { ...ALL, iot: undefined }]] as const) {
    it(`a step that ${what} was not broken off`, async () => {
      const one = board({ hangs: ["syncTime"], settings });
      await one.pass(5000);
      one.mock.emit("errorFlag", ["MEMORY"]);
      await one.pass(MINUTE);
      for (const name of later) one.hangs.add(name);
      one.host.time.clock.set(1.78e12);
      one.finish();
      await one.pass(15 * MINUTE);
      assert.equal(one.names().at(-1), later[0] ?? "syncTime");
      assert.equal(one.mock.reboots, 0);
    });
  }

  it("error flags are asked for, so that the next one is told", async () => {
    const one = board();
    one.mock.emit("errorFlag", ["MEMORY"]);
    one.mock.emit("errorFlag", ["LOW_MEMORY"]);
    assert.equal(one.mock.flagsTaken, 1);
  });
});

describe("starts that do not last", () => {
  /** So many starts that lasted so long. */
  async function starts(count: number, milliseconds: number) {
    let one = board();
    for (let i = 1; i < count; i++) {
      await one.pass(milliseconds);
      one = board({ flash: one.flash });
    }
    await one.pass(milliseconds);
    return one;
  }

  it("a start that lasts costs two small writes", async () => {
    const one = board();
    await one.pass(24 * HOUR);
    assert.equal(one.writes(), 2);
    assert.ok(one.flash.records.get("boot.json")!.length < 180);
  });

  it("after three of them the fourth is in safe mode: one line, no work, no write", async () => {
    const third = await starts(3, 20_000);
    assert.match(third.host.printed[0]!, /works by itself/);
    const writes = third.writes();
    const one = board({ flash: third.flash });
    await one.pass(MINUTE);
    assert.equal(one.host.printed.length, 1);
    assert.match(one.host.printed[0]!, /safe mode: 3 starts did not last 2 minutes/);
    assert.deepEqual([one.called, one.writes(), one.mock.watchdog], [[], writes, undefined]);
    assert.match(one.told(), /boot +safe, start 3, the last 3 did not last/);
  });

  const ways: [what: string, leave: (one: ReturnType<typeof board>) => Promise<void>, works: boolean][] = [
    ["at once", async () => {}, false],
    ["after a minute", (one) => one.pass(MINUTE), false],
    ["after safe mode lasted 2 minutes", (one) => one.pass(4 * MINUTE), true],
    ["with other settings", async (one) => void one.flash.records.set("settings.json", JSON.stringify({ wifi: { ssid: "other" } })), true],
  ];
  for (const [what, leave, works] of ways) {
    it(`a restart ${what} ${works ? "is one more try" : "stays in safe mode"}`, async () => {
      const safe = board({ flash: (await starts(3, 20_000)).flash });
      await leave(safe);
      const next = board({ flash: safe.flash });
      await next.pass(20_000);
      assert.equal(next.called.length > 0, works);
      if (works && what.startsWith("after")) assert.match(board({ flash: next.flash }).host.printed[0]!, /safe mode/);
    });
  }

  it("safe mode ends by itself after an hour, with one more try", async () => {
    const safe = board({ flash: (await starts(3, 20_000)).flash });
    await safe.pass(59 * MINUTE);
    assert.deepEqual(safe.called, []);
    await safe.pass(3 * MINUTE);
    assert.ok(safe.called.length > 0);
    assert.match(board({ flash: safe.flash }).host.printed[0]!, /safe mode/);
    await safe.pass(4 * MINUTE);
    assert.match(board({ flash: safe.flash }).host.printed[0]!, /works by itself/);
  });

  it("one that lasts ends the count", async () => {
    const one = await starts(2, 20_000);
    const lasting = board({ flash: one.flash });
    await lasting.pass(4 * MINUTE);
    let next = lasting;
    for (let i = 0; i < 3; i++) {
      next = board({ flash: next.flash });
      assert.match(next.host.printed[0]!, /works by itself/);
    }
  });

  it("a power cut in any write of the record costs its counts at most", async () => {
    for (const bytes of [0, 1, 20, 60]) {
      const before = await starts(2, 3 * MINUTE);
      before.flash.cutPower(1, bytes);
      assert.throws(() => board({ flash: before.flash }), PowerCut);
      const next = board({ flash: before.flash });
      await next.pass(20_000);
      assert.match(next.host.printed[0]!, /works by itself/);
      assert.ok(next.record().starts >= 1);
    }
  });

  for (const text of ["", "{", "[]", "null", "1", '"x"', '{"tries":"9"}', '{"tries":null}', "\xff\xff", '{"starts":3,"tries":1']) {
    it(`a record ${JSON.stringify(text)} is none`, async () => {
      const one = board({ started: false });
      if (text) one.flash.records.set("boot.json", text);
      start(one.services, () => one.device);
      await one.pass(20_000);
      assert.ok(one.called.length > 0);
      assert.deepEqual([one.record().tries, one.record().exceptions], [1, 0]);
    });
  }
});
