// device.shadow.get, report, desire and remove: by MQTT while there is a link, by HTTPS otherwise.
import { jsonSize } from "../bytes/jsonSize";
import { failure } from "../flow/failure";
import type { Done, Failure } from "../flow/failure";
import { borrow, withModule } from "../flow/withModule";
import { shadowPath } from "../iot/shadow";
import type { ShadowAnswer, ShadowRequest } from "../iot/shadow";
import type * as ishadask from "../modules/ishadask";
import type * as ishadcon from "../modules/ishadcon";
import type * as ishaddoc from "../modules/ishaddoc";
import { persistently } from "./persist";
import type { SeldomCommand, Services } from "./seldom";
import { byRest, understood } from "./shadowAnswer";
import { thingOf } from "./shadowThing";

/** Tries after a version conflict. */
const CONFLICTS = 3;

/** Variables that must be left for a change; bytes of it that are made and sent with one more (measured); bytes that are counted. */
const LEFT = 150, MADE = 3.5, MOST = 9000;

/** Asks once, and reads the answer in a module that is not there while the question is under way. */
function askOnce(services: Services, request: ShadowRequest, done: Done<any>): void {
  const { platform, runner } = services;
  const state = runner.iot;
  function answered(told: Done<any>): Done<ShadowAnswer> {
    return function (failed, answer) {
      if (failed && answer === undefined && state && state.phase == "up") return told(failed);
      // From a timer: what asked is not in memory any more.
      platform.timers.after(0, function () {
        const read: any = understood(services, request, failed, answer);
        told(read.code ? read : undefined, read);
      });
    };
  }
  if (state && state.phase == "up") {
    const missing = withModule<typeof ishadask, ShadowAnswer>(platform, "ishadask", (module, told) => module.askByMqtt(platform, state, request, told), answered(done));
    if (missing) done(missing);
    return;
  }
  runner.exclusive<any>(request.what, function (told) {
    const method = request.verb == "get" ? "GET" : request.verb == "update" ? "POST" : "DELETE";
    byRest(services, method, shadowPath(request.thing, request.name), request.body, answered(told));
  }, done);
}

/** After a conflict the shadow is read anew: the change is merged into that version. */
function askAnew(services: Services, request: ShadowRequest, done: Done<any>): void {
  const { what, thing, name } = request;
  askOnce(services, { what: what, verb: "get", thing: thing, name: name, body: "" }, function (failed, shadow) {
    const body = borrow<typeof ishadcon, string | Failure>(services.platform, "ishadcon", (module) => module.changeOf(request, failed, shadow));
    if (typeof body != "string") return done(body);
    askOnce(services, { what: what, verb: "update", thing: thing, name: name, body: body }, done);
  });
}

/** Asks until there is an answer or nothing helps, and prints the result. */
function ask(services: Services, request: ShadowRequest, done: Done<any>): void {
  const platform = services.platform;
  function ended(failed: Failure | undefined, value?: any): void {
    if (!failed) platform.console.print(request.what + (request.name ? " " + request.name : "") + ": version " + value.version);
    done(failed, value);
  }
  persistently<any>(platform, {}, (told) => (request.conflicts ? askAnew : askOnce)(services, request, function (failed, value) {
    if (failed && failed.cause && failed.cause.status == 409) request.conflicts = (request.conflicts || 0) + 1;
    // Who was waited for so long, or was always changed by others meanwhile, is not asked again.
    if (failed && (failed.code == "timeout" || request.conflicts! > CONFLICTS)) ended(failed);
    else told(failed, value);
  }), ended);
}

function change(services: Services, section: "reported" | "desired", what: string, state: unknown, name: any, done: Done<any>): void {
  const thing = thingOf(services, name);
  if (typeof thing != "string") return done(thing);
  // Nobody catches the end of memory: looked for before the document is made.
  const { used, total } = services.platform.memory.variables();
  const size = jsonSize(state, MOST);
  if (size < 0) return done(failure("argument", "The state holds itself, or has too many levels", "AWS IoT takes six levels."));
  if (total - used < LEFT + size / MADE) return done(failure("memory", "The state is too long for the memory that is left", "Report less at once, or wait for what is under way."));
  const body = borrow<typeof ishaddoc, string | Failure>(services.platform, "ishaddoc", (module) => module.updateDocument(section, state));
  if (typeof body != "string") return done(body);
  ask(services, { what: what, verb: "update", thing: thing, name: name || "", body: body }, done);
}

function plain(services: Services, verb: "get" | "delete", what: string, name: any, done: Done<any>): void {
  const thing = thingOf(services, name);
  if (typeof thing != "string") return done(thing);
  ask(services, { what: what, verb: verb, thing: thing, name: name || "", body: "" }, done);
}

/** device.shadow.get(name?): resolves to {state: {desired, reported, delta}, version, timestamp}; what the shadow does not have is left out. */
export const getCommand: SeldomCommand = (services, started, done, name) => plain(services, "get", "shadow.get", name, done);

/** device.shadow.report(state, name?) and desire: resolve to {version, timestamp}. AWS IoT merges; null takes a member away. */
export const reportCommand: SeldomCommand = (services, started, done, state, name) => change(services, "reported", "shadow.report", state, name, done);
export const desireCommand: SeldomCommand = (services, started, done, state, name) => change(services, "desired", "shadow.desire", state, name, done);

/** device.shadow.remove(name?): resolves to {version, timestamp}. */
export const removeCommand: SeldomCommand = (services, started, done, name) => plain(services, "delete", "shadow.remove", name, done);
