// What the poll of sockets needs from a connection: the contract of TCP, TLS and UDP below it.

/** Results below zero are the codes of Espruino's 'error' events. */
export const code = {
  closed: -1, unsentData: -8, noConnection: -11,
  /** What mbedTLS returns at a clean end of TLS (close_notify). Trap: it arrives as an error. */
  closeNotify: -30848,
  /** What mbedTLS returns when the peer sent a fatal alert. */
  fatalAlert: -30592,
} as const;

const messages = [
  "connection closed", "out of memory", "timeout", "no route", "busy", "not found", "max sockets", "unsent data",
  "connection reset", "unknown error", "no connection", "bad argument", "SSL handshake failed", "invalid SSL data", "no response",
];

/** The message of an 'error' event. Codes of mbedTLS are all "unknown error". */
export function errorMessage(error: number): string {
  return messages[-1 - error] ?? "unknown error";
}

export interface Transport {
  /** Takes bytes to send. Returns how many it took, 0 if it is not ready, or an error code. */
  send(bytes: string): number;
  /** Up to n received bytes, "" if there are none now, or an error code once all are read. */
  receive(n: number): string | number;
  /** True if receive() has something to say at once. */
  readonly readable: boolean;
  /** True if send() would take something. */
  readonly writable: boolean;
  close(): void;
  /** As if the power went: nothing more is sent. */
  abort(): void;
}

/** Received bytes, in order, taken piece by piece. */
export class Received {
  private chunks: Buffer[] = [];
  length = 0;

  add(bytes: Uint8Array): void {
    this.chunks.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    this.length += bytes.length;
  }

  take(n: number): string {
    let out = "";
    while (n > 0 && this.chunks.length > 0) {
      const first = this.chunks[0]!;
      const part = first.subarray(0, n);
      out += part.toString("latin1");
      n -= part.length;
      this.length -= part.length;
      if (part.length === first.length) this.chunks.shift();
      else this.chunks[0] = first.subarray(part.length);
    }
    return out;
  }
}
