// What is done when something happens about jobs and messages with work: loaded for one event, let go after it. What is known between
// events is in flash and in IotState.
import { find } from "../bytes/find";
import { utf8Json } from "../bytes/utf8Json";
import { borrow } from "../flow/withModule";
import { enqueue } from "../iot/queue";
import { afterRefusal, executionOf, FRESH_URLS, readOrder, readRecord, recordText, STARTS } from "../iot/jobs";
import type { Details, Order, WorkRecord } from "../iot/jobs";
import type { IotState } from "../iot/state";
import type * as iqueue from "../modules/iqueue";
import { publish } from "../mqtt/ask";
import type { Platform } from "../platform/ports";

/** The record of the work under way; the messages that wait are "in." and six digits. */
const RECORD = "job", MESSAGES = "in.";
/** Messages that are kept. */
const MOST_WAITING = 8;

/** up: the broker took a connection. heard: a message came. late: no answer came. ended: the transfer is over. */
export type JobEvent = "up" | "heard" | "late" | "ended";

/** How a transfer ended. */
export interface Outcome {
  status: string;
  details: Details;
}

/** A transfer that is to begin. */
export interface Task {
  name: string;
  order: Order;
}

function parsed(text: string | undefined): any {
  try {
    return text && text.trim()[0] == "{" ? JSON.parse(text) : undefined;
  } catch (error) {}
}

/** Asks the service; the answer is known by its token. */
function ask(platform: Platform, state: IotState, operation: string, request: any): void {
  const jobs = state.jobs!;
  if (state.phase != "up") return;
  jobs.connection = state.connects;
  jobs.token = request.clientToken = "t" + Math.floor(platform.random.fraction() * 1000000000);
  publish(state.session, state.link!, { topic: jobs.root + operation, payload: utf8Json(request), qos: 1 });
}

/** Tells the service how a job ended. */
function report(platform: Platform, state: IotState, record: WorkRecord): void {
  ask(platform, state, record.id + "/update", { status: record.status, expectedVersion: record.version, statusDetails: record.details });
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
  const taken = enqueue(platform.flash, state.jobs!.inbox + "/result", utf8Json(Object.assign(told, record.details)), 1, false);
  if (taken) borrow<typeof iqueue, void>(platform, "iqueue", (module) => module.sendNext(platform, state));
  return taken;
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
    record.details = { code: "argument", message: order };
  } else if (often) {
    record.status = "FAILED";
    record.details = { code: "memory", message: "The board was reset " + STARTS + " times while it did this" };
  }
  if (!keep(platform, state, record)) return undefined;
  if (record.status) return next(platform, state);
  state.jobs!.isRunning = true;
  return { name: record.id ? "job " + record.id : "inbox " + (order as Order).operation, order: order as Order };
}

function fresh(id: string, message: string): WorkRecord {
  return { id: id, message: message, version: 0, starts: 0, asked: 0, status: "", details: {} };
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
    const text = flash.read(waiting);
    return begin(platform, state, parsed(text), record && record.message == waiting ? record : fresh("", waiting));
  }
  if (jobs.root) ask(platform, state, record && record.asked ? "$next/get" : "start-next", {});
  return undefined;
}

/** Keeps a message until it is done. What is too long, or too much, is answered at once. */
function keepMessage(platform: Platform, state: IotState, payload: string | undefined): void {
  const flash = platform.flash;
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
    return flash.list(MESSAGES).length ? next(platform, state) : undefined;
  }
  if (execution.status == "QUEUED" && execution.jobDocument) {
    ask(platform, state, "start-next", {});
    return undefined;
  }
  const record = old && old.id == execution.jobId ? old : fresh(execution.jobId, "");
  record.version = execution.versionNumber;
  return begin(platform, state, execution.jobDocument, record);
}

/** The service answered to an update. */
function settle(platform: Platform, state: IotState, refused: boolean, answer: any): Task | undefined {
  const flash = platform.flash;
  const record = readRecord(flash.read(RECORD));
  const id = record ? record.id : "";
  const does = refused ? afterRefusal(answer) : "forget";
  if (does == "again" && record && record.version != answer.executionState.versionNumber) {
    record.version = answer.executionState.versionNumber;
    if (keep(platform, state, record)) report(platform, state, record);
    return undefined;
  }
  platform.console.print("job " + id + ": " + (refused ? "AWS IoT does not take the result (" + answer.code + ")" : record ? record.status : "told"));
  if (does == "stop") return undefined;
  flash.erase(RECORD);
  return next(platform, state);
}

/** A message came. `payload` is undefined if it is too long. */
function heard(platform: Platform, state: IotState, topic: string, payload: string | undefined): Task | undefined {
  const jobs = state.jobs!;
  if (topic == jobs.inbox) {
    keepMessage(platform, state, payload);
    return next(platform, state);
  }
  const parts = topic.substr(jobs.root.length).split("/");
  // Not read: memory is short, and the document comes again with the answer.
  if (parts[0] == "notify-next") return payload === undefined || find(payload, '"jobId"') >= 0 ? next(platform, state) : undefined;
  const answer = parsed(payload);
  if (!jobs.token || (answer ? answer.clientToken != jobs.token : payload !== undefined)) return undefined;
  const refused = parts[parts.length - 1] == "rejected";
  const ofUpdate = parts[1] == "update";
  const wait = refused && afterRefusal(answer || {}) == "later";
  // The watch over the token asks again.
  if (wait) return undefined;
  jobs.token = "";
  if (payload === undefined) {
    ask(platform, state, "$next/get", { includeJobDocument: false });
    return undefined;
  }
  jobs.patience = 0;
  if (ofUpdate) return settle(platform, state, refused, answer);
  if (!refused) return take(platform, state, answer);
  platform.console.print("jobs: AWS IoT refused " + parts[0] + ": " + answer.code);
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
export function jobEvent(platform: Platform, state: IotState, what: JobEvent, about: any, payload?: string): Task | undefined {
  const jobs = state.jobs!;
  if (what == "heard") return heard(platform, state, about, payload);
  if (what == "ended") return ended(platform, state, about);
  // Asked in this connection already.
  if (what == "up" && jobs.token && jobs.connection == state.connects) return undefined;
  jobs.token = "";
  if (what == "up") jobs.patience = 0;
  else if (++jobs.patience > PATIENCE) return undefined;
  return next(platform, state);
}
