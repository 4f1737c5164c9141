// device.shadow.onDelta: a module of its own, so that the other commands have a little more memory beside a link.
import { failure } from "../flow/failure";
import { shadowTopic } from "../iot/shadow";
import { subscribeTo } from "../iot/subscribe";
import type * as ishadelt from "../modules/ishadelt";
import { stateOf } from "./iotState";
import type { SeldomCommand } from "./seldom";
import { thingOf } from "./shadowThing";

/**
 * device.shadow.onDelta(listener, name?): has listener(delta, version) called, now or with the next connection. Holds over connections, not over
 * a reset. Resolves to {filter, active}; device.unsubscribe(filter) ends it.
 */
export const onDeltaCommand: SeldomCommand = function (services, started, done, listener, name) {
  if (typeof listener != "function") return done(failure("argument", "The listener is not a function", "For example device.shadow.onDelta(function(delta,version){print(delta)})"));
  const thing = thingOf(services, name);
  if (typeof thing != "string") return done(thing);
  const state = stateOf(services);
  if ("code" in state) return done(state);
  const platform = services.platform;
  // Not let go: what it makes is held by the session.
  const loaded = platform.modules.load<typeof ishadelt>("ishadelt");
  if (!loaded.module) return done(loaded.failed);
  const filter = shadowTopic(thing, name || "") + "update/delta";
  subscribeTo(state, filter, 1, loaded.module.deltaListener(listener), function (failed, granted) {
    if (!failed) platform.console.print("shadow.onDelta: " + filter + (granted === undefined ? ", with the next connection" : ""));
    done(failed, { filter: filter, active: granted !== undefined });
  });
};
