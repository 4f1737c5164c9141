// device.put and device.get: arguments, defaults, and the line at the end.
import type { Done, Failure } from "../flow/failure";
import type { Progress } from "../flow/progress";
import { bytesText } from "../flow/progress";
import { borrow, withModule } from "../flow/withModule";
import type * as basic from "../modules/basic";
import type * as confirm from "../modules/confirm";
import type * as down from "../modules/down";
import type * as parts from "../modules/parts";
import type * as putopts from "../modules/putopts";
import type * as todo from "../modules/todo";
import type { Platform } from "../platform/ports";
import { encryptionHeaders } from "../s3/encryption";
import type { GetResult } from "../s3/get";
import type { UploadPlan } from "../s3/journal";
import type { MultipartResult } from "../s3/multipart/upload";
import type { PutOptions, PutResult } from "../s3/put";
import { putObject } from "../s3/put";
import type { PutChoice } from "../s3/putOptions";
import type { S3Access } from "../s3/signedRequest";
import { keyFault, pathFault } from "./arguments";
import type { Context } from "./context";
import type { Values } from "./settings/check";

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
    if (withModule<typeof confirm, PutResult>(platform, "confirm", (module, told) => module.confirm(platform, access, put, sent, told), done as Done<PutResult>)) done(undefined, Object.assign(put, { verified: false }));
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

/** What the arguments of put come to; a failure names what is wrong with them. */
function chosen(platform: Platform, s3: Values, options: any): PutChoice | Failure {
  const plan: UploadPlan = { signed: s3.payload != "unsigned", headers: [], conditions: [] };
  const choice: PutChoice = { plan: plan, multipart: undefined, partSize: 0 };
  const told = s3.encryption && s3.encryption.context;
  if (options || told) {
    const read = borrow<typeof putopts, PutChoice | Failure>(platform, "putopts", (module) => module.readPutOptions(options, s3));
    // Without the module in flash this one is known all the same.
    if (!("code" in read) || read.code != "storage" || told || !options.payload || Object.keys(options).length > 1) return read;
    plan.signed = options.payload != "unsigned";
  }
  plan.headers = encryptionHeaders(s3.encryption);
  return choice;
}

/** The key that a file goes to unless one is given. */
function keyOf(s3: Values, path: string): string {
  return (s3.prefix || "") + baseName("" + path);
}

function putFault(platform: Platform, s3: Values, path: string, key: string | undefined, options: any): Failure | undefined {
  const example = 'device.put("log.txt")';
  const fault = pathFault(path, platform.files.longestPath, example) || keyFault(key || keyOf(s3, path), example);
  const choice = fault || chosen(platform, s3, options);
  return "code" in choice ? choice : undefined;
}

/**
 * Uploads `path`; `key` defaults to s3.prefix and the file's name. Options and uploads in parts are modules; without them in flash a file
 * of any size goes up in one piece. The arguments are read twice: what they come to would be held while credentials are fetched, and that is
 * when TLS takes most.
 */
export function put(
  platform: Platform, context: Context, path: string, key: string | undefined, options: any,
  started: (progress: Progress) => void, done: Done<PutResult & Transferred>,
): void {
  const fault = putFault(platform, context.settings()["s3"] || {}, path, key, options);
  if (fault) return done(fault);
  context.ready(function (failed, access) {
    if (failed) return done(failed);
    const s3: Values = access!.settings;
    const choice = chosen(platform, s3, options);
    if ("code" in choice) done(choice);
    else send(platform, access!, path, key || keyOf(s3, path), choice, s3.multipartOver || MULTIPART_OVER, started, done);
  });
}

/** Downloads `key`; `path` defaults to its last part. Without the module `down` it is a plain download, and there are no options. */
export function get(
  platform: Platform, context: Context, key: string, path: string | undefined, options: any,
  started: (progress: Progress) => void, done: Done<GetResult & Transferred>,
): void {
  const name = path || baseName("" + key);
  const ended: Done<GetResult & Partial<Transferred>> = function (refused, result) {
    done(refused, result && Object.assign({ seconds: 0, resumed: false }, result));
  };
  const example = 'device.get("firmware.bin")';
  const fault = keyFault(key, example) || pathFault(name, platform.files.longestPath, example);
  if (fault) return done(fault);
  const missing = withModule<typeof down, GetResult>(platform, "down", function (module, told) {
    const wrong = module.wantedFault(options);
    if (wrong) return told(wrong);
    context.ready(function (refused, access) {
      if (refused) told(refused);
      else module.download(platform, access!, key, name, options, started, told);
    });
  }, ended);
  if (missing && (options || context.settings()["verify"])) done(missing);
  else if (missing) {
    context.ready(function (refused, access) {
      if (refused) done(refused);
      else withModule<typeof basic, GetResult>(platform, "basic", (module, told) => module.getObject(platform, access!, key, name, started, told), ended);
    });
  }
}

/** The one line at the end of a transfer. */
export function transferLine(what: string, result: { size: number; etag: string }, seconds: number): string {
  const rate = seconds > 0 ? ", " + bytesText(result.size / seconds) + "/s" : "";
  return what + ": " + result.size + " bytes in " + seconds.toFixed(1) + " s" + rate + ", etag " + result.etag;
}
