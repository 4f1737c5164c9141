// device.put and device.get: arguments, defaults, and the line at the end.
import { toUtf8 } from "../bytes/utf8";
import { failure } from "../flow/failure";
import type { Done, Failure } from "../flow/failure";
import type { Progress } from "../flow/progress";
import { bytesText } from "../flow/progress";
import type * as confirm from "../modules/confirm";
import type * as down from "../modules/down";
import type * as upload from "../modules/upload";
import type { Platform } from "../platform/ports";
import { encryptionHeaders } from "../s3/encryption";
import type { GetResult } from "../s3/get";
import { getObject } from "../s3/get";
import type { PutOptions, PutResult } from "../s3/put";
import { putObject } from "../s3/put";
import type { Context } from "./context";
import { withModule } from "./persist";

/** What every transfer's result says beside its own. */
export interface Transferred {
  /** From the command to its end. */
  seconds: number;
  /** True if it went on from an earlier, interrupted transfer. */
  resumed: boolean;
}

/** The name at the end of a path or key. */
export function baseName(path: string): string {
  return path.substr(path.lastIndexOf("/") + 1);
}

function argumentFault(path: string, key: string, longestPath: number): Failure | undefined {
  if (typeof path != "string" || path == "" || path[path.length - 1] == "/") return failure("argument", "A path on the card is missing", 'For example device.put("log.txt")');
  if (toUtf8(path).length > longestPath) return failure("argument", "The path is longer than " + longestPath + " bytes", "Give a shorter path.");
  if (typeof key != "string" || key == "") return failure("argument", "A key is missing", 'For example device.get("firmware.bin")');
  if (toUtf8(key).length > 1024) return failure("argument", "The key is longer than 1,024 bytes", "s3.prefix counts as well.");
  return undefined;
}

/** A failure if `options` has a member that is not `known`. */
export function optionFault(options: any, known: string[]): Failure | undefined {
  for (const name in options) {
    if (known.indexOf(name) < 0) return failure("argument", "There is no option " + name, known.length ? "Known options: " + known.join(", ") : "This command takes no options.");
  }
  return undefined;
}

/** Larger files go up in parts, so that a cut costs one part at most. Bytes. */
export const MULTIPART_OVER = 8388608;

/**
 * Uploads `path`; `key` defaults to s3.prefix and the file's name. Options, a KMS context, large files and unfinished transfers are the
 * module's; without it in flash a file of any size goes up in one piece.
 */
export function put(
  platform: Platform, context: Context, path: string, key: string | undefined, options: any,
  started: (progress: Progress) => void, done: Done<PutResult & Transferred>,
): void {
  const s3 = context.settings()["s3"] || {};
  const name = key || (s3.prefix || "") + baseName("" + path);
  const fault = argumentFault(path, name, platform.files.longestPath);
  if (fault) return done(fault);

  const inModule = () => withModule<typeof upload, PutResult & Transferred>(
    platform, "upload", (module, ended) => module.upload(platform, context, path, name, options, started, ended), done,
  );
  const payload = (options && options.payload) || s3.payload || "signed";
  let seldom = s3.encryption && s3.encryption.context;
  for (const option in options) if (option != "payload" || (payload != "signed" && payload != "unsigned")) seldom = true;
  if (seldom) {
    const missing = inModule();
    if (missing) done(missing);
    return;
  }
  context.ready(function (failed, access) {
    if (failed) return done(failed);
    const info = platform.files.stat(path);
    if (((info && info.size > (s3.multipartOver || MULTIPART_OVER)) || platform.flash.list("s3.").length) && !inModule()) return;
    const sent: PutOptions = { signed: payload == "signed", headers: encryptionHeaders(s3.encryption) };
    access!.persist<PutResult>(function (ended) {
      putObject(platform, access!, path, name, sent, started, ended);
    }, function (refused, result) {
      if (refused) return done(refused);
      const put = Object.assign(result!, { seconds: 0, resumed: false });
      if (withModule<typeof confirm, PutResult>(platform, "confirm", (module, ended) => module.confirm(platform, access!, put, sent, ended), done as Done<PutResult>)) done(undefined, put);
    });
  });
}

/** Downloads `key`; `path` defaults to its last part. Without the module `down` it is a plain download, and there are no options. */
export function get(
  platform: Platform, context: Context, key: string, path: string | undefined, options: any,
  started: (progress: Progress) => void, done: Done<GetResult & Transferred>,
): void {
  const name = path || baseName("" + key);
  const { module, failed } = platform.modules.load<typeof down>("down");
  function ended(refused: Failure | undefined, result?: GetResult): void {
    if (module) platform.modules.release("down");
    done(refused, result && Object.assign({ seconds: 0, resumed: false }, result));
  }
  const fault = argumentFault(name, key, platform.files.longestPath) || (module ? module.wantedFault(options) : options && failed);
  if (fault) return ended(fault);
  context.ready(function (refused, access) {
    if (refused) return ended(refused);
    if (module) module.download(platform, access!, key, name, options, started, ended);
    else getObject(platform, access!, key, name, started, ended);
  });
}

/** The one line at the end of a transfer. */
export function transferLine(what: string, result: { size: number; etag: string }, seconds: number): string {
  const rate = seconds > 0 ? ", " + bytesText(result.size / seconds) + "/s" : "";
  return what + ": " + result.size + " bytes in " + seconds.toFixed(1) + " s" + rate + ", etag " + result.etag;
}
