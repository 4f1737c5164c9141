// Jobs and messages with work, as long as the board waits for them: the listener, and what has an event attended to. Little, because it stays
// in memory once it is loaded.
import { borrow, withModule } from "../flow/withModule";
import type { IotState } from "../iot/state";
import type * as jobs from "../modules/jobs";
import type * as jobrun from "../modules/jobrun";
import type { Listener } from "../mqtt/session";
import type { JobEvent, Outcome, Task } from "./jobEvents";
import type { Services } from "./seldom";

/** Milliseconds until a request is asked again, until a busy board is looked at again. */
const ANSWER = 30000, BUSY = 1000;

/** Runs a transfer when no other goes on. */
function start(services: Services, state: IotState, task: Task): void {
  const platform = services.platform;
  if (services.runner.busyWith()) return void platform.timers.after(BUSY, () => start(services, state, task));
  const missing = withModule<typeof jobrun, Outcome>(platform, "jobrun", (module, told) => module.run(services, task, told), function (_none, outcome) {
    attend(services, state, "ended", outcome);
  });
  if (missing) attend(services, state, "ended", { status: "FAILED", details: { code: missing.code, message: missing.message } });
}

function attend(services: Services, state: IotState, what: JobEvent, about?: unknown, payload?: string): void {
  const platform = services.platform;
  const known = state.jobs;
  if (!known) return;
  let task: Task | undefined;
  borrow<typeof jobs, void>(platform, "jobs", function (module) {
    task = module.jobEvent(platform, state, what, about, payload);
  });
  platform.timers.cancel(known.timer);
  known.timer = known.token ? platform.timers.after(ANSWER, () => attend(services, state, "late")) : undefined;
  // From a timer: what was loaded and read here is free by then.
  if (task) platform.timers.after(1, () => start(services, state, task!));
}

/** What hears messages, and what is called after every connection. */
export function listen(services: Services, state: IotState): { listener: Listener; up: () => void } {
  return {
    listener: function (topic, payload, info) {
      const whole = payload.length == info.total;
      if (whole || !info.offset) attend(services, state, "heard", topic, whole ? payload : undefined);
    },
    up: () => attend(services, state, "up"),
  };
}
