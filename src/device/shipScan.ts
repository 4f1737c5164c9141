// Looks at the directory of logs once, before TLS needs the memory, and keeps the oldest that are ready.
import { failure } from "../flow/failure";
import type { Done, Failure } from "../flow/failure";
import { borrow } from "../flow/withModule";
import { activeName, isDue, nextActive, readActive } from "../logs/active";
import { entryOf, keepOldest } from "../logs/batch";
import type { Batch } from "../logs/batch";
import { beginMarks, copyMark, findMark, fingerprint, finishMarks, freePlaces, SPARE } from "../logs/marks";
import type { Marks } from "../logs/marks";
import { isLog, isReady, sparesNewest } from "../logs/ready";
import type { Services } from "./seldom";
import { marksOf, shipRules } from "./shipRules";
import type { ShipRules } from "./shipRules";
import { QUEUE } from "./shipState";
import type { Order, ShipState, ShipTask } from "./shipState";

/** Names that are looked at in one go: the board attends to other things in between. */
const SLICE = 20;
/** Logs of a batch; bytes of it that are held in memory, and in flash. */
const MOST = 100, HELD = 200, MOST_BYTES = 4000;

interface Scan {
  services: Services;
  state: ShipState;
  rules: ShipRules;
  /** Not looked at yet. */
  names: string[];
  batch: Batch;
  most: number;
  /** The newest of all logs. */
  newest: string;
  /** Names that the card shows and does not open, and the first of them; names that are a directory or gone. */
  unreadable: number;
  example: string;
  missed: number;
  seen: number;
  old: Marks | undefined;
  /** A new index of marks is made of those that still stand for a file; so many so far. */
  fresh: Marks | undefined;
  places: number;
}

/** A directory's name is plain and short; what is not, and cannot be opened, is a name that this host does not read. */
function isOdd(scan: Scan, name: string): boolean {
  if (scan.rules.directory.length + name.length > scan.services.platform.files.longestPath) return true;
  for (let i = 0; i < name.length; i++) if (name.charCodeAt(i) > 126) return true;
  return false;
}

function visit(scan: Scan, name: string): void {
  const { rules, batch } = scan;
  const platform = scan.services.platform;
  if (!isLog(rules, name)) return;
  const path = rules.directory + name;
  const info = platform.files.stat(path);
  if (!info) {
    if (isOdd(scan, name)) {
      scan.unreadable++;
      scan.example = name;
    } else scan.missed++;
    return;
  }
  scan.seen++;
  const entry = entryOf(name, info.modified);
  if (entry > scan.newest) scan.newest = entry;
  if (rules.keep || scan.fresh) {
    const mark = scan.old && findMark(scan.old, fingerprint(scan.old, path, info));
    if (mark && scan.fresh && copyMark(scan.old!, mark, scan.fresh, scan.places)) scan.places++;
    if (mark && mark.done && rules.keep) return;
  }
  if (entry > scan.state.log && isReady(rules, info, platform.clock.now())) keepOldest(batch, entry, scan.most);
}

/** The batch into memory or flash. */
function queue(scan: Scan): void {
  const state = scan.state;
  const entries = scan.batch.entries;
  let text = "";
  let small = "";
  for (const entry of entries) {
    if (text.length + entry.length < MOST_BYTES) text += entry + "\n";
    if (small.length + entry.length < HELD || !small) small += entry + "\n";
  }
  state.at = 0;
  state.text = text.length > small.length && scan.services.platform.flash.write(QUEUE, text) ? undefined : small;
}

function finish(scan: Scan, done: Done<Order>): void {
  const { state, rules, batch } = scan;
  const platform = scan.services.platform;
  if (!scan.seen && scan.missed && !platform.files.list(listed(rules))) return done(noDirectory(rules));
  if (sparesNewest(rules) && batch.newest == scan.newest && batch.found) {
    batch.found--;
    if (batch.entries[batch.entries.length - 1] == scan.newest) batch.entries.pop();
  }
  if (scan.fresh && !finishMarks(scan.fresh, scan.old)) scan.fresh = undefined;
  if (scan.unreadable && !state.log) {
    platform.console.print("  " + scan.unreadable + " names in " + rules.directory + " cannot be opened, one is " + scan.example);
    platform.console.print("  Rename them on a computer: plain letters, at most " + (platform.files.longestPath - rules.directory.length) + " characters.");
    state.bad += scan.unreadable;
    state.why.push(rules.directory + scan.example + ": the card does not open this name");
  }
  state.left = batch.found;
  queue(scan);
  done(undefined, {});
}

function slice(scan: Scan, done: Done<Order>): void {
  for (let i = 0; i < SLICE; i++) {
    // The last one first: it gives its memory back, and a directory mostly ends with its newest.
    const name = scan.names.pop();
    if (name === undefined) return finish(scan, done);
    visit(scan, name);
  }
  scan.services.platform.timers.after(0, () => slice(scan, done));
}

/** "logs/" is listed as "logs", the root as "". */
function listed(rules: ShipRules): string {
  return rules.directory.substr(0, rules.directory.length - 1);
}

function noDirectory(rules: ShipRules): Failure {
  return failure("card", "The card shows no directory " + (rules.directory || "at all"), "Is the card in, is logs.directory spelled as on it, and made (require('fs').mkdirSync)?");
}

/** Marks are needed for what is kept, and for what a power cut leaves between its upload and its end. */
function prepareMarks(scan: Scan): void {
  const platform = scan.services.platform;
  scan.old = marksOf(scan.services, scan.rules);
  if (scan.old && freePlaces(scan.old) >= (scan.rules.keep ? MOST : 8)) return;
  const places = scan.rules.keep ? scan.names.length + SPARE : SPARE;
  scan.fresh = beginMarks(platform, scan.old, scan.rules.scope, places);
}

function begin(services: Services, state: ShipState, rules: ShipRules, names: string[], done: Done<Order>): void {
  const memory = services.platform.memory.variables();
  const room = Math.floor((memory.total - memory.used) / 15);
  const scan: Scan = {
    services: services, state: state, rules: rules, names: names, batch: { entries: [], found: 0, newest: "" }, most: room < 8 ? 8 : room > MOST ? MOST : room, newest: "",
    unreadable: 0, example: "", missed: 0, seen: 0, old: undefined, fresh: undefined, places: 0,
  };
  prepareMarks(scan);
  slice(scan, done);
}

/** All names at once: an interpreter that has no room for them ends this callback without a word, and the watch tells. */
function look(services: Services, state: ShipState, rules: ShipRules, done: Done<Order>): void {
  const platform = services.platform;
  let over = false;
  const watch = platform.timers.after(50, function () {
    if (over) return;
    const free = platform.memory.variables();
    done(failure(
      "memory", "The directory " + rules.directory + " holds more names than fit into memory",
      "About " + Math.floor((free.total - free.used) / 4) + " fit here: move old logs to another directory, or take a module with PSRAM.",
    ));
  });
  platform.timers.after(0, function () {
    platform.memory.tidy();
    const names = platform.files.list(listed(rules));
    platform.timers.cancel(watch);
    over = true;
    if (names) begin(services, state, rules, names, done);
    else done(noDirectory(rules));
  });
}

/** The own log of device.log begins anew when it is old enough, so that what is in it can go. */
function rotate(services: Services, rules: ShipRules): void {
  const platform = services.platform;
  const active = readActive(platform.flash);
  if (!active || !isDue(platform, active, services.context.settings()["logs"].maxSeconds)) return;
  const info = platform.files.stat(rules.directory + activeName(active));
  const next = info && info.size > 0 && nextActive(platform, active);
  if (next) rules.own = activeName(next);
}

/** A run begins. */
function begun(state: ShipState): void {
  const options = state.most;
  const most = options === undefined ? 1e6 : options && options.max;
  state.most = most;
  state.sent = state.bad = state.left = state.sum = state.at = state.from = state.gone = 0;
  state.log = "";
  state.why = [];
  if (!(most > 0)) state.stop = failure("argument", "The option max is not a number from 1 on", "device.ship() sends all that is ready, device.ship({max:10}) ten at most.");
}

/** Finds what is to be shipped; what is wrong stops the run. */
export const scanStep: ShipTask = function (services, state, done) {
  const platform = services.platform;
  state.next = "shipstep";
  if (state.log === undefined) begun(state);

  function ended(failed: Failure | undefined): void {
    state.stop = failed;
    done(undefined, {});
  }

  let failed: Failure | undefined = state.stop || services.context.fault(true);
  // Nothing is deleted that this module has not confirmed.
  const missing = failed || borrow<unknown, undefined>(platform, "confirm", () => undefined);
  failed = failed || (missing as Failure | undefined);
  const rules = failed || shipRules(services);
  if ("code" in rules) return ended(rules);
  failed = platform.files.mount(services.context.settings()["card"]);
  if (failed) return ended(failed);
  rotate(services, rules);
  look(services, state, rules, ended);
};
