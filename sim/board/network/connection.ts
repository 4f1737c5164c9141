// One socket of the interpreter, whatever its kind, and what the poll does with it on every pass.
import { code, errorMessage, type Transport } from "./transport";

export type Kind = "tcp" | "tls" | "udp";

/** What a connection needs from the board around it. */
export interface Surroundings {
  readonly chunk: number;
  /** Queues an event of the socket: nothing but 'data' is ever called at once. */
  queue(socket: object, event: string, args: readonly unknown[]): void;
  /** Calls the 'data' listeners now. False if there are none. */
  data(socket: object, bytes: string): boolean;
  /** Received datagrams: takes whole ones off the front and returns the rest. */
  datagrams(socket: object, bytes: string): string;
  flag(name: string): void;
  errorObject(code: number, message: string): object;
}

/** Bytes that read() can still give when nobody listens. */
const readBuffer = 512;

export class Connection {
  transport: Transport | undefined;
  /** Close at the next pass, whatever is still to be sent. */
  closeNow = false;
  /** Close when everything has been sent. */
  closing = false;
  /** Received without a listener: what read() gives. */
  unread = "";
  /** How it ends was said. */
  private ended = false;
  private connected = false;
  private outgoing: string[] = [];
  private left = "";

  constructor(readonly kind: Kind, readonly socket: object, readonly options: Record<string, unknown>) {}

  get open(): boolean {
    return !this.closeNow && !this.closing;
  }

  get sending(): boolean {
    return this.outgoing.length > 0;
  }

  append(bytes: string): void {
    if (bytes !== "") this.outgoing.push(bytes);
  }

  /** True if the next pass has something to do. */
  get busy(): boolean {
    if (this.closeNow || !this.connected) return true;
    const { transport } = this;
    if (!transport) return this.closing;
    return transport.readable || (this.sending && transport.writable) || (this.closing && !this.sending);
  }

  /** One pass of a client socket. Returns true when it is finished and must be forgotten. */
  poll(around: Surroundings): boolean {
    let error = 0;
    let close = this.closeNow;
    const { transport } = this;
    if (transport) {
      if (this.kind !== "udp") this.deliver(around, false);
      if (!close) {
        if (this.sending) {
          const sent = this.sendChunk(around, transport);
          if (sent < 0) {
            close = true;
            error = sent;
          }
        } else if (this.closing) {
          close = true;
        }
        const received = transport.receive(around.chunk);
        if (typeof received === "number") {
          if (this.connected || received !== code.noConnection) {
            close = true;
            error = received;
          }
        } else {
          this.connect(around);
          this.take(around, received);
        }
      }
    }
    return close && this.finish(around, error);
  }

  /** One pass of a bound datagram socket, which is polled apart from the clients. */
  pollBound(around: Surroundings): boolean {
    const { transport } = this;
    let close = this.closeNow;
    if (!close && transport) {
      const received = transport.receive(around.chunk);
      if (typeof received === "string") this.take(around, received);
      if (this.sending) this.sendChunk(around, transport);
      if (!this.sending && (typeof received === "number" || received === "")) close = this.closing;
    }
    if (!close) return false;
    around.queue(this.socket, "end", []);
    around.queue(this.socket, "close", [false]);
    this.kill();
    return true;
  }

  /** Closes the connection below without any event. */
  kill(): void {
    this.transport?.close();
    if (this.transport) this.closing = true;
    this.transport = undefined;
  }

  private connect(around: Surroundings): void {
    if (this.connected) return;
    this.connected = true;
    // trap: this comes before the handshake of TLS, and the first 'drain' with it
    around.queue(this.socket, "connect", [this.socket]);
    if (!this.sending) around.queue(this.socket, "drain", [this.socket]);
  }

  private sendChunk(around: Surroundings, transport: Transport): number {
    // datagrams are handed over whole, with their headers, however long
    const all = this.kind === "udp" ? this.outgoing.join("") : undefined;
    const bytes = all ?? this.front(around.chunk);
    const sent = transport.send(bytes);
    if (sent <= 0) return sent;
    if (all !== undefined) this.outgoing = sent < all.length ? [all.slice(sent)] : [];
    else this.drop(sent);
    if (!this.sending && !this.closing) around.queue(this.socket, "drain", [this.socket]);
    return 0;
  }

  private front(length: number): string {
    let bytes = "";
    for (let i = 0; i < this.outgoing.length && bytes.length < length; i++) bytes += this.outgoing[i]!.slice(0, length - bytes.length);
    return bytes;
  }

  private drop(length: number): void {
    while (length > 0 && this.outgoing.length > 0) {
      const first = this.outgoing[0]!;
      if (first.length > length) this.outgoing[0] = first.slice(length);
      else this.outgoing.shift();
      length -= first.length;
    }
  }

  private take(around: Surroundings, bytes: string): void {
    if (bytes === "") return;
    this.left += bytes;
    if (this.kind === "udp") this.left = around.datagrams(this.socket, this.left);
    else this.deliver(around, false);
  }

  /** Gives what was received to the listener, or to read(). Without either it stays, and grows: there is no backpressure. */
  private deliver(around: Surroundings, force: boolean): void {
    if (this.left === "") return;
    const bytes = this.left;
    if (around.data(this.socket, bytes)) {
      this.left = "";
    } else if (this.unread === "" || this.unread.length + bytes.length <= readBuffer) {
      this.unread += bytes;
      this.left = "";
    } else if (force) {
      around.flag("BUFFER_FULL");
      this.unread += bytes.slice(0, Math.max(readBuffer - this.unread.length, 0));
    }
  }

  private finish(around: Surroundings, reason: number): boolean {
    if (this.kind !== "udp") this.deliver(around, true);
    if (this.left !== "") return false;
    const error = this.sending && reason === code.closed ? code.unsentData : reason;
    this.kill();
    this.closing = true;
    const failed = error < 0 && error !== code.closed;
    if (failed) around.queue(this.socket, "error", [around.errorObject(error, errorMessage(error))]);
    if (!this.ended) around.queue(this.socket, "end", []);
    this.ended = true;
    around.queue(this.socket, "close", [failed]);
    return true;
  }
}
