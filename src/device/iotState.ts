// Who this board is to AWS IoT, and what it says: what the commands of several modules need.
import { utf8Json } from "../bytes/utf8Json";
import { failure } from "../flow/failure";
import type { Failure } from "../flow/failure";
import type { IotState } from "../iot/state";
import { createSession, WANTED } from "../mqtt/session";
import type { Platform } from "../platform/ports";
import type { Services } from "./seldom";

/** What is sent: a text is bytes already, an array of bytes is taken as it is, anything else goes as JSON in UTF-8. */
export function payloadBytes(platform: Platform, payload: any): string {
  if (typeof payload == "string") return payload;
  if (payload instanceof Uint8Array) return platform.hash.text(payload);
  return payload === undefined ? "" : utf8Json(payload);
}

/** The state, made when it is first needed; a failure if the settings do not say who this is. */
export function stateOf(services: Services): IotState | Failure {
  const old = services.runner.iot;
  // Settings are not checked beside an open link: that takes memory.
  if (old && old.phase != "off") return old;
  const failed = services.context.fault(false);
  if (failed) return failed;
  const { iot, tls } = services.context.settings() as { [section: string]: any };
  if (!iot) return failure("settings", "iot: missing", 'device.configure({iot:{endpoint:"a1b2c3-ats.iot.eu-central-1.amazonaws.com",thingName:"board-17"}})');
  const clientId = iot.clientId || iot.thingName;
  const twoSlots = !!tls && tls.slots == 2;
  if (old && old.session.clientId == clientId) {
    if (twoSlots || old.twoSlots) old.twoSlots = twoSlots;
    return old;
  }
  const session = createSession(clientId);
  // Whoever listened goes on listening under the new name.
  if (old) for (const one of old.session.subscriptions) if (one.listener) session.subscriptions.push({ filter: one.filter, qos: one.qos, state: WANTED, listener: one.listener });
  services.runner.iot = { session: session, phase: "off", tries: 0, connects: 0, since: 0 };
  if (twoSlots) services.runner.iot.twoSlots = true;
  return services.runner.iot;
}
