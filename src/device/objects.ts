// device.head, device.list and device.remove: arguments, and the lines they print.
import { failure } from "../flow/failure";
import type { Failure } from "../flow/failure";
import type { Platform } from "../platform/ports";
import { headObject } from "../s3/head";
import type { HeadResult } from "../s3/head";
import { listObjects } from "../s3/list";
import type { ListEntry } from "../s3/listXml";
import { removeObject } from "../s3/remove";
import { keyFault } from "./arguments";
import type { SeldomCommand } from "./seldom";
import { isWhole, optionFault } from "./options";

/** Variables that are left free: the connection needs some. */
const SPARE = 300;

/** Entries that a list holds unless told otherwise: some 15 to 30 variables each. */
const HELD = 20;

function headLines(head: HeadResult): string[] {
  const lines = ["head " + head.key + ": " + head.size + " bytes, modified " + head.modified + ", etag " + head.etag];
  const more: string[] = [];
  if (head.contentType) more.push(head.contentType);
  if (head.storageClass) more.push(head.storageClass);
  if (head.encryption) more.push(head.encryption + (head.encryptionKey ? " " + head.encryptionKey : ""));
  if (head.versionId) more.push("version " + head.versionId);
  if (more.length) lines.push("  " + more.join(", "));
  for (const name in head.metadata) lines.push("  " + name + ": " + head.metadata[name]);
  return lines;
}

/** device.head(key). */
export const headCommand: SeldomCommand = function (services, started, done, key) {
  const fault = keyFault(key, 'device.head("log.txt")');
  if (fault) return done(fault);
  services.context.ready(function (failed, access) {
    if (failed) return done(failed);
    headObject(services.platform, access!, key, function (refused, result) {
      if (refused) return done(refused);
      for (const line of headLines(result!)) services.platform.console.print(line);
      done(undefined, result);
    });
  }, true);
};

function listFault(prefix: unknown, options: any): Failure | undefined {
  if (prefix !== undefined && typeof prefix != "string") return failure("argument", "The prefix is not a text", 'For example device.list("logs/")');
  if (options !== undefined && (!options || typeof options != "object")) return failure("argument", "The options are not an object", 'For example device.list("logs/",{max:100})');
  const fault = optionFault(options, ["max", "delimiter", "each"]);
  if (fault || !options) return fault;
  if (options.max !== undefined && !isWhole(options.max, 1, 1000000)) return failure("argument", "The option max is not a whole number from 1 on", "It is the number of entries after which the list stops.");
  if (options.delimiter !== undefined && (typeof options.delimiter != "string" || options.delimiter == "")) return failure("argument", "The option delimiter is not a text", 'For example {delimiter:"/"}');
  if (options.each !== undefined && typeof options.each != "function") return failure("argument", "The option each is not a function", "It is called with each entry, and nothing is held then.");
  return undefined;
}

function entryLine(entry: ListEntry): string {
  return entry.key === undefined ? "  " + entry.prefix : "  " + entry.key + "  " + entry.size + " bytes  " + entry.modified;
}

/** Counting collects garbage first: only every fifth entry asks. */
function isFull(platform: Platform, count: number): boolean {
  if (count % 5) return false;
  const variables = platform.memory.variables();
  return variables.total - variables.used < SPARE;
}

/**
 * device.list(prefix?, {max, delimiter, each}): prints and holds `max` entries, 20 unless given, fewer where memory ends. With `each` no entry is printed or held:
 * they go to that function, all of them unless `max` is given.
 */
export const listCommand: SeldomCommand = function (services, started, done, prefix, options) {
  const fault = listFault(prefix, options);
  if (fault) return done(fault);
  const each: ((entry: ListEntry) => void) | undefined = options && options.each;
  const most: number = (options && options.max) || (each ? 0 : HELD);
  const print = services.platform.console.print;
  const held: ListEntry[] = [];
  let count = 0;
  let broken: Failure | undefined;
  let full = false;

  function found(entry: ListEntry): boolean {
    count++;
    if (each) {
      try {
        each(entry);
      } catch (error) {
        broken = failure("argument", "The function each threw: " + error, "It was called with {key,size,modified,etag}, or {prefix} with a delimiter.");
      }
      return !!broken;
    }
    print(entryLine(entry));
    held.push(entry);
    full = isFull(services.platform, count);
    return full;
  }

  services.context.ready(function (failed, access) {
    if (failed) return done(failed);
    const wanted = { prefix: prefix || "", delimiter: (options && options.delimiter) || "", most: most };
    listObjects(services.platform, access!, wanted, found, function (refused, more) {
      if (refused || broken) return done(refused || broken);
      print("list " + (prefix || "") + ": " + count + (count == 1 ? " entry" : " entries") + (!more ? "" : ", and THERE ARE MORE: " + (full ? "memory ends here; give a longer prefix, or {each:function(entry){...}}, which holds none" : "give a longer prefix or a larger max")));
      done(undefined, held);
    });
  }, true);
};

/** device.remove(key). */
export const removeCommand: SeldomCommand = function (services, started, done, key) {
  const fault = keyFault(key, 'device.remove("log.txt")');
  if (fault) return done(fault);
  services.context.ready(function (failed, access) {
    if (failed) return done(failed);
    removeObject(services.platform, access!, key, function (refused, result) {
      if (refused) return done(refused);
      const said = result!.deleteMarker
        ? "a delete marker hides it now (version " + result!.versionId + "); its versions stay"
        : "it is not there now; whether it was, S3 does not say";
      services.platform.console.print("remove " + key + ": " + said);
      done(undefined, result);
    });
  }, true);
};
