// The network of a board: net, tls and dgram, the poll of all sockets, and the trap of calls made in a 'data' listener.
import { asBytes } from "../bytes";
import { listeners } from "../language/events";
import type { Loop } from "../loop";
import { typeName } from "../print";
import type { Dictionary, Realm } from "../realm";
import type { NetworkChunk } from "./chunk";
import { Connection, type Kind } from "./connection";
import { isAddress, openTransport, type OpeningHost } from "./opening";
import { buildSurroundings } from "./surroundings";
import { encodeDatagram, sendArguments, UdpTransport } from "./udp";
import { parseUrl } from "./url";
import { lookUp } from "./wire";

export interface NetworkHost extends OpeningHost {
  /** Raises an error flag of the interpreter. */
  flag(name: string): void;
  /** Stops the board: the real one would be gone. Never returns. */
  crash(trap: string): never;
}

export class Network {
  readonly socketPrototype: object;
  readonly datagramPrototype: object;
  private readonly connections = new WeakMap<object, Connection>();
  private clients: Connection[] = [];
  private bound: Connection[] = [];
  private inDataListener = false;
  private tlsTable: unknown;

  constructor(private readonly realm: Realm, private readonly loop: Loop, private readonly chunk: NetworkChunk, private readonly host: NetworkHost) {
    const network = this;
    this.socketPrototype = realm.nativeClass("Socket", {
      write(this: object, data: unknown) { return network.write(this, data); },
      end(this: object, data?: unknown) { network.end(this, data); },
      read(this: object, n?: number) { return network.read(this, n ?? 0); },
      available(this: object) { return network.connections.get(this)?.unread.length ?? 0; },
    });
    this.datagramPrototype = realm.nativeClass("dgramSocket", {
      send(this: object, ...args: unknown[]) { network.sendDatagram(this, args); },
      bind(this: object, port: number, callback?: unknown) { return network.bind(this, port, callback); },
      close(this: object) { network.end(this, undefined); },
      addMembership() { /* no multicast here */ },
    });
    loop.addPoller(() => this.poll());
  }

  /** Links with TLS that are open now. */
  get tlsLinks(): number {
    return this.clients.filter((client) => client.kind === "tls" && client.transport).length;
  }

  /** Modules net, tls and dgram. */
  module(name: "net" | "tls" | "dgram"): object {
    const module = this.realm.object();
    if (name === "dgram") {
      this.realm.define(module, { createSocket: (type: unknown, callback?: unknown) => this.createDatagramSocket(type, callback) });
    } else {
      const kind = name === "net" ? "tcp" : "tls";
      this.realm.define(module, { connect: (options: unknown, callback?: unknown) => this.connect(kind, options, callback) });
    }
    if (name === "net") {
      this.realm.define(module, { createServer: () => { throw this.realm.error("Error", "Servers are not part of the virtual board"); } });
    }
    return module;
  }

  /** Data that came while nobody listened is delivered, as an event, to the first listener. */
  listenerAdded(socket: object, event: string): void {
    const connection = event === "data" ? this.connections.get(socket) : undefined;
    if (!connection || connection.unread === "") return;
    const bytes = connection.unread;
    connection.unread = "";
    this.loop.queue(listeners(socket, "data"), socket, [bytes]);
  }

  /** Power off: every connection is cut. */
  abort(): void {
    for (const connection of [...this.clients, ...this.bound]) connection.transport?.abort();
    this.clients = [];
    this.bound = [];
  }

  /** reset(): connections are closed, without events. */
  closeAll(): void {
    for (const connection of [...this.clients, ...this.bound]) connection.kill();
    this.clients = [];
    this.bound = [];
  }

  private connect(kind: "tcp" | "tls", given: unknown, callback: unknown): object | undefined {
    const options = typeof given === "string" ? parseUrl(this.realm, given) : given;
    if (typeof options !== "object" || options === null) {
      this.host.printLine(`ERROR: Expecting Options to be an Object but it was ${typeName(options)}`);
      return undefined;
    }
    if (!this.checkCallback(callback)) return undefined;
    this.guard(`${kind === "tls" ? "tls" : "net"}.connect()`, kind === "tls");
    const socket = this.create(this.socketPrototype, kind, options as Dictionary, callback);
    const connection = this.connections.get(socket) as Connection;
    try {
      connection.transport = openTransport({
        kind, options: options as Dictionary, receiveBuffer: this.chunk.receiveBuffer, wake: () => this.loop.wake(),
        fail: (message) => this.realm.error("InternalError", message), raise: (error) => this.loop.raise(error),
      }, this.host);
      if (kind === "tls") this.showTlsTable();
    } catch (error) {
      // it stays in the list of sockets and is closed by the next pass
      connection.closeNow = true;
      throw error;
    }
    return socket;
  }

  /** Trap: the state of TLS sockets lies in a global variable of the program's own world, `ssl`. */
  private showTlsTable(): void {
    const { global } = this.realm;
    if (typeof global["ssl"] !== "object" || global["ssl"] === null) global["ssl"] = this.realm.object();
    this.tlsTable = global["ssl"];
  }

  private createDatagramSocket(type: unknown, callback: unknown): object | undefined {
    if (!this.checkCallback(callback)) return undefined;
    this.guard("dgram.createSocket()", false);
    const options = typeof type === "object" && type !== null ? type as Dictionary : this.realm.object();
    this.chunk.raise(Math.trunc(Number(options["recvBufferSize"])) || 0);
    return this.create(this.datagramPrototype, "udp", options, callback);
  }

  private create(prototype: object, kind: Kind, options: Dictionary, callback: unknown): object {
    const socket = this.realm.create(prototype);
    const connection = new Connection(kind, socket, options);
    this.connections.set(socket, connection);
    if (callback !== undefined) this.realm.define(socket, { "#onconnect": callback });
    this.clients.push(connection);
    this.loop.hold(connection, true);
    return socket;
  }

  private write(socket: object, data: unknown): boolean {
    this.guard("write()", false);
    const connection = this.connections.get(socket);
    if (!connection?.open) throw this.realm.error("Error", "This socket is closed");
    // trap: anything is made into text, a Uint8Array becomes "65,66"
    if (data !== undefined) connection.append(asBytes(data));
    this.loop.wake();
    return false;
  }

  private end(socket: object, data: unknown): void {
    this.guard("end()", false);
    const connection = this.connections.get(socket);
    if (!connection) return;
    try {
      if (data !== undefined) this.write(socket, data);
    } finally {
      if (!connection.sending) connection.closeNow = true;
      connection.closing = true;
      this.loop.wake();
    }
  }

  private read(socket: object, n: number): string {
    const connection = this.connections.get(socket);
    if (!connection) return "";
    const length = n > 0 ? n : connection.unread.length;
    const bytes = connection.unread.slice(0, length);
    connection.unread = connection.unread.slice(length);
    return bytes;
  }

  private sendDatagram(socket: object, args: readonly unknown[]): void {
    this.guard("send()", false);
    const connection = this.connections.get(socket);
    if (!connection?.open) throw this.realm.error("Error", "This socket is closed");
    const { bytes, port, host } = sendArguments(args);
    // trap: a name that cannot be found does not throw, the datagram goes to 0.0.0.0
    const address = (this.host.online() || isAddress(host) ? lookUp(host) : undefined) ?? "0.0.0.0";
    connection.append(encodeDatagram(address, port, bytes));
    connection.transport ??= this.openDatagrams(undefined, false, connection);
    this.loop.wake();
  }

  private bind(socket: object, port: number, callback: unknown): object {
    this.guard("bind()", false);
    const connection = this.connections.get(socket);
    if (!connection) return socket;
    connection.transport = this.openDatagrams(port & 65535, Boolean(connection.options["reuseAddr"]), connection);
    // trap: it is polled twice from now on, as a client and as a server: 'close' comes twice
    this.bound.push(connection);
    if (callback !== undefined) this.loop.queue(callback, socket, [socket]);
    return socket;
  }

  private openDatagrams(port: number | undefined, reuse: boolean, connection: Connection): UdpTransport {
    // the Linux build takes 0.0.0.0 for itself
    const reachable = (address: string): boolean => this.host.online() && (address !== "0.0.0.0" || this.host.profile === "linux");
    return new UdpTransport(() => this.loop.wake(), reachable, port, reuse, () => {
      connection.transport = undefined;
      connection.closeNow = true;
      this.loop.raise(this.realm.error("InternalError", "Unable to create socket"));
    });
  }

  private checkCallback(callback: unknown): boolean {
    if (callback === undefined || typeof callback === "function") return true;
    this.host.printLine(`ERROR: Expecting Callback Function but got ${typeName(callback)}`);
    return false;
  }

  /**
   * Trap: 'data' listeners run inside the poll, and a network call made there takes the poll its pointer to the network.
   * The next TLS socket that is polled then reads through null. Stricter than the real one, which survives it if the
   * only TLS socket is the one whose data it is.
   */
  private guard(call: string, opensTls: boolean): void {
    if (!this.inDataListener || !(opensTls || this.clients.some((client) => client.kind === "tls"))) return;
    this.host.crash(`${call} was called inside a 'data' listener while a TLS socket exists: the interpreter crashes there. Defer the call with setTimeout(fn, 0)`);
  }

  private poll(): boolean {
    if (this.clients.length === 0 && this.bound.length === 0) return false;
    if (this.tlsTable !== undefined && this.realm.global["ssl"] !== this.tlsTable && this.tlsLinks > 0) {
      this.host.crash("the global variable ssl was overwritten: the interpreter keeps its TLS links there");
    }
    const around = buildSurroundings(this.realm, this.loop, this.chunk.length,
      (inside) => { this.inDataListener = inside; }, (name) => this.host.flag(name));
    const frozen = !this.host.online();
    this.bound = this.bound.filter((connection) => !connection.pollBound(around));
    // a socket that a listener opens is polled in the same pass: the list may grow
    for (let i = 0; i < this.clients.length; i++) {
      const client = this.clients[i] as Connection;
      if (frozen && client.transport && client.kind !== "udp") continue;
      if (!client.poll(around)) continue;
      this.clients.splice(i--, 1);
      this.loop.hold(client, false);
    }
    return !frozen && (this.clients.some((client) => client.busy) || this.bound.some((connection) => connection.busy));
  }
}
