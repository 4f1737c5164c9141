// Subscriptions of a session, whether there is a link or not.
import type { Done } from "../flow/failure";
import { subscribe } from "../mqtt/ask";
import { WANTED } from "../mqtt/session";
import type { Listener } from "../mqtt/session";
import { replace } from "../mqtt/subscriptions";
import type { IotState } from "./state";

/** Subscribes now, or with the next connection: then `done` gets no granted QoS. The filter is right already. */
export function subscribeTo(state: IotState, filter: string, qos: number, listener: Listener, done: Done<number>): void {
  if (state.link) return subscribe(state.session, state.link, filter, qos, listener, done);
  replace(state.session, { filter: filter, qos: qos, state: WANTED, listener: listener });
  done(undefined);
}
