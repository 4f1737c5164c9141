// device.ship(): uploads every log that is ready, the oldest first. While an upload goes on little more than this is in memory.
import { failure } from "../flow/failure";
import type { Done, Failure } from "../flow/failure";
import type { Progress } from "../flow/progress";
import { withModule } from "../flow/withModule";
import type { SeldomCommand, Services } from "./seldom";
import type { Order, ShipState, ShipTask } from "./shipState";
import { put } from "./transfers";

/** Goes from log to log. In one function of its own, because its closures hold all that stands around them. */
function run(services: Services, state: ShipState, started: (progress: Progress) => void, done: Done<any>): void {
  const { platform, context } = services;

  function ended(failed: Failure | undefined, result?: any): void {
    state.failure = failed;
    state.result = result;
    platform.timers.after(0, go);
  }

  function act(failed: Failure | undefined, order?: Order): void {
    if (failed || !order) {
      state.next = state.path = "";
      return done(failed, failed ? undefined : { shipped: state.shipped, failed: state.failed, left: state.left, bytes: state.bytes, seconds: 0 });
    }
    if (!order.key) return void platform.timers.after(0, go);
    put(platform, context, order.path!, order.key, order.options, started, ended);
  }

  function go(): void {
    const missing = withModule<{ step: ShipTask }, Order>(platform, state.next, (module, told) => module.step(services, state, told), act);
    if (missing) act(missing);
  }

  go();
}

/** device.ship({max}): all that are ready, or so many. */
export const shipCommand: SeldomCommand = function (services, started, done, options) {
  const most = options === undefined ? 1e6 : options && options.max;
  if (!(most > 0)) return done(failure("argument", "The option max is not a number from 1 on", "device.ship() sends all that is ready, device.ship({max:10}) ten at most."));
  services.runner.ship = {
    next: "shipscan", shipped: 0, failed: 0, left: 0, bytes: 0, most: most, queue: "", at: 0, entry: "", path: "", key: "", info: undefined, began: 0, vanished: 0, reasons: [],
  };
  run(services, services.runner.ship, started, done);
};
