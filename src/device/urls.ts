// device.putUrl and device.getUrl: transfers by presigned URLs that were made elsewhere. They need neither s3 settings nor credentials.
import { failure } from "../flow/failure";
import type { Done, Failure } from "../flow/failure";
import { bytesText } from "../flow/progress";
import { finishCopy } from "../s3/landing";
import type { UrlAccess } from "../s3/presigned/attempt";
import { expired, headersFault } from "../s3/presigned/attempt";
import { getByUrl, sizeByUrl } from "../s3/presigned/get";
import type { PutUrlResult } from "../s3/presigned/put";
import { putByUrl } from "../s3/presigned/put";
import type { PresignedUrl } from "../s3/presigned/url";
import { parsePresignedUrl } from "../s3/presigned/url";
import type { S3Access } from "../s3/signedRequest";
import { pathFault } from "./arguments";
import { mistakesFailure } from "./context";
import { persistently } from "./persist";
import type { SeldomCommand, Services } from "./seldom";

/** Seconds without a byte moved after which a transfer is given up. */
const SILENCE = 30;

/** How long the URL is still good, for people. */
function validity(services: Services, url: PresignedUrl): string {
  const clock = services.platform.clock;
  if (!url.expires) return "  the URL does not say when it expires";
  const end = new Date(url.expires).toISOString();
  if (!clock.isSet()) return "  the URL expires at " + end + "; the clock was never set, so that is not checked";
  const seconds = Math.ceil((url.expires - clock.now()) / 1000);
  return "  the URL is good for " + (seconds < 120 ? seconds + " s" : Math.floor(seconds / 60) + " min") + " more, until " + end;
}

/** Reads the URL; refuses what cannot work before anything is sent. */
function readUrl(services: Services, text: unknown, known: string[]): PresignedUrl | Failure {
  const url = parsePresignedUrl(text);
  if (!("target" in url)) return url;
  return headersFault(url, known) || expired(services.platform, url) || url;
}

function createUrlAccess(services: Services, url: PresignedUrl): UrlAccess {
  const tls = services.context.settings()["tls"];
  const handshakeSeconds: number = (tls && tls.handshakeSeconds) || 60;
  // For the retry policy, which mends clock and region only on words that a URL's refusals never carry (see `explained`).
  const anyone: S3Access = {
    settings: { bucket: "", region: "" },
    address: { host: url.host, port: url.port, hostHeader: url.hostHeader, root: "/" },
    region: "",
    credentials: { accessKeyId: "", secretAccessKey: "" },
    handshakeSeconds: handshakeSeconds,
    silenceSeconds: SILENCE,
    persist: (attempt, done) => persistently(services.platform, anyone, attempt, done),
  };
  return { url: url, handshakeSeconds: handshakeSeconds, silenceSeconds: SILENCE, persist: anyone.persist };
}

/** Settings, card and network, as far as a URL needs them. */
function ready(services: Services, url: PresignedUrl, done: (failed: Failure | undefined, access?: UrlAccess) => void): void {
  const { context, platform } = services;
  const settings = context.settings();
  const mistakes = context.mistakes();
  if (mistakes.length) return done(mistakesFailure(mistakes));
  const tls = settings["tls"];
  if (tls && tls.serverTrust == "required") {
    return done(failure("certificate", "tls.serverTrust is required, and this interpreter does not check certificates", 'Use a build of Espruino that does, or tls.serverTrust "reported".'));
  }
  const failed = platform.files.mount(settings["card"]);
  if (failed) return done(failed);
  context.online(function (offline) {
    if (offline) return done(offline);
    finishCopy(platform, function (unfinished) {
      done(unfinished, createUrlAccess(services, url));
    });
  });
}

function rate(services: Services, size: number, start: number): string {
  const seconds = (services.platform.clock.ticks() - start) / 1000;
  return size + " bytes in " + seconds.toFixed(1) + " s" + (seconds > 0 ? ", " + bytesText(size / seconds) + "/s" : "");
}

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
  const start = services.platform.clock.ticks();
  const url = readUrl(services, text, ["content-length"]);
  if (!("target" in url)) return done(url);
  const shown = check === undefined ? undefined : readUrl(services, check, []);
  if (shown && !("target" in shown)) return done(shown);
  const fault = pathFault(path, services.platform.files.longestPath, 'device.putUrl("https://...","log.txt")');
  if (fault) return done(fault);
  const print = services.platform.console.print;
  print(validity(services, url));

  function finish(failed: Failure | undefined, result?: PutUrlResult): void {
    if (failed) return done(failed);
    print("putUrl " + path + ": " + rate(services, result!.size, start) + ", etag " + result!.etag + (shown ? ", size seen by the URL for GET" : "; the server's word: a URL for PUT gives no right to look"));
    done(undefined, Object.assign(result!, { seconds: 0, verified: !!shown }));
  }

  ready(services, url, function (failed, access) {
    if (failed) return done(failed);
    putByUrl(services.platform, access!, path, started, function (refused, result) {
      if (refused || !shown) return finish(refused, result);
      services.platform.timers.after(1, () => compare(services, shown, result!, finish));
    });
  });
};

/** device.getUrl(url, path?): without a path only the size is asked for. */
export const getUrlCommand: SeldomCommand = function (services, started, done, text, path) {
  const start = services.platform.clock.ticks();
  const url = readUrl(services, text, []);
  if (!("target" in url)) return done(url);
  const fault = path === undefined ? undefined : pathFault(path, services.platform.files.longestPath, 'device.getUrl("https://...","firmware.bin")');
  if (fault) return done(fault);
  const print = services.platform.console.print;
  print(validity(services, url));
  ready(services, url, function (failed, access) {
    if (failed) return done(failed);
    if (path === undefined) {
      return sizeByUrl(services.platform, access!, function (refused, now) {
        if (!refused) print("getUrl: " + now!.size + " bytes, etag " + now!.etag + "; a path as second argument fetches it");
        done(refused, now);
      });
    }
    getByUrl(services.platform, access!, path, started, function (refused, result) {
      if (refused) return done(refused);
      print("getUrl " + path + ": " + rate(services, result!.size, start) + ", etag " + result!.etag);
      done(undefined, Object.assign(result!, { seconds: 0 }));
    });
  });
};
