// What putUrl and getUrl need before they begin: the URL read, settings, card and network. They need neither s3 settings nor credentials.
import type { Failure } from "../flow/failure";
import { borrow } from "../flow/withModule";
import type * as urlModule from "../modules/url";
import type { UrlAccess } from "../s3/presigned/attempt";
import type { PresignedUrl } from "../s3/presigned/url";
import type { Mendable } from "../s3/recover";
import { SILENCE } from "./context";
import { persistently } from "./persist";
import type { Services } from "./seldom";

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
  const context = services.context;
  const failed = context.fault(false);
  if (failed) return done(failed);
  context.reach(false, function (unreachable) {
    done(unreachable, createUrlAccess(services, url));
  });
}
