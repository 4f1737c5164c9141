// device.connect, and what makes the link come back.
import { failure } from "../flow/failure";
import type { Failure } from "../flow/failure";
import { borrow } from "../flow/withModule";
import { down, start, wake } from "../iot/link";
import { noAnswer } from "../iot/refusal";
import type { LinkHost } from "../iot/link";
import type * as jobready from "../modules/jobready";
import type { MqttOptions } from "../mqtt/link";
import { lossFailure } from "../mqtt/reasons";
import type { Platform } from "../platform/ports";
import { payloadBytes, stateOf } from "./iotState";
import type { LinkTask, SeldomCommand, Services } from "./seldom";
import type { Values } from "./settings/check";

/** Seconds between two signs of life; AWS IoT takes 30 to 1200. */
const KEEP_ALIVE = 300;

function mqttOptions(platform: Platform, settings: Values): MqttOptions | Failure {
  const { iot, tls } = settings as { [section: string]: any };
  const place = iot.endpoint;
  const will = iot.will;
  return {
    host: place.host || place,
    port: iot.port || place.port || 8883,
    keepAlive: iot.keepAlive || KEEP_ALIVE,
    clean: !!iot.cleanSession,
    will: will && { topic: will.topic, payload: payloadBytes(platform, will.payload), qos: will.qos || 0, retain: !!will.retain },
    handshakeSeconds: (tls && tls.handshakeSeconds) || 60,
  };
}

function linkHost(services: Services): LinkHost {
  const { platform, context } = services;
  return {
    platform: platform,
    options: function () {
      // TLS is to have the memory.
      services.commands = undefined;
      const settings = context.settings();
      const iot = settings["iot"];
      if (!iot) return failure("settings", "iot: missing", "device.configure({iot:{...}}), then device.connect()");
      for (const name of ["cert.der", "key.der"]) {
        if (platform.flash.read(name) === undefined) return failure("certificate", name + " is not in flash: AWS IoT knows a board by its certificate", "Write cert.der and key.der to Storage: firmware/README.md.");
      }
      const state = services.runner.iot!;
      // Now, because later TLS has the memory.
      if (iot.jobs || iot.inbox || state.jobs) {
        borrow<typeof jobready, void>(platform, "jobready", (module) => module.readyJobs(services, state, iot));
        // What stays was made above what is free now.
        platform.memory.tidy();
      }
      return mqttOptions(platform, settings);
    },
    reach: (done) => context.reach(true, done),
    tell: services.runner.tellLink,
    wake: services.runner.rouse,
  };
}

/** device.connect(): connects and stays connected until device.disconnect(). */
export const connectCommand: SeldomCommand = function (services, started, done) {
  const state = stateOf(services);
  if ("code" in state) return void done(state);
  const busy = services.runner.busyWith() != "" && !state.twoSlots;
  start(linkHost(services), state, busy, done);
  // Whoever waits needs nothing of this module.
  return true;
};

/** After a transfer, or when a wait is over: connects again. */
export const wakeLink: LinkTask = function (services, state, done) {
  wake(linkHost(services), state);
  done(undefined);
};

export const linkDown: LinkTask = function (services, state, done, reason) {
  const failed: Failure | undefined = reason && noAnswer(lossFailure(reason, state.session.clientId));
  if (failed && failed.code == "handshake") failed.hint += " Is the certificate active in AWS IoT?";
  services.runner.lastFailure(failed);
  down(linkHost(services), state, failed);
  done(undefined);
};
