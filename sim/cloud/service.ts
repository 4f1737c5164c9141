// What every HTTPS service of the cloud has: an address, a region, and a clock of its own.
import type { IncomingMessage, ServerResponse } from "node:http";
import { HttpsFront, type ServerCertificate } from "./https";

export interface ServiceOptions {
  host: string;
  /** 0: a free one. */
  port: number;
  /** Of the endpoint. */
  region: string;
  certificate: ServerCertificate;
  /** The cloud's clock, milliseconds since 1970. */
  now: () => number;
}

export abstract class HttpsService<Options extends ServiceOptions = ServiceOptions> {
  protected readonly front: HttpsFront;
  private offset = 0;

  constructor(protected readonly options: Options) {
    this.front = new HttpsFront(options.certificate, (message, response, expectsContinue) => void this.serve(message, response, expectsContinue));
  }

  get host(): string {
    return this.options.host;
  }
  get port(): number {
    return this.front.port;
  }
  get region(): string {
    return this.options.region;
  }

  /** The server's clock goes so many seconds ahead of the cloud's. */
  setOffset(seconds: number): void {
    this.offset = seconds;
  }

  listen(): Promise<void> {
    return this.front.listen(this.options.host, this.options.port);
  }

  /** Closes the server and every connection. */
  close(): Promise<void> {
    return this.front.close();
  }

  /** Milliseconds since 1970 by the server's own clock. */
  protected now(): number {
    return this.options.now() + this.offset * 1000;
  }

  /** Answers one request; must not reject. With `expectsContinue` the client waits for "100 Continue" before the body. */
  protected abstract serve(message: IncomingMessage, response: ServerResponse, expectsContinue: boolean): Promise<void>;
}
