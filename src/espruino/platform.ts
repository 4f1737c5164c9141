// The platform on Espruino: all ports in one object.
import type { Platform } from "../platform/ports";
import { clock, timers } from "./clock";
import { files } from "./files";
import { flash } from "./flash";
import { hash } from "./hash";
import { memory } from "./memory";
import { modules } from "./modules";
import { network } from "./network";
import { random, seedRandom } from "./random";
import { tls } from "./tls";
import { udp } from "./udp";

// The settings seed the random numbers, unread: they hold what other boards do not have.
seedRandom(flash.read("settings.json") || "");

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
};
