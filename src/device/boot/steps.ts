// What a board does by itself: one step after another, each again when it is due, and after a failure with full jitter. Loaded for a moment.
import { fullJitter, HOPELESS, HOPELESS_LEAST } from "../../flow/backoff";
import type { Failure } from "../../flow/failure";
import type { Platform } from "../../platform/ports";
import type { Services } from "../seldom";
import type { Life } from "./life";
import { keepRecord, LASTED, TRIES } from "./record";

/** The command of each step; the first is the network, which has none. */
const STEPS = ["", "syncTime", "resume", "connect", "ship"];
const NETWORK = 0, TIME = 1, RESUME = 2, LINK = 3, SHIP = 4;

/** Milliseconds: between two looks if nothing is due, because an event of the network may be missed; a pause between two tries, at least. */
const LOOK = 60000, LEAST = 1000;
/** After a failure: the first ceiling of the wait, and the highest, for the network and for the rest. */
const BASE = 2000, CAP = 120000, REST_CAP = 3600000;
const HOUR = 3600000, DAY = 86400000;
/** Logs of one run of the shipper, and milliseconds until the next if some are left: in between the link has the TLS slot. */
const SOME = 10, BREATH = 15000;

/** True if the step has something to do. */
function isWanted(services: Services, step: number, settings: { [name: string]: any }): boolean {
  const { platform, runner } = services;
  const isOff = platform.network.state() == "off";
  if (step == NETWORK) return isOff && !!settings["wifi"];
  if (isOff) return false;
  if (step == TIME) return true;
  // Once it was asked for the link comes back by itself, or somebody ended it.
  if (step == LINK) return !!settings["iot"] && !runner.iot;
  if (!platform.clock.isSet() || !settings["s3"] || !settings["credentials"]) return false;
  // An image on trial needs the TLS slot first, to show that it reaches S3 (device/trial).
  if (!runner.life!.seen && platform.flash.read(".fwtry") !== undefined) return false;
  if (step == RESUME) return platform.flash.list("s3.").length > 0;
  return !!settings["logs"] && platform.flash.read("ship") !== undefined;
}

/** Milliseconds until the step comes again after it went well. */
function pauseOf(services: Services, step: number, settings: { [name: string]: any }, life: Life): number {
  const { platform, runner } = services;
  const logs = settings["logs"];
  if (step == SHIP && logs) {
    const every = (logs.everySeconds || 3600) * 1000;
    const told = life.out;
    delete life.max;
    if (!told || !(told.left > 0)) return every;
    // Those that failed are the oldest of the next run, too, and must not keep it from the rest.
    life.max = SOME + told.failed;
    const breath = runner.iot && !runner.iot.twoSlots ? BREATH : LEAST;
    return every < breath ? every : breath;
  }
  // Not in step with other boards.
  return step == TIME ? DAY - platform.random.fraction() * HOUR : step == RESUME ? HOUR : 0;
}

/** The step that went on is over. */
function ended(services: Services, life: Life, now: number, settings: { [name: string]: any }): void {
  const { platform } = services;
  const step = life.step - 1;
  const failed: Failure | undefined = life.out && life.out.hint && life.out.code ? life.out : undefined;
  let pause = pauseOf(services, step, settings, life);
  if (failed) {
    let bad = life.bad[step] || 0;
    const hopeless = failed.code == "certificate";
    if (hopeless && bad < HOPELESS) bad = HOPELESS;
    pause = (hopeless ? HOPELESS_LEAST : LEAST) + fullJitter(BASE, step == NETWORK ? CAP : REST_CAP, bad, platform.random.fraction());
    life.bad[step] = bad + 1;
  } else delete life.bad[step];
  if (pause) life.due[step] = now + pause;
  life.step = 0;
  delete life.out;
  // Commands tell of themselves.
  if (!failed || step != NETWORK) return;
  services.runner.lastFailure(failed);
  platform.console.print("WiFi failed: " + failed.message + "; next try in " + Math.ceil(pause / 1000) + " s");
}

/** The network is back: what failed without it need not wait any more. */
function noteNetwork(platform: Platform, life: Life, now: number): void {
  const isOff = platform.network.state() == "off";
  if (isOff) life.off = true;
  else if (life.off) {
    delete life.off;
    platform.console.print("WiFi " + platform.network.state());
    for (let step = TIME; step < STEPS.length; step++) if (life.bad[step]) life.due[step] = now + LEAST * platform.random.fraction();
  }
}

/** Writes that this start has lasted, once; after safe mode the next start is one more try. True if safe mode goes on. */
function lasting(services: Services, life: Life, now: number): boolean {
  const { flash, console } = services.platform;
  const lived = now - life.from;
  if (!life.ok && lived >= LASTED) {
    life.ok = true;
    keepRecord(flash, life, life.safe ? TRIES - 1 : 0);
  }
  if (!life.safe || lived < HOUR) return !!life.safe;
  console.print("safe mode is over: one more try");
  delete life.safe;
  delete life.ok;
  life.from = now;
  keepRecord(flash, life, TRIES);
  return false;
}

/** Begins the next step, or waits for it. `again` is called when it is over or due. */
export function go(services: Services, life: Life, again: () => void): void {
  const { platform, context } = services;
  const now = platform.clock.ticks();
  const settings = context.settings();
  let wait = LOOK;
  if (life.step) ended(services, life, now, settings);
  if (!lasting(services, life, now)) {
    noteNetwork(platform, life, now);
    for (let step = 0; step < STEPS.length; step++) {
      if (!isWanted(services, step, settings)) continue;
      const left = (life.due[step] || 0) - now;
      if (left > 0) {
        if (left < wait) wait = left;
        continue;
      }
      life.step = step + 1;
      life.at = now;
      life.wake = platform.timers.cancel(life.wake);
      if (step == NETWORK) return platform.network.up(settings["wifi"], again);
      // From a timer: this module is let go, and the stack is small.
      life.next = STEPS[step]!;
      delete life.opt;
      if (step == SHIP) life.opt = { max: life.max || SOME };
      wait = 0;
      break;
    }
  }
  platform.timers.cancel(life.wake);
  life.wake = platform.timers.after(wait, again);
}
