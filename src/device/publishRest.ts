// device.publish with {https:true}: POST /topics/TOPIC (AWS IoT developer guide, "Device communication protocols", HTTPS).
import { percentEncode } from "../bytes/percent";
import { toUtf8 } from "../bytes/utf8";
import type { Done } from "../flow/failure";
import { persistently } from "./persist";
import type { Services } from "./seldom";
import { thingOf } from "./shadowThing";
import { byRest, refused } from "./shadowAnswer";

/** Publishes one message; tried again where AWS IoT or the network is busy, of QoS 0 once. `payload`: bytes. */
export function publishByRest(services: Services, topic: string, payload: string, qos: number, retain: boolean, done: Done<any>): void {
  const platform = services.platform;
  const thing = thingOf(services, undefined);
  if (typeof thing != "string") return done(thing);
  const path = "/topics/" + percentEncode(toUtf8(topic)) + "?qos=" + qos + (retain ? "&retain=true" : "");
  function attempt(told: Done<any>): void {
    byRest(services, "POST", path, payload, function (failed, answer) {
      told(refused(services, "publish " + topic, "iot:Publish" + (retain ? " and iot:RetainPublish" : "") + " on topic/" + topic, failed, answer));
    });
  }
  services.runner.exclusive<any>("publish", (told) => qos ? persistently<any>(platform, {}, attempt, told) : attempt(told), function (failed) {
    if (!failed) platform.console.print("publish " + topic + ": " + payload.length + " bytes, taken by HTTPS");
    done(failed, { topic: topic, qos: qos, queued: false });
  });
}
