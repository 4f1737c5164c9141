// Commands of modules beside a transfer: they wait where little memory is left.
import assert from "node:assert/strict";
import { createRunner } from "../../src/device/command";
import { createContext } from "../../src/device/context";
import { createSeldom, type Services } from "../../src/device/seldom";
import { createHost } from "../host/host";

function board(used: number, total: number) {
  const host = createHost();
  host.memory.used = used;
  host.memory.total = total;
  const services = { platform: host.platform, context: createContext(host.platform) } as Services;
  services.runner = createRunner(services);
  const seldom = createSeldom(services);
  let end = (): void => {};
  services.runner.exclusive<void>("put log.txt", (done) => void (end = () => done(undefined)), () => {});
  return { host, services, help: () => seldom("info", "help", ["status"] as unknown as IArguments), end: () => end() };
}

describe("a command of a module beside a transfer", () => {
  it("runs at once where there is memory", () => {
    const one = board(1500, 16383);
    void one.help();
    assert.match(one.host.printed.join(), /device\.status/);
  });

  it("waits for the end of the transfer where there is little, and then runs", () => {
    const one = board(6200, 6500);
    void one.help();
    one.host.time.pass(5000);
    assert.deepEqual(one.host.printed, []);
    one.end();
    one.host.time.pass(600);
    assert.match(one.host.printed.join(), /device\.status/);
  });

  it("waits no longer than the memory is short", () => {
    const one = board(6200, 6500);
    void one.help();
    one.host.memory.used = 3000;
    one.host.time.pass(600);
    assert.match(one.host.printed.join(), /device\.status/);
  });

  it("is refused where four wait already, and what waits goes on: a program may ask without an end", async () => {
    const one = board(6200, 6500);
    const all = Array.from({ length: 40 }, () => one.help().then(() => "ran", (failed) => failed.code));
    one.host.time.pass(5000);
    one.end();
    one.host.time.pass(600);
    const ended = await Promise.all(all);
    assert.deepEqual([ended.slice(0, 4), [...new Set(ended.slice(4))]], [["ran", "ran", "ran", "ran"], ["busy"]]);
    assert.equal(await one.help().then(() => "ran", (failed) => failed.code), "ran");
  });
});

describe("a command of a module beside a link", () => {
  function linked(used: number) {
    const one = board(used, 6500);
    one.end();
    one.host.time.pass(1000);
    (one as any).services.runner.iot = { session: { subscriptions: [], outgoing: [] }, phase: "up" };
    return one;
  }
  const ending = (one: ReturnType<typeof linked>, count: number) => Array.from({ length: count }, () => one.help().then(() => "ran", (failed) => failed.code));

  it("runs at once where there is memory, waits while there is little, and is not overtaken", async () => {
    const one = linked(4900);
    const all = ending(one, 1);
    assert.match(one.host.printed.join(), /device\.status/);
    one.host.memory.used = 6200;
    all.push(...ending(one, 1));
    one.host.memory.used = 4000;
    const lines = one.host.printed.length;
    all.push(...ending(one, 1));
    assert.equal(one.host.printed.length, lines);
    one.host.time.pass(600);
    assert.deepEqual(await Promise.all(all), ["ran", "ran", "ran"]);
  });

  it("fails with memory where none comes back, and with busy, said once, where four wait", async () => {
    const one = linked(6200);
    const all = ending(one, 30);
    one.host.time.pass(30000);
    const ended = await Promise.all(all);
    assert.deepEqual([ended.slice(0, 4), [...new Set(ended.slice(4))]], [["memory", "memory", "memory", "memory"], ["busy"]]);
    assert.equal(one.host.printed.filter((line) => /commands wait/.test(line)).length, 1);
  });
});
