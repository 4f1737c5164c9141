// One request to S3 and its answer: signed now, sent once, a refusal made a failure. Every operation is made of these.
import { toUtf8 } from "../bytes/utf8";
import type { Done } from "../flow/failure";
import { exchange } from "../http/exchange";
import type { BodySink, BodySource, Exchange } from "../http/exchange";
import type { Response } from "../http/response";
import type { Platform } from "../platform/ports";
import { ANSWER_HEADERS, createAnswerSink, evidence, refusal } from "./refusal";
import { signedRequest } from "./signedRequest";
import type { S3Access, S3Request, SignedRequest } from "./signedRequest";

export interface S3Attempt {
  request: S3Request;
  /** Makes the body once the head is signed. With an expect header its first bytes wait for S3's word (100 Continue). */
  body?: (signed: SignedRequest) => BodySource;
  /** What becomes of the body of a success; left out where it says nothing. */
  success?: BodySink;
  /** Headers of the answer to keep beside those that every answer is asked for, joined by spaces. */
  keep?: string;
  /** See TlsOptions. */
  stride?: number;
}

/** The request as the exchange wants it. In a function of its own: what it was made of is free when it returns. */
function prepare(platform: Platform, access: S3Access, attempt: S3Attempt): Exchange {
  const request = attempt.request;
  const signed = signedRequest(platform, access, request);
  const sent: Exchange = {
    host: access.address.host, port: access.address.port, method: request.method, head: signed.head,
    keep: attempt.keep ? ANSWER_HEADERS + " " + attempt.keep : ANSWER_HEADERS,
    handshakeSeconds: access.handshakeSeconds, silenceSeconds: access.silenceSeconds, stride: attempt.stride || 0,
  };
  if (attempt.body) sent.body = attempt.body(signed);
  return sent;
}

/** Runs one attempt. Failures: s3 (refused) and those of `exchange`. The response comes with a failure, too, when there was one. */
export function s3Attempt(platform: Platform, access: S3Access, attempt: S3Attempt | undefined, done: Done<Response>): void {
  const key = attempt!.request.key;
  const method = attempt!.request.method;
  const answer = createAnswerSink(attempt!.success);
  let sent: Exchange | undefined = prepare(platform, access, attempt!);
  /** Kept to explain a refusal. */
  let head = sent.head;
  sent.expectContinue = attempt!.request.unsigned.some((header) => header[0] == "expect");
  // While the bytes go they would only take memory.
  attempt = undefined;
  if (sent.expectContinue || !sent.body) {
    sent.began = function () {
      head = "";
    };
  }
  exchange(platform, sent, answer, function (failed, response) {
    if (response && response.status >= 300) {
      failed = refusal(platform, method + " " + (toUtf8(key) || "/"), response, answer.text, access.region);
      if (head) failed.evidence = evidence(access, key, head, answer.text);
      if (response.headers["location"]) failed.cause!.location = response.headers["location"];
    }
    done(failed, response);
  });
  sent = undefined;
}
