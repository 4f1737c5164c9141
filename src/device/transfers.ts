// device.put and device.get: arguments, defaults, and the line at the end.
import { toUtf8 } from "../bytes/utf8";
import { failure } from "../flow/failure";
import type { Done, Failure } from "../flow/failure";
import type { Progress } from "../flow/progress";
import { bytesText } from "../flow/progress";
import { withModule } from "../flow/withModule";
import type * as confirm from "../modules/confirm";
import type * as down from "../modules/down";
import type * as parts from "../modules/parts";
import type * as putopts from "../modules/putopts";
import type * as todo from "../modules/todo";
import type { Platform } from "../platform/ports";
import { encryptionHeaders } from "../s3/encryption";
import type { GetResult } from "../s3/get";
import { getObject } from "../s3/get";
import type { UploadPlan } from "../s3/journal";
import type { MultipartResult } from "../s3/multipart/upload";
import type { PutOptions, PutResult } from "../s3/put";
import { putObject } from "../s3/put";
import type { PutChoice } from "../s3/putOptions";
import type { S3Access } from "../s3/signedRequest";
import type { Context } from "./context";

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

/** A file position is 32 bits wide with its sign: what lies beyond can only be read in one go. */
const SEEKABLE = 2147483647;

type PutDone = Done<PutResult & Transferred>;

/** What is held while an upload goes on is little: these functions hand on what is needed, and nothing that was around them before. */
function confirmed(platform: Platform, access: S3Access, sent: PutOptions | undefined, done: PutDone): Done<PutResult & { resumed?: boolean }> {
  return function (refused, result) {
    if (refused) return done(refused);
    const put = Object.assign({ seconds: 0, resumed: false }, result!);
    if (withModule<typeof confirm, PutResult>(platform, "confirm", (module, told) => module.confirm(platform, access, put, sent, told), done as Done<PutResult>)) done(undefined, put);
  };
}

function single(platform: Platform, access: S3Access, path: string, key: string, plan: UploadPlan, started: (progress: Progress) => void, done: PutDone): void {
  const sent: PutOptions = { signed: plan.signed, headers: plan.headers.concat(plan.conditions) };
  access.persist<PutResult>((told) => putObject(platform, access, path, key, sent, started, told), confirmed(platform, access, sent, done));
}

/** Chooses one piece or parts. `over`: files beyond so many bytes go up in parts. */
function send(platform: Platform, access: S3Access, path: string, key: string, choice: PutChoice, over: number, started: (progress: Progress) => void, done: PutDone): void {
  const info = platform.files.stat(path);
  const size = info ? info.size : 0;
  const wanted = choice.multipart;
  const inParts = size > 0 && size <= SEEKABLE && (wanted === undefined ? size > over : wanted);

  function go(fault?: Failure): void {
    if (!fault && inParts) {
      const missing = withModule<typeof parts, MultipartResult>(
        platform, "parts", (module, told) => module.putMultipart(platform, access, path, key, choice.plan, choice.partSize, started, told), confirmed(platform, access, undefined, done),
      );
      if (!missing) return;
      if (wanted) fault = missing;
    }
    if (fault) done(fault);
    else single(platform, access, path, key, choice.plan, started, done);
  }

  // What other transfers left unfinished may stand in the way.
  if (!platform.flash.list("s3.").length || withModule<typeof todo, void>(platform, "todo", (module, told) => module.beforePut(platform, access, path, key, inParts, told), go)) go();
}

/**
 * Uploads `path`; `key` defaults to s3.prefix and the file's name. Options and uploads in parts are modules; without them in flash a file
 * of any size goes up in one piece.
 */
export function put(
  platform: Platform, context: Context, path: string, key: string | undefined, options: any,
  started: (progress: Progress) => void, done: Done<PutResult & Transferred>,
): void {
  const modules = platform.modules;
  const s3 = context.settings()["s3"] || {};
  const name = key || (s3.prefix || "") + baseName("" + path);
  let fault = argumentFault(path, name, platform.files.longestPath);
  const plan: UploadPlan = { signed: s3.payload != "unsigned", headers: [], conditions: [] };
  let choice: PutChoice = { plan: plan, multipart: undefined, partSize: 0 };
  const told = s3.encryption && s3.encryption.context;
  if (options || told) {
    const loaded = modules.load<typeof putopts>("putopts");
    if (loaded.module) {
      const read = loaded.module.readPutOptions(options, s3);
      modules.release("putopts");
      if ("code" in read) fault = fault || read;
      else choice = read;
    } else if (!told && options.payload && Object.keys(options).length == 1) plan.signed = options.payload != "unsigned";
    else fault = fault || loaded.failed;
  }
  if (fault) return done(fault);
  if (choice.plan == plan) plan.headers = encryptionHeaders(s3.encryption);

  context.ready(function (failed, access) {
    if (failed) done(failed);
    else send(platform, access!, path, name, choice, s3.multipartOver || MULTIPART_OVER, started, done);
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
