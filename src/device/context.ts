// What the commands share: settings once read, access to the bucket, and the steps before any request.
import { failure } from "../flow/failure";
import type { Failure } from "../flow/failure";
import { borrow, withModule } from "../flow/withModule";
import type * as check from "../modules/check";
import type * as creds from "../modules/creds";
import type { Platform } from "../platform/ports";
import { bucketAddress } from "../s3/address";
import { finishCopy } from "../s3/landing";
import type { S3Access } from "../s3/signedRequest";
import { persistently } from "./persist";
import type { SettingsMistake, Values } from "./settings/check";
import { mergeSettings, readSettings, writeSettings } from "./settings/store";

/** Seconds without a byte moved after which a transfer is given up. */
export const SILENCE = 30;

export interface Context {
  /** Read from flash each time: held, they would cost a hundred variables. */
  settings(): Values;
  /** What is wrong with the settings; without the module check nobody knows, and none is told. */
  mistakes(): SettingsMistake[];
  /** Merges and writes settings; a failure names every mistake and then nothing is written. */
  configure(patch: Values): Failure | undefined;
  /** What is wrong with the settings; with `bucket` also what a signed request to the bucket needs of settings and clock. */
  fault(bucket: boolean): Failure | undefined;
  /** Brings up what a TLS link needs, and the card unless `cardless`. */
  reach(cardless: boolean, done: (failed?: Failure) => void): void;
  /** `fault` and `reach` for a request to the bucket; hands over the access to it. */
  ready(done: (failed: Failure | undefined, access?: S3Access) => void, cardless?: boolean): void;
  /** Brings the network up. */
  online(done: (failed?: Failure) => void): void;
}

function missing(section: string, example: string): Failure {
  return failure("settings", section + ": missing", "device.configure({" + section + ":" + example + "})");
}

export function createContext(platform: Platform): Context {
  let access: S3Access | undefined;

  function settings(): Values {
    return readSettings(platform.flash).settings;
  }

  /** A board that has only the image in flash goes on unchecked. */
  function wrong(values: Values): Failure | undefined {
    const found = borrow<typeof check, Failure | undefined>(platform, "check", (module) => module.settingsFailure(values));
    return found && found.code == "storage" ? undefined : found;
  }

  function fault(bucket: boolean): Failure | undefined {
    const read = readSettings(platform.flash);
    const failed = read.failed || wrong(read.settings);
    if (failed || !bucket) return failed;
    const { s3, credentials } = read.settings;
    if (!s3 || !s3.bucket || !s3.region) return missing("s3", '{bucket:"my-device-logs",region:"eu-central-1"}');
    if (!credentials || !credentials.source) return missing("credentials", '{source:"static",accessKeyId:"AKIA...",secretAccessKey:"..."}');
    return platform.clock.isSet() ? undefined : failure("clock-not-set", "The clock was never set: S3 would refuse every request", "device.syncTime()");
  }

  function online(done: (failed?: Failure) => void): void {
    platform.network.up(settings()["wifi"], done);
  }

  function reach(cardless: boolean, done: (failed?: Failure) => void): void {
    const { tls, card } = settings();
    const failed = tls && tls.serverTrust == "required"
      ? failure("certificate", "tls.serverTrust is required, and this interpreter does not check certificates", 'Use a build of Espruino that does, or tls.serverTrust "reported".')
      : cardless ? undefined : platform.files.mount(card);
    if (failed) return done(failed);
    online(function (offline) {
      if (offline || cardless) done(offline);
      else finishCopy(platform, done);
    });
  }

  function bucketAccess(): S3Access {
    const { s3, tls, credentials } = settings();
    const made: S3Access = {
      settings: s3,
      persist: (attempt, done) => persistently(platform, made, attempt, done),
      address: bucketAddress(s3),
      region: s3.region,
      credentials: credentials,
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

  return {
    settings: settings,
    mistakes: function () {
      const found = borrow<typeof check, SettingsMistake[]>(platform, "check", (module) => module.checkSettings(settings()));
      return found instanceof Array ? found : [];
    },
    configure: function (patch) {
      if (!patch || typeof patch != "object") return failure("argument", "configure needs an object", 'For example device.configure({s3:{bucket:"my-device-logs",region:"eu-central-1"}})');
      const merged = mergeSettings(settings(), patch);
      const failed = wrong(merged);
      if (failed) return failed;
      if (!writeSettings(platform.flash, merged)) return failure("storage", "The flash did not take the settings: the old ones stand", "Erase files from Storage that are not needed.");
      access = undefined;
      return undefined;
    },
    fault: fault,
    reach: reach,
    ready: function (done, cardless) {
      const failed = fault(true);
      if (failed) return done(failed);
      reach(!!cardless, function (unreachable) {
        if (!access) access = bucketAccess();
        // From a timer: the stack is small, and what follows goes deep. With persist: credentials that are due are renewed now, while
        // little is in memory.
        platform.timers.after(0, () => access!.persist<void>((told) => told(unreachable), (failed) => done(failed, access)));
      });
    },
    online: online,
  };
}
