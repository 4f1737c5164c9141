// A question to a shadow by HTTPS, and a message published so: on port 8443, with the device's certificate. Where there is no link to AWS IoT.
import { failure } from "../flow/failure";
import type { Done } from "../flow/failure";
import { place, rest } from "../iot/rest";
import type { Header } from "../http/request";
import type { RestAnswer } from "../iot/rest";
import { SILENCE } from "./context";
import type { Services } from "./seldom";

/** The most bytes of an answer: a shadow has 8 KB, and a time beside each member. */
const LIMIT = 20000;

/** Runs one request; any status is an answer. */
export function askByRest(services: Services, method: string, path: string, body: string, done: Done<RestAnswer>): void {
  const { platform, context } = services;
  context.reach(true, function (failed) {
    if (failed) return done(failed);
    const { iot, tls } = context.settings() as { [section: string]: any };
    if (!iot) return done(failure("settings", "iot: missing", 'device.configure({iot:{endpoint:"a1b2c3-ats.iot.eu-central-1.amazonaws.com",thingName:"board-17"}})'));
    const headers: Header[] = body == "" ? [] : [["content-type", "application/json"]];
    const request = {
      method: method, host: place(iot.endpoint, 0).host, port: iot.restPort || 8443, path: path, headers: headers, body: body, limit: LIMIT,
      handshakeSeconds: (tls && tls.handshakeSeconds) || 60, silenceSeconds: SILENCE,
    };
    // From a timer: the stack is small.
    platform.timers.after(0, () => rest(platform, request, done));
  });
}
