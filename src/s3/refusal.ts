// A 3xx, 4xx or 5xx answer of S3 as a failure (S3 API reference, "REST error responses").
import type { Bytes } from "../bytes/bytes";
import { find } from "../bytes/find";
import type { Failure, ServerAnswer } from "../flow/failure";
import type { BodySink } from "../http/exchange";
import type { Response } from "../http/response";
import { refusalHint } from "./hint";
import { xmlText } from "./xml";

/** How much of an error's body is kept: code and message stand at its beginning. */
const KEPT = 1500;

/** Headers that every S3 answer is asked for. */
export const ANSWER_HEADERS = "etag x-amz-request-id x-amz-version-id x-amz-bucket-region content-length transfer-encoding date";

/** A sink that keeps the beginning of an error's body and leaves the body of a success to `success`. */
export function createAnswerSink(success: BodySink): { sink: BodySink; text(): Bytes } {
  let refused = false;
  let text = "";
  return {
    sink: {
      head: function (response) {
        refused = response.status >= 300;
        return refused || !success.head ? undefined : success.head(response);
      },
      body: function (bytes) {
        if (!refused) return success.body(bytes);
        if (text.length < KEPT) text += bytes.substr(0, KEPT - text.length);
        return undefined;
      },
    },
    text: function () {
      return text;
    },
  };
}

/** The failure that a refusal is. `what` names the request: "PUT logs/a.txt". */
export function refusal(what: string, response: Response, body: Bytes): Failure {
  const code = xmlText(body, "Code");
  const message = xmlText(body, "Message");
  const region = xmlText(body, "Region") || response.headers["x-amz-bucket-region"];
  let hint = refusalHint(code, response.status);
  const gap = find(hint, "...");
  if (region && gap >= 0) hint = hint.substr(0, gap) + region + hint.substr(gap + 3);
  const answer: ServerAnswer = {
    status: response.status, code: code, message: message,
    requestId: xmlText(body, "RequestId") || response.headers["x-amz-request-id"] || "",
  };
  if (response.headers["date"]) answer.date = response.headers["date"];
  if (region) answer.region = region;
  return {
    code: "s3",
    message: "S3 refused " + what + ": " + response.status + (code ? " " + code : "") + (message ? ", " + message : ""),
    hint: hint,
    cause: answer,
  };
}
