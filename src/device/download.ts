// A download, verified by a manifest where options or settings ask for it. In the module down.
import { failure } from "../flow/failure";
import type { Done, Failure } from "../flow/failure";
import type { Progress } from "../flow/progress";
import { withModule } from "../flow/withModule";
import type * as blocks from "../modules/blocks";
import type * as manifest from "../modules/manifest";
import type { Platform } from "../platform/ports";
import { download } from "../s3/downloads/download";
import type { DownloadResult } from "../s3/downloads/download";
import type { Wanted } from "../s3/downloads/range";
import type { DownloadRecord } from "../s3/downloads/record";
import type { S3Access } from "../s3/signedRequest";
import type { Manifest } from "../verify/manifest";
import { verifyRequired } from "./required";

/** With `version` where a manifest vouched for it. */
export interface ObjectResult extends DownloadResult {
  version?: number;
}

function verified(
  platform: Platform, access: S3Access, key: string, path: string, options: Wanted, facts: Manifest, started: (progress: Progress) => void, done: Done<ObjectResult>,
): Failure | undefined {
  return withModule<typeof blocks, ObjectResult>(platform, "blocks", function (module, told) {
    download(platform, access, key, path, options, started, function (failed, result) {
      if (!failed) (result as ObjectResult).version = facts.version;
      told(failed || module.arrived(platform, facts, path, options.image), result);
    }, module.blockCheck(platform, facts));
  }, done);
}

/** `download` of s3, and what verification adds. Failures: verify, argument and those of `download`. */
export function downloadObject(
  platform: Platform, access: S3Access, key: string, path: string, options: Wanted | undefined,
  started: (progress: Progress) => void, done: Done<ObjectResult>,
): void {
  const wanted: Wanted = options || {};
  if (!wanted.verify && !verifyRequired(platform)) return download(platform, access, key, path, options, started, done);
  if (wanted.first !== undefined || wanted.length !== undefined) {
    return done(failure("argument", "A part of an object cannot be verified", "Leave out first and length, or verify (settings: verify.required)."));
  }
  const manifestKey = typeof wanted.verify == "string" ? wanted.verify : key + ".manifest";
  const missing = withModule<typeof manifest, Manifest>(platform, "manifest", (module, told) => module.fetchManifest(platform, access, key, manifestKey, !!wanted.image, told), function (failed, facts) {
    if (failed) return done(failed);
    // From a timer: the stack is small.
    platform.timers.after(0, function () {
      const lacking = verified(platform, access, key, path, wanted, facts!, started, done);
      if (lacking) done(lacking);
    });
  });
  if (missing) done(missing);
}

/** Goes on with one of `unfinishedDownloads`. */
export function continueDownload(
  platform: Platform, access: S3Access, record: DownloadRecord, started: (progress: Progress) => void, done: Done<ObjectResult>,
): void {
  downloadObject(platform, access, record.key, record.path, record.wanted, started, done);
}
