// The answer of the credentials provider becomes the credentials that every request is signed with.
import type { Failure } from "../flow/failure";
import { credentialsIn } from "../iot/credentials";
import { renewalDue } from "../iot/credentialsJson";
import { noAnswer } from "../iot/refusal";
import type { RestAnswer } from "../iot/rest";
import type { Platform } from "../platform/ports";
import type { S3Access } from "../s3/signedRequest";

/** Puts the credentials of `answer` into `access`; what is wrong with it, or why there is none, comes back explained. */
export function take(platform: Platform, access: S3Access, failed: Failure | undefined, answer?: RestAnswer): Failure | undefined {
  if (failed) return noAnswer(failed);
  const now = platform.clock.now();
  const found = credentialsIn(answer!, now);
  if ("code" in found) return found;
  // In one run a token takes two thirds of the variables.
  found.sessionToken = platform.hash.text(platform.hash.array(found.sessionToken));
  access.credentials = found;
  access.due = renewalDue(now, found.expires, platform.random.fraction());
  platform.console.print("  credentials from AWS IoT, good until " + new Date(found.expires).toISOString());
  return undefined;
}
