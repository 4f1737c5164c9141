// What putUrl and getUrl need before they begin: the URL read, settings, card and network. They need neither s3 settings nor credentials.
import { failure } from "../flow/failure";
import type { Failure } from "../flow/failure";
import { borrow } from "../flow/withModule";
import type * as urlModule from "../modules/url";
import { finishCopy } from "../s3/landing";
import type { UrlAccess } from "../s3/presigned/attempt";
import type { PresignedUrl } from "../s3/presigned/url";
import type { Mendable } from "../s3/recover";
import { mistakesFailure } from "./context";
import { persistently } from "./persist";
import type { Services } from "./seldom";

/** Seconds without a byte moved after which a transfer is given up. */
const SILENCE = 30;

/** See urlRead.ts. */
export function loadUrl(services: Services, text: unknown, known: string[]): PresignedUrl | Failure {
  const url = borrow<typeof urlModule, PresignedUrl | Failure>(services.platform, "url", (module) => module.readUrl(services.platform, text, known));
  // What is made from here on lies where that module was, not behind it: where TLS lives in the variables it needs long free runs.
  services.platform.memory.tidy();
  return url;
}

/** Access by `url`. The retry policy gets nothing that it could sign anew with: a URL stays as it is. */
export function createUrlAccess(services: Services, url: PresignedUrl): UrlAccess {
  const tls = services.context.settings()["tls"];
  const nothing: Mendable = {};
  return {
    url: url,
    handshakeSeconds: (tls && tls.handshakeSeconds) || 60,
    silenceSeconds: SILENCE,
    persist: (attempt, done) => persistently(services.platform, nothing, attempt, done),
  };
}

/** Settings, card and network, as far as a URL needs them. */
export function readyForUrl(services: Services, url: PresignedUrl, done: (failed: Failure | undefined, access?: UrlAccess) => void): void {
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

