// A board by itself with an image on trial, on virtual time: what confirms it, what holds it back, and what the old image begins with after it.
import assert from "node:assert/strict";
import { start } from "../../src/device/boot/start";
import { createRunner } from "../../src/device/command";
import { createContext } from "../../src/device/context";
import type { Services } from "../../src/device/seldom";
import { tellStatus } from "../../src/device/status";
import { tryTrial } from "../../src/device/trial";
import { failure } from "../../src/flow/failure";
import { MockBoard } from "../host/board";
import { createHost } from "../host/host";

const SETTINGS = {
  wifi: { ssid: "home", password: "geheim-123" }, s3: { bucket: "my-device-logs", region: "eu-central-1" }, credentials: { source: "static", accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "geheim" },
  iot: { endpoint: "a.iot.eu-central-1.amazonaws.com", thingName: "board-17" }, logs: { directory: "logs", everySeconds: 600 },
};
const TRIAL = "fwt1a   used\xff\xff\xff\xff7 fw/image.upd";

/** `ships`: what each run of the shipper gives. */
function board(trial: boolean, ships: (object | Error)[] = []) {
  const host = createHost({ clockSet: false, seed: 1 });
  const { records } = host.flash;
  records.set("settings.json", JSON.stringify(SETTINGS));
  records.set("ship", "the module");
  const mock = (host.platform.board = new MockBoard(true));
  if (trial) {
    host.modules.generation = ".fwa";
    records.set(".fwtry", TRIAL);
    records.set(".fw.fwa", "boot");
  }
  const services = { platform: host.platform, context: createContext(host.platform) } as Services;
  services.runner = createRunner(services);
  const called: [name: string, second: number, options: unknown][] = [];
  const command = (name: string, effect: () => unknown) => (options?: unknown): Promise<any> => {
    called.push([name, Math.round(host.time.elapsed / 1000), options]);
    const value = effect();
    return value && (value as any).hint ? Promise.reject(value) : Promise.resolve(value ?? {});
  };
  const device = {
    syncTime: command("syncTime", () => void host.time.clock.set(1.78e12)),
    resume: command("resume", () => {}),
    connect: command("connect", () => void (services.runner.iot = { phase: "connecting" } as any)),
    ship: command("ship", () => ships.shift()),
  };
  start(services, () => device);
  /** As device.ts does it. */
  function attend(_failed: unknown, after?: number): void {
    if (after) host.platform.timers.after(after, () => void tryTrial(services, attend));
  }
  if (trial) attend(0, 10_000);
  async function pass(seconds: number): Promise<void> {
    for (const end = host.time.elapsed + seconds * 1000; host.time.elapsed < end; ) {
      host.time.pass(Math.min(250, end - host.time.elapsed));
      for (let i = 0; i < 4; i++) await Promise.resolve();
    }
  }
  const times = (name: string) => called.filter(([one]) => one === name).map(([, second]) => second);
  return { host, mock, records, services, called, pass, times, link: (phase: string) => void ((services.runner.iot as any).phase = phase) };
}

describe("an image on trial on a board by itself", () => {
  it("is confirmed without a person, once the link was up and it has lasted; nothing is shipped before it was up", async () => {
    const one = board(true);
    await one.pass(60);
    assert.deepEqual([one.times("connect").length, one.times("ship").length], [1, 0]);
    one.link("up");
    await one.pass(40);
    assert.equal(one.services.runner.life!.seen, true);
    one.link("waiting");
    await one.pass(10);
    assert.ok(one.records.has(".fwtry"), "it has not lasted");
    await one.pass(80);
    assert.ok(one.times("ship").length >= 1 && one.times("ship")[0]! < 170, one.times("ship").join());
    assert.deepEqual([one.records.has(".fwtry"), one.records.get(".fwuse")], [false, ".fwa"]);
    assert.match(one.host.printed.join("\n"), /^update: version 7 is confirmed$/m);
  });

  it("tells of the job at once when the link is up", async () => {
    const one = board(true);
    await one.pass(20);
    let told = 0;
    Object.assign(one.services.runner.iot!, { phase: "up", jobs: { up: () => told++ } });
    await one.pass(180);
    assert.equal(told, 1);
  });

  it("a transfer of somebody's is waited for, not counted as a failure", async () => {
    const one = board(true);
    await one.pass(8);
    one.link("waiting");
    one.services.runner.exclusive<void>("put log.txt", () => {}, () => {});
    await one.pass(60);
    assert.doesNotMatch(one.host.printed.join("\n"), /is not confirmed yet/);
    assert.ok(one.records.has(".fwtry"));
  });

  it("status() tells which image runs, and that it is on trial", async () => {
    const one = board(true);
    const status = () => tellStatus(one.host.platform, one.services.context, one.services.runner).image!;
    assert.deepEqual({ ...status() }, { ending: ".fwa", version: 7, trial: true, line: "version 7, on trial" });
    await one.pass(20);
    one.link("up");
    await one.pass(180);
    delete one.services.runner.iot;
    assert.deepEqual({ ...status() }, { ending: ".fwa", version: 7, trial: false, line: "version 7" });
    one.records.set(".fwbad", "8");
    assert.equal(status().rolledBack, 8);
    assert.equal(board(false).host.modules.generation, undefined);
  });

  it("starts that did not last before an update do not bring the new image, or the old one after it, into safe mode", () => {
    const one = board(false);
    const life = (generation: string | undefined) => {
      one.host.modules.generation = generation;
      delete one.services.runner.life;
      start(one.services, () => ({}));
      return !!one.services.runner.life!.safe;
    };
    assert.deepEqual([life(undefined), life(undefined)], [false, false]);
    assert.deepEqual([life(".fwa"), life("")], [false, false]);
    assert.deepEqual([life(""), life(""), life("")], [false, false, true]);
  });
});

describe("the runs of the shipper", () => {
  const run = (shipped: number, failed: number, left: number) => ({ shipped, failed, left });
  it("are of ten logs; with some left the next comes soon, and those that failed do not fill it", async () => {
    const one = board(false, [run(10, 0, 25), run(0, 10, 15), run(10, 10, 5), run(5, 10, 0)]);
    await one.pass(120);
    const shipped = one.called.filter(([name]) => name === "ship");
    assert.deepEqual(shipped.map(([, , options]) => options), [10, 10, 20, 20].map((max) => ({ max })));
    const gaps = shipped.slice(1).map(([, second], i) => second - shipped[i]![1]);
    assert.ok(gaps.every((gap) => gap >= 14 && gap <= 17), gaps.join());
    await one.pass(600);
    assert.deepEqual(one.called.filter(([name]) => name === "ship").slice(4).map(([, , options]) => options), [{ max: 10 }]);
    assert.ok(one.called.every(([name, , options]) => name === "ship" || options === undefined));
  });

  it("a certificate that is refused is tried minutes later, not seconds", async () => {
    const one = board(false, Array.from({ length: 99 }, () => failure("certificate", "tls.serverTrust is required", "SECURITY.md") as never));
    await one.pass(4 * 3600);
    const times = one.times("ship");
    assert.ok(times.length >= 4 && times.filter((second) => second < 120).length <= 3, times.join());
  });
});
