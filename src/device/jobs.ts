// Jobs and messages with work, as long as the board waits for them: the listener, and what has an event attended to. Little, because it stays
// in memory once it is loaded.
import { find } from "../bytes/find";
import { borrow, withModule } from "../flow/withModule";
import type { IotState } from "../iot/state";
import type * as jobs from "../modules/jobs";
import type * as jobrun from "../modules/jobrun";
import type { Listener } from "../mqtt/session";
import type { Platform } from "../platform/ports";
import type { JobEvent, Outcome, Task } from "./jobTypes";
import type { Services } from "./seldom";

/** Milliseconds until a request is asked again, until a busy board is looked at again. */
const ANSWER = 30000, BUSY = 1000;
/** Milliseconds without another message after which one is begun; until a transfer takes the place of the link. */
const QUIET = 200;
/** Variables that reading JSON takes beside its values, one for so many characters, for each value; those of an event's module and its work. */
const PARSE = 60, CHARACTERS = 9, VALUE = 3, MODULE = 500;

/** Runs a transfer when no other goes on. */
function start(services: Services, state: IotState, task: Task): void {
  const platform = services.platform;
  if (services.runner.busyWith()) return void platform.timers.after(BUSY, () => start(services, state, task));
  const missing = withModule<typeof jobrun, Outcome>(platform, "jobrun", (module, told) => module.run(services, task, told), function (_none, outcome) {
    attend(services, state, "ended", outcome);
  });
  if (missing) attend(services, state, "ended", { status: "FAILED", details: { code: missing.code, message: missing.message } });
}

function attend(services: Services, state: IotState, what: JobEvent, about?: unknown, answer?: unknown, bytes?: number): void {
  const platform = services.platform;
  const known = state.jobs;
  if (!known) return;
  let task: Task | undefined;
  borrow<typeof jobs, void>(platform, "jobs", function (module) {
    task = module.jobEvent(platform, state, what, about, answer, bytes);
  });
  // The functions below would hold a document as long as a transfer takes.
  about = answer = undefined;
  platform.timers.cancel(known.timer);
  known.timer = known.token
    ? platform.timers.after(ANSWER, () => attend(services, state, "late"))
    : known.isKept ? platform.timers.after(QUIET, () => attend(services, state, "quiet")) : undefined;
  // From a timer: what was loaded and read here is free by then, and what the link had to say is said.
  if (task) platform.timers.after(QUIET, () => start(services, state, task!));
}

/** False where a text, read as JSON, would take the memory that is left, or that the module needs: running out of it cannot be caught. */
function fits(platform: Platform, text: string): boolean {
  const { used, total } = platform.memory.variables();
  // Its characters are copied; each value has a variable or two of its own.
  let left = total - used - PARSE - text.length / CHARACTERS;
  for (let at = find(text, ","); at >= 0 && left > 0; at = find(text, ",", at + 1)) left -= VALUE;
  // The text is gone when the module comes.
  return left > 0 && left + text.length / CHARACTERS > MODULE;
}

/** Later, from a timer: what brought the message is out of memory by then. The text is let go before the module comes. */
function hear(services: Services, state: IotState, topic: string, text: string | undefined, bytes: number): void {
  services.platform.timers.after(1, function () {
    let answer: any;
    if (text !== undefined && fits(services.platform, text)) {
      try {
        answer = JSON.parse(text);
      } catch (error) {}
      // Nobody's answer.
      if (!answer) return;
    }
    text = undefined;
    attend(services, state, "heard", topic, answer, bytes);
  });
}

/** What hears messages, and what is called after every connection. */
export function listen(services: Services, state: IotState): { listener: Listener; up: () => void } {
  return {
    listener: function (topic, payload, info) {
      const known = state.jobs;
      if (!known || info.offset) return;
      const whole = payload.length == info.total ? payload : undefined;
      // It is in flash when the broker is told that it came.
      if (topic == known.inbox) attend(services, state, "message", whole);
      else if (topic != known.root + "notify-next") hear(services, state, topic, whole, info.total);
      // The document comes again with the answer.
      else if (whole === undefined || find(whole, '"jobId"') >= 0) hear(services, state, topic, "{}", 0);
    },
    up: () => attend(services, state, "up"),
  };
}
