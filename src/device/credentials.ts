// Credentials with source "iot": fetched when the first request is signed, renewed before they end, held in memory alone.
import type { Done, Failure } from "../flow/failure";
import { fetchCredentials } from "../iot/credentials";
import { areGood, renewalDue } from "../iot/credentialsJson";
import type { TemporaryCredentials } from "../iot/credentialsJson";
import type { Platform } from "../platform/ports";
import type { Mendable } from "../s3/recover";
import type { S3Access } from "../s3/signedRequest";
import { persistently } from "./persist";
import type { Values } from "./settings/check";

/** After a failed renewal the old credentials go on; milliseconds until the next try. */
const AGAIN = 60000;

/**
 * Puts fresh credentials into `access`, with the retry policy. If there are none to be had and the old ones are still good, they stay and
 * there is no failure. Failures: those of `fetchCredentials`.
 */
export function renew(platform: Platform, settings: Values, access: S3Access, done: Done<void>): void {
  const { credentials, iot, tls } = settings as { [section: string]: any };
  const asked = {
    endpoint: credentials.endpoint, roleAlias: credentials.roleAlias, thingName: credentials.thingName || (iot && iot.thingName) || "",
    handshakeSeconds: (tls && tls.handshakeSeconds) || access.handshakeSeconds, silenceSeconds: access.silenceSeconds,
  };
  const mend: Mendable = {};
  if (access.bucket) mend.bucket = access.bucket;

  function ended(failed: Failure | undefined, fresh?: TemporaryCredentials): void {
    const now = platform.clock.now();
    if (mend.bucket) access.bucket = mend.bucket;
    if (failed) {
      if (!areGood(access.credentials.expires, now)) return done(failed);
      platform.console.print("  the credentials are not renewed yet: " + failed.message);
      access.due = now + AGAIN;
      return done(undefined);
    }
    access.credentials = fresh!;
    access.due = renewalDue(now, fresh!.expires, platform.random.fraction());
    platform.console.print("  credentials of role alias " + asked.roleAlias + " until " + new Date(fresh!.expires).toISOString());
    done(undefined);
  }

  persistently<TemporaryCredentials>(platform, mend, (told) => fetchCredentials(platform, asked, told), ended);
}
