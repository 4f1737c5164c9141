// Between two uploads of the log shipper: what became of the last one, and what comes next.
import { failure } from "../flow/failure";
import type { Done, Failure } from "../flow/failure";
import { withModule } from "../flow/withModule";
import type { Response } from "../http/response";
import type { FileInfo } from "../platform/ports";
import { entryOf, nameOf, timeOf } from "../logs/batch";
import { logKey } from "../logs/key";
import { addMark, findMark, fingerprint, markDone, markGone, markSent } from "../logs/marks";
import type { Mark, Marks } from "../logs/marks";
import type * as shiptell from "../modules/shiptell";
import { ask, step as request } from "../s3/ask";
import { changed } from "../s3/changed";
import type { S3Access } from "../s3/signedRequest";
import type { Services } from "./seldom";
import { marksOf, shipRules } from "./shipRules";
import type { ShipRules } from "./shipRules";
import { QUEUE } from "./shipState";
import type { Order, ShipState, ShipTask } from "./shipState";
import { transferLine } from "./transfers";

/** A file that says to be older, milliseconds, was written by a board without a clock: its time tells nothing. */
const NO_CLOCK = 1577836800000;
/** Failures that are kept for status(). */
const REASONS = 5;

interface Work {
  services: Services;
  state: ShipState;
  rules: ShipRules;
  marks: Marks | undefined;
  done: Done<Order>;
  /** The log that is dealt with, as it was when it was sent, and its key. */
  path: string;
  key: string;
  info: FileInfo;
}

/** The object says which version of the file it is. */
function stamp(modified: number): string {
  return new Date(modified).toISOString();
}

/** One log failed; the others go on. */
function note(work: Work, failed: Failure): void {
  const { state } = work;
  const print = work.services.platform.console.print;
  print("  " + work.path + ": " + failed.message);
  print("  " + failed.hint);
  state.bad++;
  state.why.push((work.path + ": " + failed.message).substr(0, 120));
  if (state.why.length > REASONS) state.why.shift();
}

function markOf(work: Work): Mark | undefined {
  const { marks, state } = work;
  return marks && findMark(marks, fingerprint(marks, work.path, work.info));
}

/** The log is on S3, confirmed: it may go, if it is still the one that was sent. */
function remove(work: Work, mark: Mark | undefined): void {
  const { state } = work;
  const platform = work.services.platform;
  const path = work.path;
  const file = platform.files.open(path, "r");
  let more = false;
  if (file) {
    // What is appended shows here sooner than in the directory.
    file.seek(work.info.size);
    more = file.read(1) != "";
    file.close();
  }
  if (changed(platform, path, work.info, more)) platform.console.print("  " + path + " was changed after it was sent: it stays");
  else if (!platform.files.remove(path)) note(work, failure("card", "S3 has " + path + ", and the card does not let it go", "Is the card write protected, or the file? It is not sent again."));
  else if (mark) markGone(work.marks!, mark);
}

function confirmed(work: Work): void {
  const { state, rules } = work;
  state.sent++;
  state.sum += work.info.size;
  const mark = markOf(work);
  const noted = !!mark && markDone(work.marks!, mark);
  if (!rules.keep) remove(work, mark);
  else if (!noted) state.stop = noFlash();
}

function noFlash(): Failure {
  return failure("storage", "The flash does not take the mark of a log that was sent", "Erase files from Storage that are not needed: without marks every log would be sent again and again.");
}

/** Sets which log it is: the one of state.log. */
function take(work: Work, info: FileInfo): void {
  const rules = work.rules;
  const name = nameOf(work.state.log);
  work.path = rules.directory + name;
  work.info = info;
  work.key = rules.prefix + logKey(rules.template, rules.thing, name, info);
}

/** S3 took it, and does not say what it has. */
function unconfirmed(work: Work): void {
  const mark = markOf(work);
  if (mark) markSent(work.marks!, mark);
  note(work, failure("s3", "S3 took it and could not be asked what it has: it stays on the card", "Allow s3:GetObject under s3.prefix. It is not sent again, only asked for."));
}

/** The next log need not fail for the same reason. */
function isOfThisLog(work: Work, failed: Failure): boolean {
  const code = failed.code;
  if (code == "file-changed" || code == "file-missing" || code == "argument") return true;
  if (code == "card") return work.services.platform.files.stat(work.path) !== undefined;
  if (code != "s3") return false;
  const answer = failed.cause;
  return !answer || "EntityTooLarge EntityTooSmall KeyTooLongError BadDigest InvalidPart InvalidPartOrder NoSuchUpload IncompleteBody XAmzContentSHA256Mismatch".split(" ").indexOf(answer.code) >= 0;
}

/** What became of the upload that has just ended. */
function conclude(work: Work): void {
  const { state } = work;
  const { flaw: failed, got: result } = state;
  state.flaw = state.got = undefined;
  take(work, { size: result ? result.size : 0, modified: timeOf(state.log) });
  if (failed && isOfThisLog(work, failed)) note(work, failed);
  else if (failed) {
    state.stop = failed;
    state.left++;
  } else if (result!.verified === false) unconfirmed(work);
  else {
    work.services.platform.console.print(transferLine("ship " + work.path + " as " + work.key, result!, (work.services.platform.clock.ticks() - state.from) / 1000));
    confirmed(work);
  }
  state.from = 0;
}

/** A run ends: a line, and a message where one is wanted. */
function finish(work: Work): void {
  const { state } = work;
  function end(): void {
    work.done(state.stop, state.stop ? undefined : { result: { shipped: state.sent, failed: state.bad, left: state.left, bytes: state.sum, seconds: 0 } });
  }
  if (withModule<typeof shiptell, void>(work.services.platform, "shiptell", (module, told) => module.report(work.services, state, work.rules.topic, told), end)) end();
}

function upload(work: Work, mark: Mark | undefined): void {
  const { state, rules, marks, services } = work;
  if (!mark && !(marks && addMark(marks, fingerprint(marks, work.path, work.info)))) {
    if (rules.keep) {
      state.stop = noFlash();
      state.left++;
      return next(work);
    }
    services.platform.console.print("  flash takes no mark: after a reset this log may be sent twice");
  }
  state.from = services.platform.clock.ticks();
  work.done(undefined, { path: work.path, key: work.key, options: { metadata: { modified: stamp(work.info.modified) } } });
}

/** An earlier run began to send it, and did not learn its end: S3 is asked first. */
function lookFor(work: Work, mark: Mark): void {
  const { state, services } = work;
  const platform = services.platform;
  services.context.ready(function (failed, access) {
    if (failed) return stop(work, failed);
    request<Response>(platform, access as S3Access, function (ended) {
      ask(platform, access!, { method: "HEAD", key: work.key, query: [], headers: [], text: "", keep: "x-amz-meta-modified" }, function () {}, ended);
    }, function (refused, response) {
      const status = refused && refused.cause ? refused.cause.status : 0;
      if (!refused) {
        const headers = response!.headers;
        if (headers["content-length"] != "" + work.info.size || headers["x-amz-meta-modified"] != stamp(work.info.modified)) return upload(work, mark);
        platform.console.print("ship " + work.path + ": S3 has it already as " + work.key);
        confirmed(work);
        return goOn(work);
      }
      // 400: for one, a key that is too long. HEAD has no words for it, PUT has.
      if (status == 404 || status == 400 || (status == 403 && !mark.sent)) return upload(work, mark);
      if (status != 403) return stop(work, refused);
      unconfirmed(work);
      goOn(work);
    });
  }, true);
}

function stop(work: Work, failed: Failure): void {
  work.state.stop = failed;
  work.state.left++;
  goOn(work);
}

/** The next step from a timer: the stack is small. */
function goOn(work: Work): void {
  work.path = "";
  work.done(undefined, {});
}

/** Takes the next entry of the batch. */
function next(work: Work): void {
  const { state, rules, services } = work;
  const platform = services.platform;
  const text = state.text === undefined ? platform.flash.read(QUEUE) || "" : state.text;
  const end = text.indexOf("\n", state.at);
  if (state.stop || state.most <= 0) return finish(work);
  if (end < 0) {
    if (state.left <= 0 || state.at == 0) return finish(work);
    state.next = "shipscan";
    return goOn(work);
  }
  // A copy: what is cut out of flash is gone with the record.
  state.log = (" " + text.substring(state.at, end)).substr(1);
  state.at = end + 1;
  state.left--;
  const name = nameOf(state.log);
  const path = rules.directory + name;
  const info = platform.files.stat(path);
  take(work, info || { size: 0, modified: 0 });
  if (!info) {
    if (++state.gone > 2) return stop(work, failure("card", "The card shows none of the logs that it listed", "Is it in?"));
    note(work, failure("file-missing", "The card does not show it any more", "Was it removed, or the card?"));
    return goOn(work);
  }
  state.gone = 0;
  // It was changed since it was found: whoever writes it may not be done.
  if (entryOf(name, info.modified) != state.log) return goOn(work);
  state.most--;
  const mark = markOf(work);
  if (!mark || info.modified < NO_CLOCK) return upload(work, mark);
  if (!mark.done) return lookFor(work, mark);
  platform.console.print("  " + path + " was confirmed before, and goes now");
  remove(work, mark);
  goOn(work);
}

/** Deals with the last upload, then tells what comes next. */
export const shipStep: ShipTask = function (services, state, done) {
  const rules = shipRules(services);
  if ("code" in rules) return done(state.stop || rules);
  // Hashes need a run of free variables.
  services.platform.memory.tidy();
  const work: Work = { services: services, state: state, rules: rules, marks: marksOf(services, rules), done: done, path: "", key: "", info: { size: 0, modified: 0 } };
  if (state.flaw || state.got) {
    conclude(work);
    if (!state.stop) return goOn(work);
  }
  next(work);
};
