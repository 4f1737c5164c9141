// What a connection to AWS IoT tells while it lives.
import { up } from "../iot/dial";
import type { LinkTask } from "./seldom";

export const linkUp: LinkTask = function (services, state, done, sessionPresent) {
  up(services.platform, state, sessionPresent);
  done(undefined);
};

export const linkRefused: LinkTask = function (services, state, done, failed) {
  services.platform.console.print("MQTT: " + failed.message);
  done(undefined);
};
