// One TCP connection of a board, held by the thread of wire.worker.mjs. Connecting blocks, as on the board.
import { Worker } from "node:worker_threads";

/** Bytes a connection takes before it says "not ready": the send buffer of a kernel. */
const sendBuffer = 65536;

let worker: Worker | undefined;
let lastId = 0;
const wires = new Map<number, Wire>();

function thread(): Worker {
  if (!worker) {
    worker = new Worker(new URL("./wire.worker.mjs", import.meta.url), { execArgv: [] });
    worker.on("message", (message: WireMessage) => wires.get(message.id)?.receive(message));
    worker.unref();
  }
  return worker;
}

/** Asks the thread for something and waits, blocking, for its answer. */
function ask(message: Record<string, unknown>, milliseconds: number): { readonly ok: boolean; readonly bytes: Uint8Array } {
  const signal = new SharedArrayBuffer(8);
  thread().postMessage({ ...message, signal });
  Atomics.wait(new Int32Array(signal), 0, 0, milliseconds);
  return { ok: new Int32Array(signal)[0] === 1, bytes: new Uint8Array(signal, 4, 4) };
}

/** The IPv4 address of a host name, or undefined. Blocks. */
export function lookUp(host: string): string | undefined {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return host;
  const found = ask({ action: "lookup", host }, 30_000);
  return found.ok ? found.bytes.join(".") : undefined;
}

type WireMessage =
  | { readonly id: number; readonly event: "data"; readonly bytes: Uint8Array }
  | { readonly id: number; readonly event: "sent"; readonly length: number }
  | { readonly id: number; readonly event: "end" | "broken" | "closed" };

/** What a wire tells its owner. */
export interface WireListener {
  data(bytes: Uint8Array): void;
  /** The peer sent FIN. */
  end(): void;
  /** The peer sent RST, or the connection is gone. */
  broken(): void;
  /** There is room to send again. */
  ready(): void;
}

export class Wire {
  private unsent = 0;
  private waiting: Uint8Array[] = [];
  private closed = false;

  /** Connects, blocking. Undefined if the connection was refused. */
  static connect(address: string, port: number, listener: WireListener): Wire | undefined {
    const id = ++lastId;
    if (!ask({ action: "connect", id, host: address, port }, 130_000).ok) return undefined;
    const wire = new Wire(id, listener);
    if (wires.size === 0) thread().ref();
    wires.set(id, wire);
    return wire;
  }

  private constructor(private readonly id: number, private readonly listener: WireListener) {}

  /** False while the send buffer is full. */
  get ready(): boolean {
    return this.unsent < sendBuffer;
  }

  write(bytes: Uint8Array): void {
    this.unsent += bytes.length;
    this.waiting.push(bytes);
    // the writes of one pass travel to the thread together
    if (this.waiting.length === 1) queueMicrotask(() => this.flush());
  }

  /** The owner has used up this many received bytes: more may come. */
  taken(length: number): void {
    if (!this.closed) thread().postMessage({ action: "taken", id: this.id, length });
  }

  /** Closes after everything written has gone out. */
  close(): void {
    if (this.closed) return;
    this.flush();
    this.closed = true;
    thread().postMessage({ action: "close", id: this.id });
  }

  /** Drops the connection with RST. */
  reset(): void {
    this.closed = true;
    thread().postMessage({ action: "reset", id: this.id });
  }

  receive(message: WireMessage): void {
    if (message.event === "closed") {
      wires.delete(this.id);
      if (wires.size === 0) thread().unref();
    }
    if (this.closed) return;
    if (message.event === "data") this.listener.data(message.bytes);
    else if (message.event === "end") this.listener.end();
    else if (message.event === "broken") this.listener.broken();
    else if (message.event === "sent") {
      const wasReady = this.ready;
      this.unsent -= message.length;
      if (!wasReady && this.ready) this.listener.ready();
    }
  }

  private flush(): void {
    const bytes = this.waiting.length === 1 ? new Uint8Array(this.waiting[0]!) : new Uint8Array(Buffer.concat(this.waiting));
    this.waiting = [];
    if (bytes.length > 0 && !this.closed) thread().postMessage({ action: "write", id: this.id, bytes }, [bytes.buffer as ArrayBuffer]);
  }
}
