// device.getUrl: a file from a presigned GET that was made elsewhere.
import { failure } from "../flow/failure";
import { getByUrl } from "../s3/presigned/get";
import { sizeByUrl } from "../s3/presigned/size";
import { pathFault } from "./arguments";
import { verifyRequired } from "./required";
import type { SeldomCommand } from "./seldom";
import { transferLine } from "./transfers";
import { loadUrl, readyForUrl } from "./urlAccess";

/** device.getUrl(url, path?): without a path only the size is asked for. */
export const getUrlCommand: SeldomCommand = function (services, started, done, text, path) {
  const platform = services.platform;
  const start = platform.clock.ticks();
  const fault = path === undefined ? undefined : pathFault(path, platform.files.longestPath, 'device.getUrl("https://...","firmware.bin")');
  if (fault) return done(fault);
  if (path !== undefined && verifyRequired(platform)) {
    return done(failure("verify", "Settings ask for a manifest (verify.required), and a presigned URL has none", "device.get of a key, with its manifest beside it."));
  }
  const url = loadUrl(services, text, []);
  if (!("target" in url)) return done(url);
  readyForUrl(services, url, function (failed, access) {
    if (failed) return done(failed);
    if (path === undefined) {
      return sizeByUrl(platform, access!, function (refused, now) {
        if (!refused) platform.console.print("getUrl: " + now!.size + " bytes, etag " + now!.etag + "; a path as second argument fetches it");
        done(refused, now);
      });
    }
    getByUrl(platform, access!, path, started, function (refused, result) {
      if (refused) return done(refused);
      platform.console.print(transferLine("getUrl " + path, result!, (platform.clock.ticks() - start) / 1000));
      done(undefined, Object.assign(result!, { seconds: 0 }));
    });
  });
};
