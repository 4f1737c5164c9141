// A download, verified by a manifest where options or settings ask for it. In the module down.
import { failure } from "../flow/failure";
import type { Done, Failure } from "../flow/failure";
import type { Progress } from "../flow/progress";
import { borrow, withModule } from "../flow/withModule";
import type * as blocks from "../modules/blocks";
import type * as manifest from "../modules/manifest";
import type { Platform } from "../platform/ports";
import { download } from "../s3/downloads/download";
import type { DownloadResult } from "../s3/downloads/result";
import { strideOf } from "../s3/downloads/stride";
import type { Wanted } from "../s3/downloads/range";
import { downloadName } from "../s3/downloads/record";
import type { DownloadRecord } from "../s3/downloads/record";
import { eraseJournal } from "../s3/journal";
import { PIECE } from "../s3/landing";
import type { S3Access } from "../s3/signedRequest";
import { MANIFEST } from "../verify/blocks";
import type { Manifest } from "../verify/manifest";
import { verifyRequired } from "./required";

/** With `version` where a manifest vouched for it. */
export interface ObjectResult extends DownloadResult {
  version?: number;
}

function silent(): void {}

/** Downloads what the manifest `facts` vouches for. The module blocks is there all the time only where a block fits beside the connection. */
function verified(
  platform: Platform, access: S3Access, key: string, path: string, options: Wanted, facts: Manifest, started: (progress: Progress) => void, done: Done<ObjectResult>,
): Failure | undefined {
  const ended: Done<ObjectResult> = function (failed, result) {
    if (failed) return done(failed);
    result!.version = facts.version;
    done(borrow<typeof blocks, Failure | undefined>(platform, "blocks", (module) => module.arrived(platform, facts, path, options.image)), result);
  };
  if (strideOf(platform) == PIECE) {
    return withModule<typeof blocks, ObjectResult>(platform, "blocks", (module, told) => download(platform, access, key, path, options, started, told, module.blockCheck(platform, facts)), ended);
  }
  download(platform, access, key, path, options, started, ended, {
    size: facts.size,
    reread: function (place, from, to, told) {
      const missing = withModule<typeof blocks, void>(platform, "blocks", (module, checked) => module.blockCheck(platform, facts).reread(place, from, to, checked), told);
      if (missing) told(missing);
    },
  });
  return undefined;
}

/** `download` of s3, and what verification adds. Failures: verify, argument and those of `download`. */
export function downloadObject(
  platform: Platform, access: S3Access, key: string, path: string, options: Wanted | undefined,
  started: (progress: Progress) => void, done: Done<ObjectResult>,
): void {
  const wanted: Wanted = options || {};
  if (path == MANIFEST || (!wanted.verify && !verifyRequired(platform))) return download(platform, access, key, path, options, started, done);
  if (wanted.first !== undefined || wanted.length !== undefined) {
    return done(failure("argument", "A part of an object cannot be verified", "Leave out first and length, or verify (settings: verify.required)."));
  }
  const manifestKey = typeof wanted.verify == "string" ? wanted.verify : key + ".manifest";
  // Or it would wait where another download may wait.
  platform.files.remove(MANIFEST);
  download(platform, access, manifestKey, MANIFEST, undefined, silent, function (failed) {
    if (failed) {
      // It is fetched anew each time.
      platform.files.remove(MANIFEST);
      eraseJournal(platform, downloadName(platform, access.settings.bucket, manifestKey, MANIFEST), 0);
      failed.hint = "The file needs a manifest, " + manifestKey + ". " + failed.hint;
      return done(failed);
    }
    // From a timer: until the event that told it is over, all of the connection is held.
    platform.timers.after(0, function () {
      const facts = borrow<typeof manifest, Manifest | Failure>(platform, "manifest", (module) => module.manifestOf(platform, key, !!wanted.image));
      const lacking = "code" in facts ? facts : verified(platform, access, key, path, wanted, facts, started, done);
      if (lacking) done(lacking);
    });
  });
}

/** Goes on with one of `unfinishedDownloads`. */
export function continueDownload(
  platform: Platform, access: S3Access, record: DownloadRecord, started: (progress: Progress) => void, done: Done<ObjectResult>,
): void {
  downloadObject(platform, access, record.key, record.path, record.wanted, started, done);
}
