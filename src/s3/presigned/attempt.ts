// One request by a presigned URL: nothing is signed here, no key is needed, and no header may be sent that the signature would have to
// cover.
import { find } from "../../bytes/find";
import type { Done, Failure } from "../../flow/failure";
import { exchange } from "../../http/exchange";
import type { BodySink, BodySource, Exchange } from "../../http/exchange";
import type { Header } from "../../http/request";
import { requestHead } from "../../http/request";
import type { Response } from "../../http/response";
import type { Platform } from "../../platform/ports";
import { ANSWER_HEADERS, createAnswerSink, refusal } from "../refusal";
import { expired } from "./expired";
import type { PresignedUrl } from "./url";

/** What requests by one URL have in common. */
export interface UrlAccess {
  url: PresignedUrl;
  handshakeSeconds: number;
  silenceSeconds: number;
  /** See S3Access. */
  persist<T>(attempt: (done: Done<T>) => void, done: Done<T>): void;
}

export interface UrlAttempt {
  method: string;
  headers: Header[];
  body?: BodySource;
  success?: BodySink;
  stride: number;
}

/** A refusal in the words of a presigned URL: nobody here can sign it anew, or for another region. */
export function explained(failed: Failure): Failure {
  const answer = failed.cause;
  if (failed.code != "s3" || !answer) return failed;
  failed.hint = "Whoever made the URL must make another: its signer may no longer do this, or the object is not there.";
  if (find(answer.message, "has expired") >= 0) {
    failed.code = "url-expired";
    failed.hint = "Ask for a new URL.";
  } else if (answer.code == "SignatureDoesNotMatch") {
    failed.hint = "Is the URL copied whole, and made for this method? One for GET does not serve for PUT.";
  } else if (answer.code == "ExpiredToken") {
    failed.code = "url-expired";
    failed.hint = "The session that signed the URL has ended, and the URL with it: ask for a new one.";
  } else if (answer.status >= 500) failed.hint = "S3 is busy: try again.";
  return failed;
}

/**
 * Runs one attempt. Failures: url-expired (not sent, or the server says so), s3 (refused) and those of `exchange`; `refused` gets a
 * refusal's body.
 */
export function urlAttempt(platform: Platform, access: UrlAccess, attempt: UrlAttempt, done: Done<Response>, refused?: (body: string) => void): void {
  const url = access.url;
  const late = expired(platform.clock, url.expires);
  if (late) return done(late);
  const headers: Header[] = [["host", url.hostHeader]];
  if (find(";" + url.signedHeaders + ";", ";x-amz-content-sha256;") >= 0) headers.push(["x-amz-content-sha256", "UNSIGNED-PAYLOAD"]);
  const answer = createAnswerSink(attempt.success);
  const sent: Exchange = {
    host: url.host, port: url.port, method: attempt.method,
    head: requestHead(attempt.method, url.target, headers.concat(attempt.headers, [["connection", "close"]])),
    keep: ANSWER_HEADERS + " content-range", handshakeSeconds: access.handshakeSeconds, silenceSeconds: access.silenceSeconds, stride: attempt.stride,
  };
  if (attempt.body) {
    sent.body = attempt.body;
    sent.expectContinue = true;
  }
  exchange(platform, sent, answer, function (failed, response) {
    if (!response || response.status < 300) return done(failed, response);
    if (refused) refused(answer.text);
    // The path alone: the query is as good as a password.
    done(explained(refusal(platform, attempt.method + " " + url.target.split("?")[0], response, answer.text)), response);
  });
}
