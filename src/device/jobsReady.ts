// Makes ready for jobs and messages with work before a connection, while memory is free: what is wanted, the listener and its subscriptions.
import { find } from "../bytes/find";
import { toUtf8 } from "../bytes/utf8";
import type { IotState } from "../iot/state";
import { subscribeTo } from "../iot/subscribe";
import type * as ijob from "../modules/ijob";
import { topicFault } from "../mqtt/topics";
import type { Services } from "./seldom";

/** The topics, from the settings `iot`. */
function topics(services: Services, iot: any): { root: string; inbox: string } {
  const root = iot.jobs ? "$aws/things/" + iot.thingName + "/jobs/" : "";
  const inbox = toUtf8(iot.inbox || "");
  const fault = inbox && (find(inbox, "$aws/") == 0 ? "begins with $aws/" : topicFault(inbox + "/result", false));
  if (fault) services.platform.console.print("iot.inbox with /result " + fault + ": it is not subscribed to");
  return { root: root, inbox: fault ? "" : inbox };
}

/** Notes what the settings `iot` want. The first time they want anything the listener's module is loaded, and kept. */
export function readyJobs(services: Services, state: IotState, iot: any): void {
  const { root, inbox } = topics(services, iot);
  const old = state.jobs;
  if (old && old.root == root && old.inbox == inbox) return;
  state.jobs = undefined;
  if (!root && !inbox) return;
  const loaded = services.platform.modules.load<typeof ijob>("ijob");
  if (!loaded.module) return services.platform.console.print("jobs: " + loaded.failed.message);
  const { listener, up } = loaded.module.listen(services, state);
  state.jobs = { root: root, inbox: inbox, token: "", patience: 0, connection: 0, isRunning: !!old && old.isRunning, up: up };
  // Answers of the service come without a subscription, but a listener has one.
  const filters = root ? [root + "notify-next", root + "start-next/+", root + "+/+/+"] : [];
  for (const filter of inbox ? filters.concat([inbox]) : filters) subscribeTo(state, filter, 1, listener, () => undefined);
}
