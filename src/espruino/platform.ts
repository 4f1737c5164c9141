// The platform on Espruino: all ports in one object.
import type { Platform } from "../platform/ports";
import { clock, timers } from "./clock";
import { files } from "./files";
import { flash } from "./flash";
import { hash } from "./hash";
import { memory } from "./memory";
import { modules } from "./modules";
import { network, wifi } from "./network";
import { random, seedRandom } from "./random";
import { tls } from "./tls";
import { udp } from "./udp";

// Settings and the count of starts seed the random numbers, unread: other boards, and the last start, do not have them.
seedRandom([flash.read("settings.json") || "", flash.read("boot.json") || ""]);

/** Everything the firmware needs from an Espruino board. */
export const platform: Platform = {
  clock: clock,
  timers: timers,
  random: random,
  hash: hash,
  files: files,
  flash: flash,
  udp: udp,
  tls: tls,
  network: network,
  memory: memory,
  modules: modules,
  console: { print: print },
  board: { process: process, E: E, wifi: wifi },
};
