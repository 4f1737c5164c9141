// The subscription to the deltas of a shadow.
import type { Done } from "../flow/failure";
import { shadowTopic } from "../iot/shadow";
import { subscribeTo } from "../iot/subscribe";
import type * as ishadelt from "../modules/ishadelt";
import { stateOf } from "./iotState";
import type { Services } from "./seldom";

/** Has `listener` called with (delta, version), now or with the next connection. */
export function hearDeltas(services: Services, thing: string, name: string, listener: (delta: any, version: number) => void, done: Done<any>): void {
  const platform = services.platform;
  const state = stateOf(services);
  if ("code" in state) return done(state);
  // Not let go: what it makes is held by the session.
  const loaded = platform.modules.load<typeof ishadelt>("ishadelt");
  if (!loaded.module) return done(loaded.failed);
  const filter = shadowTopic(thing, name) + "update/delta";
  subscribeTo(state, filter, 1, loaded.module.deltaListener(listener), function (failed, granted) {
    if (!failed) platform.console.print("shadow.onDelta: " + filter + (granted === undefined ? ", with the next connection" : ""));
    done(failed, { filter: filter, active: granted !== undefined });
  });
}
