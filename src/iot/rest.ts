// One HTTPS request to AWS IoT with the device's certificate as the only key: credentials, shadow and publish (IoT developer guide,
// "Device communication protocols", HTTPS). JSON in and out, short enough for memory.
import type { Bytes } from "../bytes/bytes";
import { failure } from "../flow/failure";
import type { Done, Failure } from "../flow/failure";
import { exchange } from "../http/exchange";
import type { Exchange } from "../http/exchange";
import { requestHead } from "../http/request";
import type { Header } from "../http/request";
import type { Response } from "../http/response";
import type { Platform } from "../platform/ports";

/** Bytes of a body written at once. */
const PIECE = 1024;

export interface RestRequest {
  method: string;
  host: string;
  port: number;
  /** Path and query, percent-encoded. */
  path: string;
  /** Beside host, content-length and connection. */
  headers: Header[];
  /** "" for none. */
  body: Bytes;
  /** The most bytes that the answer's body may have; of a refusal so many are kept. */
  limit: number;
  handshakeSeconds: number;
  silenceSeconds: number;
}

/** What AWS IoT answered, refusals too. */
export interface RestAnswer {
  status: number;
  body: Bytes;
  /** Without what only the parser needs: x-amzn-errortype, x-amzn-requestid, date. */
  headers: Response["headers"];
}

/** An address as the settings have it: a host, or {host, port}. */
export type Endpoint = string | { host: string; port?: number };

/** Host and port of an address. */
export function place(endpoint: Endpoint, port: number): { host: string; port: number } {
  return typeof endpoint == "string" ? { host: endpoint, port: port } : { host: endpoint.host, port: endpoint.port || port };
}

/** A failure if the device has no certificate or no key: the server would only break off the handshake. */
function certificateFault(platform: Platform): Failure | undefined {
  for (const name of ["cert.der", "key.der"]) {
    if (platform.flash.read(name) === undefined) {
      return failure("certificate", name + " is not in flash: AWS IoT knows a board by its certificate", "Write cert.der and key.der of the thing to Storage, in DER: firmware/README.md.");
    }
  }
  return undefined;
}

/** The request as the exchange wants it. In a function of its own: what it was made of is free when it returns. */
function prepare(request: RestRequest): Exchange {
  const { host, port, body } = request;
  let headers: Header[] = [["host", port == 443 ? host : host + ":" + port]];
  headers = headers.concat(request.headers);
  if (body != "" || request.method == "POST") headers.push(["content-length", "" + body.length]);
  headers.push(["connection", "close"]);
  const sent: Exchange = {
    host: host, port: port, method: request.method, head: requestHead(request.method, request.path, headers),
    keep: "x-amzn-errortype x-amzn-requestid date", deviceCertificate: true,
    handshakeSeconds: request.handshakeSeconds, silenceSeconds: request.silenceSeconds, stride: 0,
  };
  let at = 0;
  if (body != "") {
    sent.body = {
      next: function () {
        at += PIECE;
        return body.substr(at - PIECE, PIECE);
      },
      failed: () => undefined,
    };
  }
  return sent;
}

/**
 * Runs one request; any status is an answer. `done` comes from a timer, when the connection is closed and its memory is free.
 * Mutual TLS takes more memory than any other: little is held here, and what explains a failure is elsewhere (refusal.ts).
 * Failures: certificate (none in flash), http (an answer longer than `limit`) and those of `exchange`.
 */
export function rest(platform: Platform, request: RestRequest, done: Done<RestAnswer>): void {
  const limit = request.limit;
  let body = "";
  let long = false;
  let refused = false;

  function tell(failed: Failure | undefined, answer?: RestAnswer): void {
    platform.timers.after(0, () => done(failed, answer));
  }

  const fault = certificateFault(platform);
  if (fault) return tell(fault);
  const sent = prepare(request);
  // Or it would be held as long as the connection.
  request = undefined as never;
  exchange(platform, sent, {
    head: function (response) {
      refused = response.status > 299;
      return undefined;
    },
    body: function (bytes) {
      const room = limit - body.length;
      long = long || bytes.length > room;
      body += bytes.length > room ? bytes.substr(0, room) : bytes;
      return long && !refused ? failure("http", "The answer is longer than " + limit + " bytes", "Is this an endpoint of AWS IoT?") : undefined;
    },
  }, function (failed, response) {
    // A refusal counts even if its end was lost: the status tells enough.
    if (response && (!failed || refused)) tell(undefined, { status: response.status, body: body, headers: response.headers });
    else tell(failed);
  });
}
