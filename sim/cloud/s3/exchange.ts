// One request and its answer on the wire: receiving the body, sending the answer, and the faults in between.
import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { refusal, S3Error } from "./errors";
import type { Fault } from "./faults";
import type { Answer } from "./operation";
import type { Payload, PayloadReader } from "./payload";
import { xmlDocument } from "./xml";

/** What is remembered of a request. Status 0: not answered (yet). */
export interface RequestRecord {
  method: string;
  target: string;
  /** "UploadPart", as in the S3 API reference; "" for a request that could not be read or is none. */
  operation: string;
  key: string | undefined;
  query: Record<string, string | string[]>;
  /** By lower-case name. */
  headers: Record<string, string>;
  status: number;
  /** Code of the refusal; "" if there was none. */
  code: string;
  /** Of the request's body, as it came over the wire. */
  bytes: number;
  /** Of the answer's body. */
  bytesSent: number;
}

/** The connection is gone or given up: nothing more can be said on it. */
export class ConnectionLost extends Error {}

/** How long a refused client may go on sending before it is cut off. */
const LINGER_MILLISECONDS = 5000;

export class Exchange {
  private readonly requestId = randomBytes(8).toString("hex").toUpperCase();
  private readonly hostId = randomBytes(56).toString("base64");

  constructor(
    readonly message: IncomingMessage,
    readonly response: ServerResponse,
    /** The TCP connection under the TLS one. */
    private readonly connection: Socket,
    readonly record: RequestRecord,
    /** Milliseconds since 1970. */
    private readonly now: () => number,
  ) {
    response.sendDate = false;
  }

  /** Takes in the body. Fails with the reader's refusal, RequestTimeout, or ConnectionLost. */
  receive(reader: PayloadReader, idleMilliseconds: number, fault: Fault | undefined): Promise<Payload> {
    const { message, record } = this;
    const limit = (fault?.kind === "cut" || fault?.kind === "stall") && fault.during === "request" ? fault.afterBytes : Infinity;
    return new Promise<Payload>((resolve, reject) => {
      const settle = (finish: () => void) => {
        clearTimeout(timer);
        message.removeListener("data", onData).removeListener("end", onEnd).removeListener("close", onClose);
        message.pause();
        finish();
      };
      const attempt = (step: () => void) => {
        try {
          step();
        } catch (error) {
          settle(() => reject(error));
        }
      };
      const timer = setTimeout(() => settle(() => reject(refusal.requestTimeout())), idleMilliseconds);
      const onData = (slice: Buffer) =>
        attempt(() => {
          timer.refresh();
          record.bytes += slice.length;
          if (record.bytes >= limit) {
            if (fault?.kind === "cut") this.connection.destroy();
            throw new ConnectionLost();
          }
          reader.write(slice);
        });
      const onEnd = () => attempt(() => {
        const payload = reader.end();
        settle(() => resolve(payload));
      });
      const onClose = () => settle(() => reject(new ConnectionLost()));
      if (message.destroyed && !message.complete) return onClose();
      message.on("data", onData).on("end", onEnd).on("close", onClose);
    });
  }

  /** Sends an answer, all of it or as much as the fault lets through. */
  send(answer: Answer, fault?: Fault): void {
    const { message, response, record } = this;
    const body = Buffer.from(answer.body ?? "");
    const bodiless = message.method === "HEAD" || answer.status === 204 || answer.status === 304;
    const headers: Record<string, string> = { ...this.commonHeaders(), ...answer.headers };
    // S3 sends its XML in Transfer-Encoding: chunked.
    const xml = !bodiless && headers["Content-Type"] === "application/xml";
    if (answer.status !== 204 && answer.status !== 304 && !xml) headers["Content-Length"] ??= String(body.length);
    if (fault?.kind === "headers") Object.assign(headers, fault.headers);
    const unread = !message.complete;
    if (unread) headers["Connection"] = "close";
    record.status = answer.status;
    const limit = (fault?.kind === "cut" || fault?.kind === "stall") && fault.during === "response" ? fault.afterBytes : Infinity;
    // The head of an answer without a body is all of it.
    if (bodiless && limit < Infinity) return fault?.kind === "cut" ? this.abandon() : undefined;
    response.writeHead(answer.status, headers);
    const sent = bodiless ? body.subarray(0, 0) : body.subarray(0, limit);
    record.bytesSent = sent.length;
    if (limit < Infinity) {
      response.flushHeaders();
      response.write(sent, () => fault?.kind === "cut" && this.connection.destroy());
      return;
    }
    if (fault?.kind === "closeWithoutNotify") this.closeAbruptly();
    else if (unread) this.linger();
    response.end(sent);
  }

  /** Sends a refusal as S3's error document. HEAD has none. */
  refuse(error: S3Error): void {
    this.record.code = error.code;
    const headers = { "Content-Type": "application/xml", ...error.headers };
    if (this.message.method === "HEAD") return this.send({ status: error.status, headers: { ...headers, "Content-Length": "0" } });
    this.send({ status: error.status, headers, body: error.status === 304 ? "" : this.errorDocument(error) });
  }

  /** Sends 200 and white space, and only then what came out: an answer's body or an error document. */
  sendLate(outcome: Answer | S3Error): void {
    const failed = outcome instanceof S3Error;
    const body = `  \n\n ${failed ? this.errorDocument(outcome) : (outcome.body?.toString() ?? "")}`;
    const headers = failed ? { "Content-Type": "application/xml" } : outcome.headers;
    this.record.status = 200;
    this.record.code = failed ? outcome.code : "";
    this.record.bytesSent = body.length;
    // No length: it was not known yet when the head was sent.
    this.response.writeHead(200, { ...this.commonHeaders(), ...headers });
    this.response.end(body);
  }

  /** Breaks the connection without an answer. */
  abandon(): void {
    this.connection.destroy();
  }

  private commonHeaders(): Record<string, string> {
    return { "x-amz-id-2": this.hostId, "x-amz-request-id": this.requestId, Date: new Date(this.now()).toUTCString(), Server: "AmazonS3" };
  }

  private errorDocument(error: S3Error): string {
    return xmlDocument("Error", { Code: error.code, Message: error.message, ...error.details, RequestId: this.requestId, HostId: this.hostId });
  }

  /** Closes the TCP connection under TLS once the answer has left. */
  private closeAbruptly(): void {
    const { socket } = this.message;
    const close = () => this.connection.destroy();
    // Node would end TLS properly first, if the request asked for the connection to be closed.
    socket.destroySoon = () => {};
    this.response.once("finish", () => (socket.writableLength === 0 ? close() : socket.once("drain", close)));
  }

  /**
   * The client is still sending. Closing now would make the system reset the connection, and the client might never
   * see the answer: so only our direction is closed, and what still arrives is thrown away for a while.
   */
  private linger(): void {
    const socket = this.message.socket;
    socket.destroySoon = () => socket.end();
    const timer = setTimeout(() => this.connection.destroy(), LINGER_MILLISECONDS).unref();
    this.connection.once("close", () => clearTimeout(timer));
    this.message.on("error", () => {}).resume();
  }
}
