// device.shadow.list: the names of the thing's named shadows, by HTTPS (AWS IoT API reference, ListNamedShadowsForThing).
import { percentEncode } from "../bytes/percent";
import { failure } from "../flow/failure";
import type { Done, Failure } from "../flow/failure";
import type { RestAnswer } from "../iot/rest";
import { persistently } from "./persist";
import type { SeldomCommand } from "./seldom";
import { byRest, refused } from "./shadowAnswer";
import { thingOf } from "./shadowThing";

/** Names of a page; pages of a list: nobody asks for ever. */
const PAGE = 25, PAGES = 40;

interface Page {
  names: string[];
  /** "" on the last page. */
  token: string;
}

/** What a page holds, or why there is none. */
export function readPage(answer: RestAnswer): Page | Failure {
  const text = answer.body.trim();
  let said: any;
  try {
    said = text[0] == "{" && text[text.length - 1] == "}" ? JSON.parse(text) : undefined;
  } catch (error) {}
  if (!said || !(said.results instanceof Array) || said.results.some((name: unknown) => typeof name != "string")) {
    return failure("iot", "The answer to shadow.list is no list", "Is iot.endpoint the host of describe-endpoint --endpoint-type iot:Data-ATS? A captive portal answers like this.");
  }
  return { names: said.results, token: typeof said.nextToken == "string" ? said.nextToken : "" };
}

/** device.shadow.list(): resolves to the names, in AWS IoT's order. Each page is a request of its own. */
export const listCommand: SeldomCommand = function (services, started, done) {
  const { platform, runner } = services;
  const found = thingOf(services, undefined);
  if (typeof found != "string") return done(found);
  const thing: string = found;
  let names: string[] = [];
  let token = "";
  let pages = 0;

  function ask(told: Done<void>): void {
    const path = "/api/things/shadow/ListNamedShadowsForThing/" + percentEncode(thing) + "?pageSize=" + PAGE + (token ? "&nextToken=" + percentEncode(token) : "");
    byRest(services, "GET", path, "", function (failed, answer) {
      const page = refused(services, "shadow.list", "iot:ListNamedShadowsForThing on thing/" + thing, failed, answer) || readPage(answer!);
      if ("code" in page) return told(page);
      names = names.concat(page.names);
      token = page.token;
      told(undefined);
    });
  }

  function next(told: Done<void>): void {
    persistently<void>(platform, {}, ask, function (failed) {
      if (failed || !token || ++pages >= PAGES) return told(failed);
      platform.timers.after(0, () => next(told));
    });
  }

  runner.exclusive<void>("shadow.list", next, function (failed) {
    if (!failed) platform.console.print("shadow.list: " + (names.join(", ") || "no named shadow"));
    done(failed, names);
  });
};
