// The answer of S3 that refuses a request, read (S3 API reference, "REST error responses").
import type { Bytes } from "../bytes/bytes";
import type { Failure, ServerAnswer } from "../flow/failure";
import type { Response } from "../http/response";
import { refusalHint } from "./hint";
import { xmlText } from "./xml";

/** See refusal. */
export function readRefusal(what: string, response: Response, body: Bytes, signed?: string): Failure {
  const code = xmlText(body, "Code");
  const message = xmlText(body, "Message");
  const region = xmlText(body, "Region") || response.headers["x-amz-bucket-region"];
  const answer: ServerAnswer = {
    status: response.status, code: code, message: message,
    requestId: xmlText(body, "RequestId") || response.headers["x-amz-request-id"] || "",
  };
  if (response.headers["date"]) answer.date = response.headers["date"];
  if (region) answer.region = region;
  return {
    code: "s3",
    message: "S3 refused " + what + ": " + response.status + (code ? " " + code : "") + (message ? ", " + message : ""),
    // A 400 or a redirect that names another region is about the region; S3 names the bucket's own beside other refusals as well.
    hint: region && region != signed && response.status < 403 ? 'device.configure({s3:{region:"' + region + '"}})' : refusalHint(code, response.status),
    cause: answer,
  };
}
