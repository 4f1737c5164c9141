// What is done when something happens about jobs and messages with work: loaded for one event, let go after it. What is known between
// events is in flash and in IotState.
import { find } from "../bytes/find";
import { utf8Json } from "../bytes/utf8Json";
import { borrow } from "../flow/withModule";
import { afterRefusal, executionOf, fresh, FRESH_URLS, parsed, readOrder, readRecord, recordText, refusal, STARTS } from "../iot/jobs";
import type { Order, WorkRecord } from "../iot/jobs";
import type { IotState } from "../iot/state";
import type * as iqueue from "../modules/iqueue";
import { publish } from "../mqtt/ask";
import { ACTIVE } from "../mqtt/session";
import type { Platform } from "../platform/ports";
import type { JobEvent, Outcome, Task } from "./jobTypes";

/** The record of the work under way; the messages that wait are "in." and six digits. */
const RECORD = "job", MESSAGES = "in.";
/** Messages that are kept. */
const MOST_WAITING = 8;

/** Variables that reading a message as JSON takes, and bytes of it for each more. */
const PARSE = 60, BYTES = 5;

/** Asks the service; the answer is known by its token. QoS 0: what gets no answer is asked again here, and nothing stays in the session. */
function ask(platform: Platform, state: IotState, operation: string, request: any): void {
  const jobs = state.jobs!;
  if (state.phase != "up") return;
  jobs.connection = state.connects;
  jobs.isNews = false;
  jobs.token = request.clientToken = "t" + Math.floor(platform.random.fraction() * 1000000000);
  publish(state.session, state.link!, { topic: jobs.root + operation, payload: utf8Json(request), qos: 0 });
}

/** Tells the service how a job ended. */
function report(platform: Platform, state: IotState, record: WorkRecord): void {
  ask(platform, state, record.id + "/update", record.isRefused ? { status: record.status } : { status: record.status, expectedVersion: record.version, statusDetails: record.details });
}

/** Writes the record; what flash does not take has failed, and is told at once. */
function keep(platform: Platform, state: IotState, record: WorkRecord): boolean {
  if (platform.flash.write(RECORD, recordText(record))) return true;
  platform.flash.erase(RECORD);
  record.status = "FAILED";
  record.details = { code: "storage", message: "The flash of the board is full" };
  if (record.id) report(platform, state, record);
  else if (answerMessage(platform, state, record)) platform.flash.erase(record.message);
  return false;
}

/** Puts the result of a message into the queue; false if that is full. */
function answerMessage(platform: Platform, state: IotState, record: WorkRecord): boolean {
  const message = parsed(platform.flash.read(record.message)) || {};
  const told: any = { status: record.status, operation: message.operation, path: message.path };
  if (message.id !== undefined) told.id = message.id;
  return borrow<typeof iqueue, boolean>(platform, "iqueue", function (module) {
    const taken = module.enqueue(platform.flash, state.jobs!.inbox + "/result", utf8Json(Object.assign(told, record.details)), 1, false);
    if (taken) module.sendNext(platform, state);
    return taken;
  }) === true;
}

/** Begins what a document asks for, or notes why not: then `next` tells it. */
function begin(platform: Platform, state: IotState, document: any, record: WorkRecord): Task | undefined {
  const order = readOrder(document);
  // The image that it brought is on trial: the trial ends the job.
  if (record.id && record.starts && typeof order != "string" && order.operation == "update" && find(platform.flash.read(".fwtry") || "", "j " + order.key) >= 0) return undefined;
  const often = record.starts >= STARTS;
  record.starts++;
  if (typeof order == "string") {
    record.status = "REJECTED";
    record.details = refusal(order, state.jobs!.tooLong);
  } else if (often) {
    record.status = "FAILED";
    record.details = { code: "memory", message: "The board was reset " + STARTS + " times while it did this" };
  }
  state.jobs!.tooLong = 0;
  if (!keep(platform, state, record)) return undefined;
  if (record.status) return next(platform, state);
  state.jobs!.isRunning = true;
  return { name: record.id ? "job " + record.id : "inbox " + (order as Order).operation, order: order as Order };
}

/** Does what is to be done next: tells a result, goes on with what was begun, takes a message, asks for a job. */
function next(platform: Platform, state: IotState): Task | undefined {
  const jobs = state.jobs!;
  const flash = platform.flash;
  if (jobs.isRunning || jobs.token) return undefined;
  let record = readRecord(flash.read(RECORD));
  if (record && record.status) {
    if (record.id) {
      if (jobs.root) report(platform, state, record);
      return undefined;
    }
    // Without room in the queue it is tried again with the next event.
    if (!answerMessage(platform, state, record)) return undefined;
    flash.erase(record.message);
    flash.erase(RECORD);
    record = undefined;
  }
  const waiting = flash.list(MESSAGES).sort()[0];
  if (waiting && !(record && record.id)) {
    // The link comes back from the last transfer: beside that there is no memory for another. Then this is called again.
    if (state.phase != "up" && state.phase != "off") return undefined;
    let text = flash.read(waiting);
    const { used, total } = platform.memory.variables();
    if (text && total - used < PARSE + text.length / BYTES) {
      jobs.tooLong = text.length;
      text = undefined;
    }
    return begin(platform, state, parsed(text), record && record.message == waiting ? record : fresh("", waiting));
  }
  if (jobs.root) ask(platform, state, record && record.asked ? "$next/get" : "start-next", {});
  return undefined;
}

/** Keeps a message until it is done. What is too long, or too much, is answered at once. */
function keepMessage(platform: Platform, state: IotState, payload: string | undefined): void {
  const flash = platform.flash;
  state.jobs!.isKept = true;
  const names = flash.list(MESSAGES).sort();
  const last = names.length ? parseInt(names[names.length - 1]!.substr(MESSAGES.length), 10) : 0;
  if (payload !== undefined && names.length < MOST_WAITING && flash.write(MESSAGES + ("00000" + (last + 1)).substr(-6), payload || " ")) return;
  const record = fresh("", "");
  record.status = "REJECTED";
  record.details = { code: "queue-full", message: payload === undefined ? "The message is longer than 4096 bytes" : "So many messages are waiting, or flash is full" };
  answerMessage(platform, state, record);
}

/** The service answered about the next execution. */
function take(platform: Platform, state: IotState, answer: any): Task | undefined {
  const flash = platform.flash;
  const execution = executionOf(answer);
  const old = readRecord(flash.read(RECORD));
  if (!execution) {
    // Nothing is to be done: asked again when a message says so.
    if (old && old.id) flash.erase(RECORD);
    return state.jobs!.isNews || flash.list(MESSAGES).length ? next(platform, state) : undefined;
  }
  // The service gives it before all others: what is queued behind it is begun by its name.
  if (execution.jobId == state.jobs!.stuck) {
    ask(platform, state, "get", {});
    return undefined;
  }
  if (execution.status == "QUEUED" && execution.jobDocument) {
    ask(platform, state, "start-next", {});
    return undefined;
  }
  const record = old && old.id == execution.jobId ? old : fresh(execution.jobId, "");
  record.version = execution.versionNumber;
  return begin(platform, state, execution.jobDocument, record);
}

/** The service answered to an update of the job `id`. */
function settle(platform: Platform, state: IotState, id: string, refused: boolean, answer: any): Task | undefined {
  const flash = platform.flash;
  const record = readRecord(flash.read(RECORD));
  // It was begun by its name.
  if (answer.jobDocument !== undefined) return take(platform, state, { execution: { jobId: id, jobDocument: answer.jobDocument, versionNumber: answer.executionState.versionNumber } });
  const does = refused ? afterRefusal(answer) : "forget";
  if (does == "again" && record && record.version != answer.executionState.versionNumber) {
    record.version = answer.executionState.versionNumber;
    if (keep(platform, state, record)) report(platform, state, record);
    return undefined;
  }
  platform.console.print("job " + id + ": " + (refused ? "AWS IoT does not take the result (" + answer.code + ")" : record ? record.status : "told"));
  if (does == "stop") {
    if (!record || record.id != id) return undefined;
    if (!record.isRefused) {
      record.isRefused = true;
      return keep(platform, state, record) ? next(platform, state) : undefined;
    }
    const jobs = state.jobs!, list = state.session.subscriptions;
    const known = list.filter((one) => one.filter == jobs.root + "start-next/+")[0];
    // The answer comes without a subscription, and needs a listener.
    if (!jobs.stuck && known) list.push({ filter: jobs.root + "get/+", qos: 1, state: ACTIVE, listener: known.listener! });
    jobs.stuck = id;
    platform.console.print("job " + id + ": it stays as it is; cancel it in AWS IoT");
  }
  flash.erase(RECORD);
  return next(platform, state);
}

/** The service told something. `answer` is undefined if it has more bytes than can be read. */
function heard(platform: Platform, state: IotState, topic: string, answer: any, bytes: number): Task | undefined {
  const jobs = state.jobs!;
  const parts = topic.substr(jobs.root.length).split("/");
  if (parts[0] == "notify-next") {
    jobs.isNews = true;
    return next(platform, state);
  }
  if (!jobs.token || (answer && answer.clientToken != jobs.token)) return undefined;
  const refused = parts[parts.length - 1] == "rejected";
  // The watch over the token asks again.
  if (refused && afterRefusal(answer || {}) == "later") return undefined;
  // Not even the execution without its document fits, or what has none: the watch again.
  if (!answer && (jobs.tooLong || parts[0] == "get" || parts[1] == "update")) return undefined;
  jobs.token = "";
  if (!answer) {
    jobs.tooLong = bytes;
    ask(platform, state, "$next/get", { includeJobDocument: false });
    return undefined;
  }
  jobs.patience = 0;
  if (parts[1] == "update") return settle(platform, state, parts[0]!, refused, answer);
  if (refused) return platform.console.print("jobs: AWS IoT refused " + parts[0] + ": " + answer.code) as undefined;
  if (parts[0] != "get") return take(platform, state, answer);
  const queued = answer.queuedJobs && answer.queuedJobs[0];
  if (queued) ask(platform, state, queued.jobId + "/update", { status: "IN_PROGRESS", includeJobDocument: true, includeJobExecutionState: true });
  return undefined;
}

function ended(platform: Platform, state: IotState, outcome: Outcome): Task | undefined {
  const record = readRecord(platform.flash.read(RECORD));
  state.jobs!.isRunning = false;
  if (!record) return next(platform, state);
  if (record.id && outcome.details["code"] == "url-expired" && record.asked < FRESH_URLS) {
    record.asked++;
    // A new URL is a new beginning, not a reset.
    record.starts = 1;
  } else {
    record.status = outcome.status;
    record.details = outcome.details;
  }
  return keep(platform, state, record) ? next(platform, state) : undefined;
}

/** Unanswered requests in a row after which only the next connection asks again. */
const PATIENCE = 5;

/** Does what is due. Answers the transfer that is to begin, if one is. */
export function jobEvent(platform: Platform, state: IotState, what: JobEvent, about: any, answer?: any, bytes?: number): Task | undefined {
  const jobs = state.jobs!;
  if (what == "message") return keepMessage(platform, state, about) as undefined;
  if (what == "heard") return heard(platform, state, about, answer, bytes!);
  if (what == "ended") return ended(platform, state, about);
  if (what == "quiet") {
    jobs.isKept = false;
    return next(platform, state);
  }
  // Asked in this connection already.
  if (what == "up" && jobs.token && jobs.connection == state.connects) return undefined;
  jobs.token = "";
  jobs.tooLong = 0;
  if (what == "up") jobs.patience = 0;
  else if (++jobs.patience > PATIENCE) return undefined;
  return next(platform, state);
}
