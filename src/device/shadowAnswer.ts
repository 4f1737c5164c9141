// What came of a question to a shadow, as a result or a failure.
import type { Failure } from "../flow/failure";
import { unanswered } from "../iot/refusal";
import { readShadow } from "../iot/shadowDocument";
import type { ShadowAnswer, ShadowRequest } from "../iot/shadow";
import type { Services } from "./seldom";

/** What a question by HTTPS or MQTT came to: a failure, or what its command resolves to. */
export function understood(services: Services, request: ShadowRequest, failed: Failure | undefined, answer: ShadowAnswer | undefined): { [name: string]: any } | Failure {
  if (!answer) return unanswered(failed!);
  return readShadow(request, answer, services.context.settings()["iot"].restPort || 8443);
}
