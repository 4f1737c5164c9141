// What the commands share: settings once read, access to the bucket, and the steps before any request.
import { failure } from "../flow/failure";
import type { Failure } from "../flow/failure";
import { borrow, withModule } from "../flow/withModule";
import type * as basic from "../modules/basic";
import type * as check from "../modules/check";
import type * as creds from "../modules/creds";
import type * as trust from "../modules/trust";
import type { Platform } from "../platform/ports";
import { bucketAddress } from "../s3/address";
import { COPY } from "../s3/copyRecord";
import type { S3Access } from "../s3/signedRequest";
import { persistently } from "./persist";
import type { SettingsMistake, Values } from "./settings/check";
import { readSettings } from "./settings/store";
import type { Trust } from "./trust";

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
  /** What the trust probe has found, once it was run. */
  trust?: Trust;
}

function missing(section: string, example: string): Failure {
  return failure("settings", section + ": missing", "device.configure({" + section + ":" + example + "})");
}

/** What `access` does, in functions of their own: they live as long as it does, with all that stands around them. */
function addPersist(platform: Platform, access: S3Access): void {
  access.persist = (attempt, done) => persistently(platform, access, attempt, done);
}

function addRefresh(platform: Platform, access: S3Access, settings: () => Values): void {
  access.due = 0;
  access.refresh = function (done) {
    const missing = withModule<typeof creds, void>(platform, "creds", (module, told) => module.renew(platform, settings, access, told), done);
    if (missing) done(missing);
  };
}

function bucketAccess(platform: Platform, settings: () => Values): S3Access {
  const { s3, tls, credentials } = settings();
  const access = {
    settings: s3,
    address: bucketAddress(s3),
    region: s3.region,
    credentials: credentials,
    handshakeSeconds: (tls && tls.handshakeSeconds) || 60,
    silenceSeconds: SILENCE,
  } as S3Access;
  if (s3.expectedOwner) access.expectedOwner = s3.expectedOwner;
  addPersist(platform, access);
  if (credentials.source == "iot") addRefresh(platform, access, settings);
  return access;
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
    const failed = cardless ? undefined : platform.files.mount(card);
    if (failed) return done(failed);
    function go(refused?: Failure): void {
      // A copy on the card that a reset interrupted.
      const missing = refused || cardless || platform.flash.read(COPY) === undefined || withModule<typeof basic, void>(platform, "basic", (module, told) => module.finishCopy(platform, told), done);
      if (missing) done(refused);
    }
    online(function (offline) {
      const unproven = !offline && tls && tls.serverTrust == "required";
      const missing = unproven ? withModule<typeof trust, void>(platform, "trust", (module, told) => module.demandTrust(platform, context, told), go) : offline;
      if (missing || !unproven) go(missing);
    });
  }

  const context: Context = {
    settings: settings,
    mistakes: function () {
      const found = borrow<typeof check, SettingsMistake[]>(platform, "check", (module) => module.checkSettings(settings()));
      return found instanceof Array ? found : [];
    },
    configure: function (patch) {
      const failed = borrow<typeof basic, Failure | undefined>(platform, "basic", (module) => module.configure(platform.flash, settings(), patch, wrong));
      if (!failed) access = undefined;
      return failed;
    },
    fault: fault,
    reach: reach,
    ready: function (done, cardless) {
      const failed = fault(true);
      if (failed) return done(failed);
      reach(!!cardless, function (unreachable) {
        if (!access) access = bucketAccess(platform, settings);
        // From a timer: the stack is small, and what follows goes deep. With persist: credentials that are due are renewed now, while
        // little is in memory.
        platform.timers.after(0, () => access!.persist<void>((told) => told(unreachable), (failed) => done(failed, access)));
      });
    },
    online: online,
  };
  return context;
}
