// What the log shipper tells: the tasks for status(), the line at the end, and the summary for AWS IoT.
import { find } from "../bytes/find";
import { toUtf8 } from "../bytes/utf8";
import type { Done } from "../flow/failure";
import { borrow } from "../flow/withModule";
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
  return state.sent + " shipped, " + state.bad + " failed, " + state.left + (state.next ? " queued" : " left");
}

/** Adds the shipper to a status; without tasks where little memory is left. */
export function tellShip(platform: Platform, state: ShipState, status: Status): void {
  const memory = platform.memory.variables();
  const tasks: ShipTaskState[] = [];
  if (memory.total - memory.used > 500) {
    for (const reason of state.why) {
      const end = find(reason, ": ");
      tasks.push({ path: reason.substr(0, end), state: "failed", reason: reason.substr(end + 2) });
    }
    const text = state.text === undefined ? platform.flash.read(QUEUE) || "" : state.text;
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
      } else if (state.from && at == state.at) tasks.push({ path: name, state: "uploading" });
      else if (!state.why.some((reason) => reason.substr(0, find(reason, ": ")).endsWith(name))) done.push(task);
      if (done.length > SHOWN) done.shift();
    }
    for (const task of done) tasks.push(task);
  }
  const told: ShipStatus = {
    running: state.next != "", shipped: state.sent, failed: state.bad, left: state.left, bytes: state.sum, tasks: tasks,
    line: countsText(state) + (state.from ? "; uploading " + nameOf(state.log) : "") + (state.stop ? "; stopped: " + state.stop.message : ""),
  };
  if (state.stop) told.stopped = state.stop.message;
  status.logs = told;
}

/** What is published: short enough for the queue. */
export function summary(state: ShipState): string {
  const told: { [name: string]: unknown } = { shipped: state.sent, failed: state.bad, left: state.left, bytes: state.sum };
  if (state.stop) told["stopped"] = { code: state.stop.code, message: state.stop.message.substr(0, 200) };
  if (state.why.length) told["failures"] = state.why.slice(-3);
  return JSON.stringify(told);
}

/** The line at the end of a run, and the message. */
export function report(services: Services, state: ShipState, topic: string, done: Done<void>): void {
  const platform = services.platform;
  const print = platform.console.print;
  if (!state.stop) print("ship: " + countsText({ next: "", sent: state.sent, bad: state.bad, left: state.left } as ShipState) + ", " + state.sum + " bytes");
  if (topic && (state.sent || state.bad || state.stop)) {
    const link = services.runner.iot;
    const kept = borrow<typeof iqueue, boolean>(platform, "iqueue", function (module) {
      const taken = module.queuedNames(platform.flash).length < WAITING && module.enqueue(platform.flash, toUtf8(topic), summary(state), 1, false);
      if (link && link.phase == "up") module.sendNext(platform, link);
      return taken;
    });
    if (kept !== true) print("  the summary for " + topic + " is not kept: too many messages wait");
  }
  done(undefined);
}
