// After power on: does the board work by itself, wait for a person, or keep quiet after starts that did not last?
import type * as watchModule from "../../modules/watch";
import type { Platform } from "../../platform/ports";
import { VERSION } from "../../version";
import type { Services } from "../seldom";
import type { Commands, Life } from "./life";
import { RECORD, readRecord, TRIES } from "./record";

/**
 * Seconds without a pass of the idle loop after which the board restarts. Longer than the longest that a call blocks in an ESP32's
 * interpreter: a name (two servers, four questions each: 30 s), then a connection to it (six SYN from 1.5 s on, doubled: 95 s), and flash
 * being cleared up (some seconds). The idle loop kicks it.
 */
const WATCHDOG = 180;

/** Milliseconds until the work begins, at least and at most: boards that lost power together do not begin together. */
const SOON = 1000, LATER = 3000;

/** True, false: the settings say so. Else a board does that has a radio and knows a network. A faulty setting says nothing. */
function isWanted(settings: { [name: string]: any }): boolean | undefined {
  const auto = settings["boot"] && settings["boot"].auto;
  return typeof auto == "boolean" ? auto : undefined;
}

/** Why the board does not work by itself, in a line; "" if it does. */
function idleReason(services: Services, settings: { [name: string]: any }): string {
  const failed = services.context.fault(false);
  if (failed) return failed.message + "; " + failed.hint;
  if (isWanted(settings) || settings["wifi"]) return "";
  return "no wifi settings; device.help() lists the commands";
}

function say(platform: Platform, text: string): void {
  platform.console.print("espruino-aws " + VERSION + ": " + text);
}

export function start(services: Services, device: Commands): void {
  const { platform, context } = services;
  const { flash, clock, timers } = platform;
  const board = platform.board!;
  const settings = context.settings();
  const wanted = isWanted(settings);
  // Where there is no radio somebody else drives the commands, unless the settings say otherwise.
  if (wanted === false || (!wanted && !board.wifi)) return;

  const reason = idleReason(services, settings);
  if (reason) return say(platform, "waits for you: " + reason);
  const record = readRecord(flash);
  // Another image begins anew, too: one that was rolled back is not to bring the old one into safe mode.
  const mark = platform.hash.crc32(platform.modules.generation || "", platform.hash.crc32(flash.read("settings.json") || "", 0));
  if (record.settingsCrc != mark) record.tries = 0;
  record.settingsCrc = mark;
  const safe = record.tries >= TRIES;
  if (safe) say(platform, "safe mode: " + TRIES + " starts did not last 2 minutes (device.status()); nothing runs by itself for an hour. Sooner: change a setting, or wait 2 minutes, and restart");
  else {
    say(platform, "works by itself (device.configure({boot:{auto:false}}) ends that)");
    record.starts++;
    record.tries++;
    // Before anything else: what follows may be what a start does not survive.
    flash.write(RECORD, JSON.stringify(record));
    if (board.E.enableWatchdog) board.E.enableWatchdog(WATCHDOG, true);
  }
  const life: Life = { from: clock.ticks(), step: 0, due: {}, bad: {} };
  if (safe) life.safe = true;
  services.runner.life = life;
  const loaded = platform.modules.load<typeof watchModule>("watch");
  // It stays: it listens.
  if (loaded.module) life.wake = timers.after(SOON + (LATER - SOON) * platform.random.fraction(), loaded.module.watch(services, device, life));
  else say(platform, loaded.failed.message);
}
