// The HTTPS front of a service: TLS as AWS and old mbedTLS clients have in common, and the connections under it.
import { createServer, type Server } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** A certificate with its key, all PEM. */
export interface ServerCertificate {
  cert: string;
  key: string;
  /** Root of the clients: with it each must present a certificate of its own (mutual TLS). */
  clientCa?: string;
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

/** What all servers of the cloud have in common. */
export const TLS = { minVersion: "TLSv1.2", maxVersion: "TLSv1.2", ciphers: CIPHERS, honorCipherOrder: true, dhparam: "auto" } as const;

/** AWS closes a connection that was idle this long. */
const KEEP_ALIVE_MILLISECONDS = 20_000;

export class HttpsFront {
  private readonly connections = new Map<string, Socket>();
  private readonly sockets = new Set<Socket>();
  private closing = false;
  private readonly server: Server;

  /** @param serve called for each request; with `expectsContinue` the client waits for "100 Continue" before the body */
  constructor({ clientCa, ...certificate }: ServerCertificate, serve: (message: IncomingMessage, response: ServerResponse, expectsContinue: boolean) => void) {
    // allowHalfOpen: a client that closes its direction after the request still gets its answer.
    const mutual = clientCa === undefined ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: true };
    this.server = createServer({ ...TLS, ...certificate, ...mutual, allowHalfOpen: true, keepAliveTimeout: KEEP_ALIVE_MILLISECONDS, requestTimeout: 0 });
    this.server.on("connection", (socket: Socket) => {
      // Beside the names: a port comes back while the connection that had it before is still about to end.
      const name = nameOf(socket);
      this.connections.set(name, socket);
      this.sockets.add(socket);
      socket.on("error", () => {}).on("close", () => {
        this.sockets.delete(socket);
        if (this.connections.get(name) === socket) this.connections.delete(name);
      });
      if (this.closing) socket.destroy();
    });
    // A client that leaves in the middle of a handshake is no failure of the server.
    this.server.on("tlsClientError", () => {});
    this.server.on("request", (message, response) => serve(message, response, false));
    this.server.on("checkContinue", (message, response) => serve(message, response, true));
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** The TCP connection under the TLS one a request came on. */
  connectionOf(message: IncomingMessage): Socket {
    return this.connections.get(nameOf(message.socket)) ?? message.socket;
  }

  /** @param port 0 for a free one */
  async listen(host: string, port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen(port, host, resolve);
    });
  }

  /** Closes the server and every connection. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.closing = true;
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}

function nameOf(socket: Socket): string {
  return `${socket.remoteAddress}:${socket.remotePort}`;
}
