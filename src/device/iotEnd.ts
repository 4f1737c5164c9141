// device.disconnect, and how the link gives the TLS slot to a transfer.
import { pause, stop } from "../iot/close";
import type { LinkTask, SeldomCommand } from "./seldom";

/** device.disconnect(): the session stays, here and at the broker. */
export const disconnectCommand: SeldomCommand = function (services, started, done) {
  const state = services.runner.iot;
  function ended(): void {
    services.platform.console.print("disconnect: done");
    done(undefined);
  }
  if (state) stop(services.platform, state, ended);
  else ended();
};

/** Before a transfer, on a board with one TLS slot: gives the link up. */
export const pauseLink: LinkTask = function (services, state, done) {
  if (state.twoSlots) done(undefined);
  else pause(services.platform, state, () => done(undefined));
};
