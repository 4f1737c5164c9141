// device.putUrl: a file to a presigned PUT that was made elsewhere.
import { failure } from "../flow/failure";
import type { Done, Failure } from "../flow/failure";
import { sizeByUrl } from "../s3/presigned/size";
import type { PutUrlResult } from "../s3/presigned/put";
import { putByUrl } from "../s3/presigned/put";
import type { PresignedUrl } from "../s3/presigned/url";
import { pathFault } from "./arguments";
import type { SeldomCommand, Services } from "./seldom";
import { transferLine } from "./transfers";
import { createUrlAccess, loadUrl, readyForUrl } from "./urlAccess";

/** Compares what a URL for GET shows with what was sent. */
function compare(services: Services, shown: PresignedUrl, result: PutUrlResult, done: Done<PutUrlResult>): void {
  sizeByUrl(services.platform, createUrlAccess(services, shown), function (failed, now) {
    if (failed) return done(failed);
    if (now!.size != result.size || (result.etag && now!.etag && now!.etag != result.etag)) {
      return done(failure("s3-incomplete", "Sent were " + result.size + " bytes, the URL for GET shows " + now!.size + " with etag " + now!.etag, "Are both URLs of one object? Did somebody else write it? Send it again."));
    }
    done(undefined, result);
  });
}

/** device.putUrl(url, path, getUrl?): with a third argument, a presigned GET of the same object, its size is looked at afterwards. */
export const putUrlCommand: SeldomCommand = function (services, started, done, text, path, check) {
  const platform = services.platform;
  const start = platform.clock.ticks();
  const fault = pathFault(path, platform.files.longestPath, 'device.putUrl("https://...","log.txt")');
  if (fault) return done(fault);
  const url = loadUrl(services, text, ["content-length"]);
  if (!("target" in url)) return done(url);
  const shown = check === undefined ? undefined : loadUrl(services, check, []);
  if (shown && !("target" in shown)) return done(shown);

  function finish(failed: Failure | undefined, result?: PutUrlResult): void {
    if (failed) return done(failed);
    platform.console.print(transferLine("putUrl " + path, result!, (platform.clock.ticks() - start) / 1000) + (shown ? ", size seen by the URL for GET" : "; the server's word: a URL for PUT gives no right to look"));
    done(undefined, Object.assign(result!, { seconds: 0, verified: !!shown }));
  }

  readyForUrl(services, url, function (failed, access) {
    if (failed) return done(failed);
    putByUrl(platform, access!, path, started, function (refused, result) {
      if (refused || !shown) return finish(refused, result);
      platform.timers.after(1, () => compare(services, shown, result!, finish));
    });
  });
};
