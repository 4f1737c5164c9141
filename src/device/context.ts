// What the commands share: settings once read, access to the bucket, and the steps before any request.
import { failure } from "../flow/failure";
import type { Failure } from "../flow/failure";
import { withModule } from "../flow/withModule";
import type * as creds from "../modules/creds";
import type { Platform } from "../platform/ports";
import { bucketAddress } from "../s3/address";
import { finishCopy } from "../s3/landing";
import type { S3Access } from "../s3/signedRequest";
import { persistently } from "./persist";
import { checkSettings } from "./settings/check";
import type { SettingsMistake, Values } from "./settings/check";
import { mergeSettings, readSettings, writeSettings } from "./settings/store";

/** Seconds without a byte moved after which a transfer is given up. */
const SILENCE = 30;

export interface Context {
  settings(): Values;
  mistakes(): SettingsMistake[];
  /** Merges and writes settings; a failure names every mistake and then nothing is written. */
  configure(patch: Values): Failure | undefined;
  /** Checks settings, clock, card and network for a transfer; hands over the access to the bucket. */
  ready(done: (failed: Failure | undefined, access?: S3Access) => void): void;
  /** Brings the network up. */
  online(done: (failed?: Failure) => void): void;
}

/** The first of the mistakes, as a failure. */
export function mistakesFailure(mistakes: SettingsMistake[]): Failure {
  const shown = mistakes.slice(0, 3).map((mistake) => mistake.message).join("; ");
  const more = mistakes.length > 3 ? " and " + (mistakes.length - 3) + " more" : "";
  return failure("settings", shown + more, "device.configure({...}) changes settings; device.status() lists every mistake.");
}

function missing(section: string, example: string): Failure {
  return failure("settings", section + ": missing", "device.configure({" + section + ":" + example + "})");
}

export function createContext(platform: Platform): Context {
  const read = readSettings(platform.flash);
  let settings = read.settings;
  let unreadable = read.failed;
  let access: S3Access | undefined;

  /** What stands in the way of any request to the bucket. */
  function obstacle(): Failure | undefined {
    if (unreadable) return unreadable;
    const mistakes = checkSettings(settings);
    if (mistakes.length) return mistakesFailure(mistakes);
    if (!settings["s3"]) return missing("s3", '{bucket:"my-device-logs",region:"eu-central-1"}');
    if (!settings["credentials"]) return missing("credentials", '{source:"static",accessKeyId:"AKIA...",secretAccessKey:"..."}');
    const tls = settings["tls"];
    if (tls && tls.serverTrust == "required") {
      return failure("certificate", "tls.serverTrust is required, and this interpreter does not check certificates", 'Use a build of Espruino that does, or tls.serverTrust "reported".');
    }
    if (!platform.clock.isSet()) return failure("clock-not-set", "The clock was never set: S3 would refuse every request", "device.syncTime()");
    return platform.files.mount(settings["card"]);
  }

  function bucketAccess(): S3Access {
    const s3 = settings["s3"];
    const tls = settings["tls"];
    const made: S3Access = {
      settings: s3,
      persist: (attempt, done) => persistently(platform, made, attempt, done),
      address: bucketAddress(s3),
      region: s3.region,
      credentials: settings["credentials"],
      handshakeSeconds: (tls && tls.handshakeSeconds) || 60,
      silenceSeconds: SILENCE,
    };
    if (s3.expectedOwner) made.expectedOwner = s3.expectedOwner;
    if (made.credentials.source == "iot") {
      made.due = 0;
      made.refresh = function (done) {
        const missing = withModule<typeof creds, void>(platform, "creds", (module, told) => module.renew(platform, settings, made, told), done);
        if (missing) done(missing);
      };
    }
    return made;
  }

  function online(done: (failed?: Failure) => void): void {
    platform.network.up(settings["wifi"], done);
  }

  return {
    settings: () => settings,
    mistakes: () => checkSettings(settings),
    configure: function (patch) {
      if (!patch || typeof patch != "object") return failure("argument", "configure needs an object", 'For example device.configure({s3:{bucket:"my-device-logs",region:"eu-central-1"}})');
      const merged = mergeSettings(settings, patch);
      const mistakes = checkSettings(merged);
      if (mistakes.length) return mistakesFailure(mistakes);
      if (!writeSettings(platform.flash, merged)) return failure("storage", "The flash did not take the settings: the old ones stand", "Erase files from Storage that are not needed.");
      settings = merged;
      unreadable = undefined;
      access = undefined;
      return undefined;
    },
    ready: function (done) {
      const failed = obstacle();
      if (failed) return done(failed);
      online(function (offline) {
        if (offline) return done(offline);
        finishCopy(platform, function (unfinished) {
          if (!access) access = bucketAccess();
          // From a timer: the stack is small, and what follows goes deep. With persist: credentials that are due are renewed now, while
          // little is in memory.
          platform.timers.after(0, () => access!.persist<void>((told) => told(unfinished), (failed) => done(failed, access)));
        });
      });
    },
    online: online,
  };
}
