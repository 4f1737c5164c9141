// The thing whose shadow is asked for.
import { failure } from "../flow/failure";
import type { Failure } from "../flow/failure";
import { isShadowName } from "../iot/shadow";
import type { Services } from "./seldom";

/** The thing's name; a failure if the settings, or the name of the shadow, are not right. */
export function thingOf(services: Services, name: unknown): string | Failure {
  const state = services.runner.iot;
  const failed = name !== undefined && !isShadowName(name)
    ? failure("argument", "The name of a shadow has 1 to 64 letters, digits and - _ : $", "Without a name it is the classic one: device.shadow.get()")
    // Settings are not checked beside an open link: that takes memory.
    : state && state.link ? undefined : services.context.fault(false);
  if (failed) return failed;
  const iot = services.context.settings()["iot"];
  return iot ? iot.thingName : failure("settings", "iot: missing", 'device.configure({iot:{endpoint:"a1b2c3-ats.iot.eu-central-1.amazonaws.com",thingName:"board-17"}})');
}
