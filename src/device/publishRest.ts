// device.publish with {https:true}: POST /topics/TOPIC (AWS IoT developer guide, "Device communication protocols", HTTPS).
import { percentEncode } from "../bytes/percent";
import { toUtf8 } from "../bytes/utf8";
import type { Done, Failure } from "../flow/failure";
import { iotRefusal, serverAnswer, statusHint, unanswered } from "../iot/refusal";
import type { RestAnswer } from "../iot/rest";
import { persistently } from "./persist";
import type { Services } from "./seldom";
import { askByRest } from "./shadowRest";

/** Why AWS IoT did not take the message, undefined if it did. */
function refusal(answer: RestAnswer, topic: string, retain: boolean): Failure | undefined {
  if (answer.status == 200) return undefined;
  const told = serverAnswer(answer);
  const port443 = told.code.startsWith("MissingAuthenticationToken");
  const hint = told.status == 403 && !port443
    ? "Does the certificate's policy allow iot:Publish" + (retain ? " and iot:RetainPublish" : "") + " on topic/" + topic + "? Is the certificate active?"
    : statusHint(told.status, port443 ? 443 : 0);
  return iotRefusal("publish " + topic, told, hint);
}

/** Publishes one message; tried again where AWS IoT or the network is busy, of QoS 0 once. `payload`: bytes. */
export function publishByRest(services: Services, topic: string, payload: string, qos: number, retain: boolean, done: Done<any>): void {
  const platform = services.platform;
  const path = "/topics/" + percentEncode(toUtf8(topic)) + "?qos=" + qos + (retain ? "&retain=true" : "");
  function attempt(told: Done<any>): void {
    askByRest(services, "POST", path, payload, function (failed, answer) {
      told(failed ? unanswered(failed) : refusal(answer!, topic, retain));
    });
  }
  services.runner.exclusive<any>("publish", (told) => qos ? persistently<any>(platform, {}, attempt, told) : attempt(told), function (failed) {
    if (!failed) platform.console.print("publish " + topic + ": " + payload.length + " bytes, taken by HTTPS");
    done(failed, { topic: topic, qos: qos, queued: false });
  });
}
