// After a start with a trial in flash: confirms the new image once it has reached S3 or AWS IoT, or clears up after one that was rolled back.
import { find } from "../bytes/find";
import type { Done, Failure } from "../flow/failure";
import type * as basic from "../modules/basic";
import type { Platform } from "../platform/ports";
import { withModule } from "../flow/withModule";
import { readRecord, recordText } from "../iot/jobs";
import type { Details } from "../iot/jobs";
import { s3Attempt } from "../s3/attempt";
import { EMPTY_HASH } from "../sigv4/chunkSignature";
import type { TimeResult } from "../sntp/client";
import { BAD, BOOT, IMAGE, IN_USE, isModuleName, OKAY, readTrial, recordNames, TRIAL, wipe } from "./imageNames";
import type { Trial } from "./imageNames";
import { eraseHealer } from "./loader";
import { LASTED } from "./boot/record";
import type { Services } from "./seldom";
import type { ImageStatus, Status } from "./status";
import { acceptedVersion, acceptVersion } from "./versions";

/** The record of the work under way (jobEvents). */
const RECORD = "job";
/** Milliseconds until the next try to confirm, and until it is looked again whether the start has lasted, or the clock is set. */
const AGAIN = 30000, LOOK = 5000;

/** The modules that were flashed, and their boot code's copy. */
function wipeFlashed(platform: Platform): void {
  for (const name of recordNames(platform, "")) {
    if (isModuleName(name) && find(platform.flash.read(name)!, "exports.build=") >= 0) platform.flash.erase(name);
  }
  platform.flash.erase(BOOT);
}

/** The job that asked for it, if one did, is told with the next connection. */
function tellJob(platform: Platform, trial: Trial, status: string, details: Details): void {
  const record = trial.byJob ? readRecord(platform.flash.read(RECORD)) : undefined;
  if (!record || record.status) return;
  record.status = status;
  record.details = details;
  platform.flash.write(RECORD, recordText(record));
}

/** The new image is in use for good. After a power cut in here the next start goes on: the word in the trial's record decides. */
function finish(platform: Platform, trial: Trial): void {
  acceptVersion(platform, IMAGE, trial.version);
  tellJob(platform, trial, "SUCCEEDED", { version: "" + trial.version });
  wipeFlashed(platform);
  wipe(platform, trial.end == ".fwa" ? ".fwb" : ".fwa");
  platform.flash.erase(BAD);
  if (platform.flash.write(IN_USE, trial.end)) platform.flash.erase(TRIAL);
}

/** Confirms the image that is on trial and runs. */
export function confirmTrial(platform: Platform, trial: Trial): void {
  if (!platform.flash.write(TRIAL, "okay", OKAY, trial.length)) return;
  finish(platform, trial);
  platform.console.print("update: version " + trial.version + " is confirmed");
}

/** Clears up what an update left, unless the image that runs is on trial: then the answer is its record. */
export function settleTrial(platform: Platform): Trial | undefined {
  const trial = readTrial(platform);
  eraseHealer(platform);
  if (!trial) return undefined;
  const runs = trial.end == platform.modules.generation;
  if (runs && !trial.okay) return trial;
  if (runs) finish(platform, trial);
  else {
    if (trial.used) {
      platform.flash.write(BAD, "" + trial.version);
      tellJob(platform, trial, "FAILED", { code: "verify", message: "Version " + trial.version + " did not confirm itself and was rolled back" });
      platform.console.print("update: version " + trial.version + " did not confirm itself and was rolled back");
    }
    platform.flash.erase(TRIAL);
    if (trial.end) wipe(platform, trial.end);
  }
  return undefined;
}

/** One request for what the update came from: an answer shows that this image signs rightly and S3 knows the board. */
function ask(services: Services, key: string, done: Done<void>): void {
  const { platform, context, runner } = services;
  function request(told: Done<void>): void {
    context.ready(function (failed, access) {
      if (failed) return told(failed);
      s3Attempt(platform, access!, { request: { method: "HEAD", key: key, query: [], headers: [], unsigned: [], payloadHash: EMPTY_HASH } }, function (refused) {
        told(refused && refused.cause && refused.cause.status == 404 ? undefined : refused);
      });
    }, true);
  }
  if (platform.clock.isSet()) return runner.exclusive<void>("update", request, done);
  context.online(function (offline) {
    if (offline) return done(offline);
    const missing = withModule<typeof basic, TimeResult>(platform, "basic", (module, told) => module.setClock(platform, context.settings(), told), function (failed) {
      if (failed) done(failed);
      else runner.exclusive<void>("update", request, done);
    });
    if (missing) done(missing);
  });
}

/** A job may have learned its outcome: it is told now if there is a link. */
function tellLink(services: Services): void {
  const { platform, runner } = services;
  const link = runner.iot;
  // From a timer: this module is let go by then.
  if (link && link.phase == "up" && link.jobs) platform.timers.after(0, () => link.jobs && link.jobs.up());
}

/**
 * What is done about a trial at the start, and again after so many milliseconds as it tells; 0: nothing is left to do. Where the board works by
 * itself an image must also have lasted: one that falls over its work after a minute is not confirmed before that.
 */
export function tryTrial(services: Services, done: Done<number>): void {
  const { platform, runner } = services;
  const { clock, console } = platform;
  const had = platform.flash.read(TRIAL) !== undefined;
  const trial = settleTrial(platform);
  const life = runner.life;
  if (!trial) {
    if (had) tellLink(services);
    return done(undefined, 0);
  }

  function end(failed?: Failure): void {
    if (failed) {
      runner.lastFailure(failed);
      console.print("update: version " + trial!.version + " is not confirmed yet: " + failed.message);
      return done(undefined, AGAIN);
    }
    if (life) {
      life.seen = true;
      if (clock.ticks() - life.from < LASTED) return done(undefined, LOOK);
    }
    confirmTrial(platform, trial!);
    tellLink(services);
    done(undefined, 0);
  }

  if ((life && life.seen) || (runner.iot && runner.iot.phase == "up")) end();
  // The board's own work sets the clock, and what has the slot now gives it back; a link that is about to come up is all that is needed.
  else if (runner.busyWith() || (runner.iot && runner.iot.phase == "connecting") || (life && !life.safe && !clock.isSet())) done(undefined, LOOK);
  else ask(services, trial.key, end);
}

/** What device.status() tells of a board that was updated: which image runs, and what became of the last one. */
export function tellImage(platform: Platform, status: Status): void {
  const trial = readTrial(platform);
  const generation = platform.modules.generation!;
  const isTrial = !!trial && trial.end == generation && !trial.okay;
  const bad = parseInt(platform.flash.read(BAD) || "", 10);
  const version = isTrial ? trial!.version : generation && acceptedVersion(platform, IMAGE);
  const told: ImageStatus = { ending: generation, version: version || 0, trial: isTrial, line: (version ? "version " + version : generation ? "an update" : "the flashed one") + (isTrial ? ", on trial" : "") };
  if (bad) {
    told.rolledBack = bad;
    told.line += "; version " + bad + " was rolled back";
  }
  status.image = told;
}
