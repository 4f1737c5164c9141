// The transfer of a job or message: in memory as long as it goes on.
import type { Done } from "../flow/failure";
import { withModule } from "../flow/withModule";
import type { Progress } from "../flow/progress";
import { failureDetails, successDetails } from "../iot/jobs";
import type * as basic from "../modules/basic";
import type * as geturl from "../modules/geturl";
import type * as puturl from "../modules/puturl";
import type * as update from "../modules/update";
import type { TimeResult } from "../sntp/client";
import type { Outcome, Task } from "./jobTypes";
import type { Services } from "./seldom";
import { get, put, transferLine } from "./transfers";

function move(services: Services, task: Task, started: (progress: Progress) => void, done: Done<any>): void {
  const { platform, context } = services;
  const { operation, path, key, url } = task.order;
  const up = operation == "upload";
  // Or it would be held as long as the transfer.
  task.order = undefined as never;
  if (operation == "update") {
    const lacking = withModule<typeof update, any>(platform, "update", (module, told) => module.update(services, started, told, key, { job: true }), done);
    return lacking ? done(lacking) : undefined;
  }
  if (key) return up ? put(platform, context, path, key, undefined, started, done) : get(platform, context, key, path, undefined, started, done);
  const missing = up
    ? withModule<typeof puturl, any>(platform, "puturl", (module, told) => module.putUrl(services, started, told, url, path), done)
    : withModule<typeof geturl, any>(platform, "geturl", (module, told) => module.getUrl(services, started, told, url, path), done);
  if (missing) done(missing);
}

function describe(task: Task, byKey: boolean): (value: any, seconds: number) => string {
  return (value, seconds) => (byKey ? transferLine(task.name, value, seconds) : "");
}

/** Runs it through the lock of transfers: a link gives way to it where there is one TLS slot. A board that was just started learns the time. */
export function run(services: Services, task: Task, done: Done<Outcome>): void {
  const { platform, context, runner } = services;
  const byKey = task.order.path != "" && task.order.key != "";

  function ended(outcome: Outcome): void {
    // From a timer: the stack is small.
    platform.timers.after(1, () => done(undefined, outcome));
  }
  function go(): void {
    runner.transfer<any>(task.name, (started, told) => move(services, task, started, told), describe(task, byKey)).then(
      (result) => ended({ status: "SUCCEEDED", details: successDetails(result, result.seconds) }),
      (failed) => ended({ status: "FAILED", details: failureDetails(failed) }),
    );
  }
  if (platform.clock.isSet() || withModule<typeof basic, TimeResult>(platform, "basic", (module, told) => module.setClock(platform, context.settings(), told), () => go())) go();
}
