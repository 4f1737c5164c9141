// device.ship(): uploads every log that is ready, the oldest first. While an upload goes on no more than this is in memory.
import type { Failure } from "../flow/failure";
import { withModule } from "../flow/withModule";
import type { SeldomCommand } from "./seldom";
import type { Order, ShipState, ShipTask } from "./shipState";
import { put } from "./transfers";

/** device.ship({max}): all that are ready, or so many. Goes from log to log; what there is to decide is decided by modules. */
export const shipCommand: SeldomCommand = function (services, started, done, options) {
  const state = (services.runner.ship = { next: "shipscan", most: options } as ShipState);

  function ended(failed: Failure | undefined, result?: any): void {
    state.flaw = failed;
    state.got = result;
    services.platform.timers.after(0, go);
  }

  function act(failed: Failure | undefined, order?: Order): void {
    if (failed || order!.result) {
      state.next = "";
      done(failed, order && order.result);
    } else if (order!.key) put(services.platform, services.context, order!.path!, order!.key, order!.options, started, ended);
    else services.platform.timers.after(0, go);
  }

  function go(): void {
    const missing = withModule<{ step: ShipTask }, Order>(services.platform, state.next, (module, told) => module.step(services, state, told), act);
    if (missing) act(missing);
  }

  go();
};
