// The S3 server: HTTPS in front, operations behind (S3 API reference; TLS as S3 and old mbedTLS clients have in common).
import { createServer, type Server } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { createHash } from "node:crypto";
import type { AccessKeys } from "../credentials";
import { authenticate } from "./authentication";
import { refusal, S3Error } from "./errors";
import { ConnectionLost, Exchange, type RequestRecord } from "./exchange";
import { Faults } from "./faults";
import type { Context } from "./operation";
import { openPayload } from "./payload";
import { readRequest } from "./request";
import { route } from "./route";
import { Bucket, simpleEtag, type Buckets } from "./store";

export interface S3Options {
  host: string;
  /** 0: a free one. */
  port: number;
  bucket: string;
  region: string;
  keys: AccessKeys;
  certificate: { cert: string; key: string };
  /** The server's clock, milliseconds since 1970. */
  now: () => number;
  /** A body that pauses longer is refused with RequestTimeout. */
  idleMilliseconds: number;
}

/**
 * TLS 1.2 suites: those of AWS first, then plain RSA and DHE, the only ones Espruino's Linux build offers. The order is
 * the server's, so a client gets the cheapest it shares.
 */
const CIPHERS = [
  "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-AES128-SHA256", "ECDHE-RSA-AES256-SHA384",
  "ECDHE-RSA-AES128-SHA", "ECDHE-RSA-AES256-SHA", "AES128-GCM-SHA256", "AES256-GCM-SHA384", "AES128-SHA256", "AES256-SHA256",
  "AES128-SHA", "AES256-SHA", "DHE-RSA-AES128-GCM-SHA256", "DHE-RSA-AES256-GCM-SHA384", "DHE-RSA-AES128-SHA256",
  "DHE-RSA-AES256-SHA256", "DHE-RSA-AES128-SHA", "DHE-RSA-AES256-SHA",
].join(":");

/** S3 closes a connection that was idle this long. */
const KEEP_ALIVE_MILLISECONDS = 20_000;

export class S3Server {
  /** Every request so far, oldest first. */
  readonly requests: RequestRecord[] = [];
  readonly faults = new Faults();
  private readonly buckets: Buckets = new Map();
  private readonly connections = new Map<string, Socket>();
  private readonly server: Server;

  constructor(private readonly options: S3Options) {
    this.buckets.set(options.bucket, new Bucket());
    // allowHalfOpen: a client that closes its direction after the request still gets its answer.
    const tls = { ...options.certificate, minVersion: "TLSv1.2", maxVersion: "TLSv1.2", ciphers: CIPHERS, honorCipherOrder: true, dhparam: "auto", allowHalfOpen: true } as const;
    this.server = createServer({ ...tls, keepAliveTimeout: KEEP_ALIVE_MILLISECONDS, requestTimeout: 0 });
    this.server.on("connection", (socket: Socket) => {
      const name = `${socket.remoteAddress}:${socket.remotePort}`;
      this.connections.set(name, socket);
      socket.on("close", () => this.connections.delete(name)).on("error", () => {});
    });
    // A client that leaves in the middle of a handshake is no failure of the server.
    this.server.on("tlsClientError", () => {});
    this.server.on("request", (message, response) => void this.serve(message, response, false));
    this.server.on("checkContinue", (message, response) => void this.serve(message, response, true));
  }

  get host(): string {
    return this.options.host;
  }
  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }
  get bucket(): string {
    return this.options.bucket;
  }
  get region(): string {
    return this.options.region;
  }

  /** The bytes of an object of the first bucket. */
  get(key: string): Buffer | undefined {
    return this.first().objects.get(key)?.data;
  }

  /** Stores an object in the first bucket, as if it had been uploaded in one piece. */
  put(key: string, data: Buffer): void {
    const etag = simpleEtag(createHash("md5").update(data).digest());
    this.first().objects.set(key, { data, etag, lastModified: this.options.now(), headers: { "content-type": "binary/octet-stream" }, checksum: undefined });
  }

  /** Takes an object out of the first bucket. */
  remove(key: string): void {
    this.first().objects.delete(key);
  }

  /** Keys of the first bucket, in S3's order. */
  keys(): string[] {
    return this.first().keys();
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen(this.options.port, this.options.host, resolve);
    });
  }

  /** Closes the server and every connection. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const socket of this.connections.values()) socket.destroy();
    await closed;
  }

  private first(): Bucket {
    return this.buckets.get(this.options.bucket)!;
  }

  private async serve(message: IncomingMessage, response: ServerResponse, expectsContinue: boolean): Promise<void> {
    const { now } = this.options;
    const record: RequestRecord = { method: message.method ?? "", target: message.url ?? "", status: 0, code: "", bytes: 0, bytesSent: 0 };
    this.requests.push(record);
    const connection = this.connections.get(`${message.socket.remoteAddress}:${message.socket.remotePort}`) ?? message.socket;
    const exchange = new Exchange(message, response, connection, record, now);
    try {
      await this.work(exchange, expectsContinue);
    } catch (error) {
      if (error instanceof ConnectionLost) return;
      if (!(error instanceof S3Error)) console.error(error);
      exchange.refuse(error instanceof S3Error ? error : refusal.internalError());
    }
  }

  /** Head first, then the body, then the operation: nothing is stored before everything was checked. */
  private async work(exchange: Exchange, expectsContinue: boolean): Promise<void> {
    const { options, buckets } = this;
    const { message, response } = exchange;
    const request = readRequest(message, { region: options.region, hosts: [options.host] });
    const fault = this.faults.take(request);
    if (fault?.kind === "answer") {
      const { status, code, headers = {}, body } = fault;
      if (body === undefined) throw new S3Error(status, code, fault.message ?? code, {}, headers);
      return exchange.send({ status, headers, body });
    }
    const principal = await authenticate(request, options);
    const operation = route(request);
    const context = (): Context => ({ request, buckets, region: options.region, now: options.now() });
    operation.prepare?.(context());
    const reader = openPayload(request, principal, operation.body === "object");
    if (expectsContinue) response.writeContinue();
    const payload = await exchange.receive(reader, options.idleMilliseconds, fault);
    exchange.send(operation.run(context(), payload), fault);
  }
}
