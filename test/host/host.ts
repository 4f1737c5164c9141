// A host for tests: everything src/platform/ports.ts asks for, in memory, on virtual time, with faults to order.
import assert from "node:assert/strict";
import type { Failure } from "../../src/flow/failure";
import { failure } from "../../src/flow/failure";
import type { Platform } from "../../src/platform/ports";
import { Card } from "./card";
import { Chance } from "./chance";
import { Datagrams } from "./datagrams";
import { FlashRecords } from "./flash";
import { hash } from "./hash";
import { HostModules } from "./modules";
import { VirtualTime } from "./time";
import { MockTls } from "./tls";

/** 2026-06-01T12:00:00Z, a day when the tests' boards know the time. */
export const A_DAY = 1_780_315_200_000;

export interface Host {
  platform: Platform;
  time: VirtualTime;
  chance: Chance;
  card: Card;
  flash: FlashRecords;
  datagrams: Datagrams;
  tls: MockTls;
  modules: HostModules;
  /** Lines printed. */
  printed: string[];
  /** What `network.up` answers, and after how long; `ups` counts its calls; `address`: of every name. */
  network: { failed: Failure | undefined; after: number; ups: number; address: string };
  /** What the memory port says; how often it was put in order; how many of the next hashes find no room and throw. */
  memory: { used: number; total: number; nativeHeap: number | undefined; tidied: number; hashesToFail: number };
  /** Fails unless all connections are over and played, and no socket, file or timer was left behind. */
  verify(): void;
}

/**
 * Makes a host.
 * @param options.clockSet the clock was set before (default); otherwise the board woke up in 1970
 */
export function createHost(options: { seed?: number; clockSet?: boolean } = {}): Host {
  const time = new VirtualTime(0);
  if (options.clockSet !== false) time.clock.set(A_DAY);
  const chance = new Chance(options.seed ?? 1);
  const card = new Card(time);
  const flash = new FlashRecords();
  const datagrams = new Datagrams(time);
  const tls = new MockTls(time);
  const modules = new HostModules();
  const printed: string[] = [];
  const network: Host["network"] = { failed: undefined, after: 0, ups: 0, address: "192.0.2.9" };
  const memory: Host["memory"] = { used: 1500, total: 16383, nativeHeap: 90_000, tidied: 0, hashesToFail: 0 };
  const platform: Platform = {
    clock: time.clock,
    timers: time.timers,
    random: chance,
    hash: {
      ...hash,
      sha256: (input) => {
        if (memory.hashesToFail > 0 && memory.hashesToFail--) throw failure("memory", "No memory is left for a hash", "Look at the test.");
        return hash.sha256(input);
      },
      sha256Hex: (input, target) => {
        platform.hash.sha256(input);
        hash.sha256Hex(input, target);
      },
    },
    files: card.files,
    flash: flash.flash,
    udp: datagrams.udp,
    tls,
    network: {
      up: (_wifi, done) => {
        network.ups++;
        time.timers.after(network.after, () => done(network.failed));
      },
      address: (_host, told) => void time.timers.after(network.after, () => told(network.address)),
      state: () => (network.failed ? "off" : "connected 192.0.2.7"),
    },
    memory: {
      variables: () => ({ used: memory.used, total: memory.total }),
      tidy: () => void memory.tidied++,
      nativeHeap: () => memory.nativeHeap,
    },
    modules,
    console: { print: (line) => void printed.push(line) },
  };
  function verify(): void {
    tls.verify();
    assert.equal(datagrams.open, 0, "UDP sockets left open");
    assert.equal(card.openFiles, 0, "files left open");
    assert.deepEqual([...modules.loaded.keys()], [], "modules never released");
    assert.equal(time.pending, 0, "timers left behind");
  }
  return { platform, time, chance, card, flash, datagrams, tls, modules, printed, network, memory, verify };
}
