// One request and its answer on a connection of its own: the driver between a Tls port, a body and the response parser.
import type { Bytes } from "../bytes/bytes";
import { failure } from "../flow/failure";
import type { Done, Failure } from "../flow/failure";
import type { Platform, Socket } from "../platform/ports";
import type { Response, ResponseEvents, ResponseParser } from "./response";
import { createResponseParser } from "./response";

/** A request body that is made piece by piece, while it is sent. */
export interface BodySource {
  /** The next piece, or "" when all has been given or when `failed` has a value. */
  next(): Bytes;
  /** Why the body cannot go on: the connection is then closed without completing the request. */
  failed(): Failure | undefined;
}

export interface Exchange {
  host: string;
  port: number;
  method: string;
  /** Request line and headers, from `requestHead`. It is let go once it is sent. */
  head: Bytes;
  body?: BodySource;
  /** Called when the body begins, or a success: what was kept in case the head is refused may be let go. */
  began?: () => void;
  /** The head says Expect: 100-continue: wait a second for the server's word before the body. */
  expectContinue?: boolean;
  /** Headers of the answer to keep, in lower case, joined by spaces. */
  keep: string;
  deviceCertificate?: boolean;
  handshakeSeconds: number;
  silenceSeconds: number;
  /** See TlsOptions. */
  stride: number;
}

/** How much of the head is the socket's hello. The rest follows when the handshake, which takes most memory, is over. */
const HELLO = 32;

/** What becomes of the answer's body. A failure given back ends the exchange. */
export interface BodySink {
  head?(response: Response): Failure | undefined;
  body(bytes: Bytes): Failure | undefined;
}

/**
 * Runs one exchange and calls `done` once, when the connection is closed. The answer counts as soon as it is complete,
 * however the connection ends then; an answer that comes before the body is sent stops the body (S3 refuses early).
 */
export function exchange(platform: Platform, request: Exchange | undefined, sink: BodySink, done: Done<Response>): void {
  // What is needed beyond the connect; the rest is let go then (destructuring would keep it: Babel gives it a second name).
  const body = request!.body;
  const began = request!.began;
  const method = request!.method;
  const keep = request!.keep;
  let socket: Socket | undefined;
  let head = request!.head;
  request!.head = "";
  let headSent = false;
  /** The body may go, as soon as the head is on its way. */
  let asked = !request!.expectContinue;
  let sending = false;
  let started = false;
  let answer: Response | undefined;
  let complete = false;
  let failed: Failure | undefined;
  let waiting: number | undefined;

  /** The connection is no longer needed; `done` is called when it is closed. */
  function close(reason: Failure | undefined): void {
    if (!failed && !complete) failed = reason;
    sending = false;
    waiting = platform.timers.cancel(waiting);
    if (socket) socket.end();
  }

  function startBody(): void {
    waiting = platform.timers.cancel(waiting);
    asked = true;
    if (!headSent || !body || answer || failed || sending) return;
    sending = started = true;
    if (began) began();
    socket!.pump(body.next);
  }

  /** Head or body is on its way. */
  function sent(): void {
    if (!headSent) {
      headSent = true;
      if (asked) startBody();
      return;
    }
    if (!sending) return;
    sending = false;
    const reason = body!.failed();
    if (reason) close(reason);
  }

  /** While a body goes out there is none: what came before it, 100 Continue, was an answer of its own. */
  let parser: ResponseParser | undefined;

  /** What the parser tells; made with it. */
  function createEvents(): ResponseEvents {
    return {
      interim: function () {
        if (!waiting) return;
        platform.timers.cancel(waiting);
        // From a timer: the parser that calls this stands deep in a small stack.
        waiting = platform.timers.after(0, startBody);
      },
      head: function (response) {
        answer = response;
        if (began && response.status < 300) began();
        if (sending) socket!.pump(undefined);
        sending = false;
        const reason = sink.head && sink.head(response);
        if (reason) close(reason);
      },
      body: function (bytes) {
        if (failed) return;
        const reason = sink.body(bytes);
        if (reason) close(reason);
      },
      end: function () {
        // A success that comes before all of the body went out is none: the server cannot have what it confirms.
        const reason = !body || answer!.status > 299 || (started && body.next() == "" && !body.failed())
          ? undefined
          : failure("http", "The server confirmed what was not sent yet (" + answer!.status + ")", "Is this address an S3? A proxy may answer like this.");
        if (!failed && !reason) complete = true;
        close(reason);
      },
      failed: close,
    };
  }

  function feed(bytes: Bytes): void {
    if (!parser) parser = createResponseParser(method, keep, createEvents());
    parser.feed(bytes);
    if (!answer && !failed && bytes.substr(-4) == "\r\n\r\n") parser = undefined;
  }

  function over(reason?: Failure): void {
    waiting = platform.timers.cancel(waiting);
    if (!complete && !failed) {
      // What the socket says is nearer to the cause than what the parser makes of the missing rest.
      if (reason) failed = reason;
      else {
        feed("");
        parser!.close(true);
      }
    }
    socket = undefined;
    done(failed, answer);
  }

  socket = platform.tls.connect(
    {
      host: request!.host,
      port: request!.port,
      hello: head.substr(0, HELLO),
      deviceCertificate: !!request!.deviceCertificate,
      handshakeSeconds: request!.handshakeSeconds,
      silenceSeconds: request!.silenceSeconds,
      stride: request!.stride,
    },
    {
      open: function () {
        if (!asked) waiting = platform.timers.after(1000, startBody);
        socket!.pump(function () {
          const rest = head.substr(HELLO);
          head = "";
          return rest;
        });
      },
      data: feed,
      drain: sent,
      end: over,
      failed: over,
    },
  );
  request = undefined;
}
