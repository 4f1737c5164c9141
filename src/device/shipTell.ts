// What the log shipper tells: the tasks for status(), the line at the end, and the summary for AWS IoT.
import { find } from "../bytes/find";
import { toUtf8 } from "../bytes/utf8";
import type { Done } from "../flow/failure";
import { borrow } from "../flow/withModule";
import { enqueue, queuedNames } from "../iot/queue";
import { nameOf } from "../logs/batch";
import type * as iqueue from "../modules/iqueue";
import type { Platform } from "../platform/ports";
import type { Services } from "./seldom";
import { QUEUE } from "./shipState";
import type { ShipState } from "./shipState";
import type { Status } from "./status";

/** Tasks of each state that are told. */
const SHOWN = 5;
/** Messages that may wait already: the rest of the queue is for what others publish. */
const WAITING = 12;

export interface ShipTaskState {
  path: string;
  state: "queued" | "uploading" | "done" | "failed";
  reason?: string;
}

export interface ShipStatus {
  running: boolean;
  shipped: number;
  failed: number;
  /** Ready and waiting. */
  left: number;
  bytes: number;
  /** Some of each state: failures with their reasons, what was sent last, what is being sent, what comes next. */
  tasks: ShipTaskState[];
  /** Why the run ended before its time. */
  stopped?: string;
  /** The same in a line. */
  line: string;
}

function countsText(state: ShipState): string {
  return state.shipped + " shipped, " + state.failed + " failed, " + state.left + (state.next ? " queued" : " left");
}

/** Adds the shipper to a status; without tasks where little memory is left. */
export function tellShip(platform: Platform, state: ShipState, status: Status): void {
  const memory = platform.memory.variables();
  const tasks: ShipTaskState[] = [];
  if (memory.total - memory.used > 500) {
    for (const reason of state.reasons) {
      const end = find(reason, ": ");
      tasks.push({ path: reason.substr(0, end), state: "failed", reason: reason.substr(end + 2) });
    }
    const text = state.queue === undefined ? platform.flash.read(QUEUE) || "" : state.queue;
    let at = 0;
    let waiting = 0;
    const done: ShipTaskState[] = [];
    while (at < text.length && waiting < SHOWN) {
      const end = text.indexOf("\n", at);
      const name = nameOf((" " + text.substring(at, end)).substr(1));
      const task: ShipTaskState = { path: name, state: at >= state.at ? "queued" : "done" };
      at = end + 1;
      if (task.state == "queued") {
        waiting++;
        tasks.push(task);
      } else if (state.path.endsWith(name) && at == state.at) tasks.push({ path: state.path, state: "uploading" });
      else if (!state.reasons.some((reason) => reason.substr(0, find(reason, ": ")).endsWith(name))) done.push(task);
      if (done.length > SHOWN) done.shift();
    }
    for (const task of done) tasks.push(task);
  }
  const told: ShipStatus = {
    running: state.next != "", shipped: state.shipped, failed: state.failed, left: state.left, bytes: state.bytes, tasks: tasks,
    line: countsText(state) + (state.path ? "; uploading " + state.path : "") + (state.stopped ? "; stopped: " + state.stopped.message : ""),
  };
  if (state.stopped) told.stopped = state.stopped.message;
  status.logs = told;
}

/** What is published: short enough for the queue. */
export function summary(state: ShipState): string {
  const told: { [name: string]: unknown } = { shipped: state.shipped, failed: state.failed, left: state.left, bytes: state.bytes };
  if (state.stopped) told["stopped"] = { code: state.stopped.code, message: state.stopped.message.substr(0, 200) };
  if (state.reasons.length) told["failures"] = state.reasons.slice(-3);
  return JSON.stringify(told);
}

/** The line at the end of a run, and the message. */
export function report(services: Services, state: ShipState, topic: string, done: Done<void>): void {
  const platform = services.platform;
  const print = platform.console.print;
  if (!state.stopped) print("ship: " + countsText({ next: "", shipped: state.shipped, failed: state.failed, left: state.left } as ShipState) + ", " + state.bytes + " bytes");
  if (topic && (state.shipped || state.failed || state.stopped)) {
    if (queuedNames(platform.flash).length >= WAITING || !enqueue(platform.flash, toUtf8(topic), summary(state), 1, false)) print("  the summary for " + topic + " is not kept: too many messages wait");
    const link = services.runner.iot;
    if (link && link.phase == "up") borrow<typeof iqueue, void>(platform, "iqueue", (module) => module.sendNext(platform, link));
  }
  done(undefined);
}
