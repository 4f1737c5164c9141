// What came of a question to AWS IoT by HTTPS, or to a shadow, as a result or a failure. Why it was refused is told by a module.
import type { Done, Failure } from "../flow/failure";
import { borrow, withModule } from "../flow/withModule";
import type { RestAnswer } from "../iot/rest";
import type { ShadowAnswer, ShadowRequest } from "../iot/shadow";
import type * as irefuse from "../modules/irefuse";
import type * as ishaddoc from "../modules/ishaddoc";
import type * as shadrest from "../modules/shadrest";
import type { Services } from "./seldom";

/** Runs one request by the module for that; any status is an answer. */
export function byRest(services: Services, method: string, path: string, body: string, done: Done<RestAnswer>): void {
  const missing = withModule<typeof shadrest, RestAnswer>(services.platform, "shadrest", (module, told) => module.askByRest(services, method, path, body, told), done);
  if (missing) done(missing);
}

/** What a question to a shadow came to: a failure, or what its command resolves to. */
export function understood(services: Services, request: ShadowRequest, failed: Failure | undefined, answer: ShadowAnswer | undefined): { [name: string]: any } | Failure {
  const { platform, context } = services;
  if (answer && answer.status == 200) return borrow<typeof ishaddoc, any>(platform, "ishaddoc", (module) => module.readShadow(request, answer.body));
  return borrow<typeof irefuse, Failure>(platform, "irefuse", (module) => answer ? module.shadowRefusal(request, answer, context.settings()["iot"].restPort || 8443) : module.noAnswer(failed!));
}

/** Why a request by HTTPS was not done, undefined if it was. `action` names the right that it takes. */
export function refused(services: Services, what: string, action: string, failed: Failure | undefined, answer: RestAnswer | undefined): Failure | undefined {
  if (answer && answer.status == 200) return undefined;
  return borrow<typeof irefuse, Failure>(services.platform, "irefuse", (module) => answer ? module.actionRefusal(what, answer, action) : module.noAnswer(failed!));
}
