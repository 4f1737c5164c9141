// device.update: fetches an image, verifies it, installs it beside the one that runs, and restarts.
import { failure } from "../flow/failure";
import { borrow, withModule } from "../flow/withModule";
import type * as down from "../modules/down";
import type * as flashimg from "../modules/flashimg";
import type * as trial from "../modules/trial";
import { keyFault } from "./arguments";
import { BUNDLE, readTrial } from "./imageNames";
import type { SeldomCommand } from "./seldom";

/** Milliseconds until the restart, for the last lines to be printed. */
const RESTART = 2000;

/** The options of device.update. */
interface UpdateOptions {
  /** Confirms the image that is on trial; the key is not used. */
  confirm?: boolean;
  /** Also an image that was rolled back. */
  again?: boolean;
  /** For a job, which goes on after the restart; not for users. */
  job?: boolean;
}

/** device.update(key, options?). Failures: argument, busy, verify, storage and those of a download. */
export const updateCommand: SeldomCommand = function (services, started, done, key, options) {
  const { platform, context } = services;
  const wanted: UpdateOptions = options || {};
  for (const name in wanted) {
    if (name != "confirm" && name != "again" && name != "job") return done(failure("argument", "There is no option " + name, "Known options: again, confirm"));
  }
  if (readTrial(platform)) {
    const confirms = wanted.confirm === true;
    const told = borrow<typeof trial, any>(platform, "trial", function (module) {
      const one = module.settleTrial(platform);
      // A job that came again was told by AWS IoT: this image has connected.
      if (!one || !(confirms || (wanted.job && key == one.key))) return one;
      module.confirmTrial(platform, one);
      return { confirmed: one.version };
    });
    if (told && told.code) return done(told);
    if (told && told.confirmed) return done(undefined, { version: told.confirmed, size: 0, etag: "", seconds: 0 });
    if (told) return done(failure("busy", "Version " + told.version + " is on trial", 'It confirms itself when it has reached S3 or AWS IoT; device.update("",{confirm:true}) does so now.'));
  }
  if (wanted.confirm) return done(failure("argument", "No image is on trial", 'device.update("fw/image.upd")'));
  const fault = keyFault(key, 'device.update("fw/image.upd")');
  if (fault) return done(fault);

  context.ready(function (failed, access) {
    if (failed) return done(failed);
    const missing = withModule<typeof down, any>(platform, "down", (module, told) => module.download(platform, access!, key, BUNDLE, { verify: true, image: true }, started, told), function (refused, result) {
      if (refused) return done(refused);
      platform.console.print("  verified, writing it to flash");
      // From a timer: the stack is small.
      platform.timers.after(0, function () {
        const lacking = withModule<typeof flashimg, number>(platform, "flashimg", (module, told) => module.installImage(platform, key, wanted.again === true, wanted.job === true, told), function (wrong, version) {
          if (wrong) return done(wrong);
          platform.console.print("update: version " + version + " is installed; it is tried after the restart");
          platform.timers.after(RESTART, platform.modules.restart);
          // A job is told after the restart, by whichever image runs then.
          if (!wanted.job) done(undefined, { version: version, size: result.size, etag: result.etag, seconds: 0 });
        });
        if (lacking) done(lacking);
      });
    });
    if (missing) done(missing);
  });
};
