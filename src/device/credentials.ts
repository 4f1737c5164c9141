// Credentials with source "iot": fetched when the first request is about to be signed, renewed before they end, held in memory alone.
import type { Done, Failure } from "../flow/failure";
import { credentialsRequest } from "../iot/credentialsRequest";
import { rest } from "../iot/rest";
import type { RestAnswer } from "../iot/rest";
import type * as credread from "../modules/credread";
import type { Platform } from "../platform/ports";
import type { Mendable } from "../s3/recover";
import type { S3Access } from "../s3/signedRequest";
import { persistently } from "./persist";
import type { Values } from "./settings/check";

/** After a failed renewal the old credentials go on; milliseconds until the next try. */
const AGAIN = 60000;

/** Asks once. The answer is read by a module of its own: while the TLS handshake with a certificate goes on, every variable counts. */
function ask(platform: Platform, settings: () => Values, access: S3Access, told: Done<void>): void {
  const { credentials, iot } = settings() as { [section: string]: any };
  function answered(failed: Failure | undefined, answer?: RestAnswer): void {
    const loaded = platform.modules.load<typeof credread>("credread");
    if (loaded.module) {
      failed = loaded.module.take(platform, access, failed, answer);
      platform.modules.release("credread");
    } else failed = failed || loaded.failed;
    told(failed);
  }
  rest(platform, credentialsRequest(credentials, credentials.thingName || (iot && iot.thingName) || "", access.handshakeSeconds, access.silenceSeconds), answered);
}

/**
 * Puts fresh credentials into `access`, with the retry policy. If there are none to be had and the old ones are still good, they stay and
 * there is no failure. Failures: storage (a module is missing), those of `rest` and of `credentialsIn`.
 */
export function renew(platform: Platform, settings: () => Values, access: S3Access, done: Done<void>): void {
  const mend: Mendable = {};
  if (access.bucket) mend.bucket = access.bucket;
  persistently<void>(platform, mend, (told) => ask(platform, settings, access, told), function (failed) {
    const now = platform.clock.now();
    if (mend.bucket) access.bucket = mend.bucket;
    // A minute before their end they are not used any more: a request takes a while to be looked at.
    if (!failed || !(now < access.credentials.expires! - AGAIN)) return done(failed);
    platform.console.print("  the credentials are not renewed yet: " + failed.message);
    access.due = now + AGAIN;
    done(undefined);
  });
}
