// How connect() opens a connection: name, port, certificates, TCP, TLS. All of it blocks, and fails by throwing.
import { asBytes } from "../bytes";
import type { Profile, Verification } from "../options";
import type { Dictionary } from "../realm";
import { readIdentity } from "./certificates";
import { StalledTransport } from "./stalled";
import { TcpTransport } from "./tcp";
import { TlsTransport } from "./tls";
import type { Transport } from "./transport";
import { lookUp } from "./wire";

export interface OpeningHost {
  readonly profile: Profile;
  readonly verification: Verification;
  /** The air is there: an ESP32 without Wifi finds no host and connects nowhere. */
  online(): boolean;
  readFile(path: string): string | undefined;
  printLine(text: string): void;
  /** Native heap for one more TLS link. */
  tlsMemory(): boolean;
}

export interface Opening {
  readonly kind: "tcp" | "tls";
  readonly options: Dictionary;
  /** SO_RCVBUF of the new socket, 0 for the system's own. */
  readonly receiveBuffer: number;
  readonly wake: () => void;
  /** An InternalError of the board's world. */
  readonly fail: (message: string) => Error;
  /** Raises one that nobody called for: a handshake that failed later. */
  readonly raise: (error: Error) => void;
}

/** An IPv4 address in digits: it needs no name server. */
export function isAddress(host: string): boolean {
  return /^[\d.]+$/.test(host);
}

/** Connects, blocking. Throws "Unable to locate host", "Unable to create socket", or what is wrong with a certificate. */
export function openTransport(opening: Opening, host: OpeningHost): Transport {
  const { kind, options, fail, wake } = opening;
  const name = options["host"] === undefined ? "127.0.0.1" : asBytes(options["host"]);
  const address = host.online() || isAddress(name) ? lookUp(name) : undefined;
  if (address === undefined || address === "0.0.0.0") throw fail("Unable to locate host");
  if (!host.online()) throw fail("Unable to create socket");
  const port = (Math.trunc(Number(options["port"])) & 65535) || (kind === "tls" ? 443 : 0);
  const transport = kind === "tcp" ? TcpTransport.connect(address, port, wake) : openTls(name, address, port, opening, host);
  if (!transport) {
    host.printLine("ERROR: Connect failed (err 111)");
    throw fail("Unable to create socket");
  }
  return opening.receiveBuffer > 0 ? new StalledTransport(transport, opening.receiveBuffer, wake) : transport;
}

function openTls(name: string, address: string, port: number, opening: Opening, host: OpeningHost): TlsTransport | undefined {
  const { fail, wake } = opening;
  const { profile, verification } = host;
  const identity = readIdentity(opening.options, {
    profile, fail, readFile: (path) => host.readFile(path), warn: (text) => host.printLine(`WARNING: ${text}`),
  });
  if (!host.tlsMemory()) throw fail("mbedtls_ssl_setup: Not enough memory");
  return TlsTransport.connect({ name, address, port, profile, verification, identity, wake, raise: (message) => opening.raise(fail(message)) });
}
