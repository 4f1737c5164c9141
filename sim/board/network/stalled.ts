// A connection that was made while the network chunk was raised: its receive buffer is that small.
import type { Transport } from "./transport";

/** What the Linux builds did, measured with 1 to 8 KiB: so many bytes come freely, then one and a half buffers at a time. */
const free = 65_536;
const pause = 220;

/**
 * Trap: SO_RCVBUF of a new socket is what createSocket({recvBufferSize}) asked for, and a peer that fills so small a
 * window waits for it to open again: 128 KiB take 1 to 7 seconds. Connect first, raise the chunk then.
 */
export class StalledTransport implements Transport {
  private left = free;
  private stalled = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly inner: Transport, private readonly buffer: number, private readonly wake: () => void) {}

  send(bytes: string): number {
    return this.inner.send(bytes);
  }

  receive(n: number): string | number {
    if (this.stalled) return "";
    const received = this.inner.receive(n);
    if (typeof received === "number") return received;
    this.left -= received.length;
    if (this.left <= 0) this.stall();
    return received;
  }

  get readable(): boolean {
    return !this.stalled && this.inner.readable;
  }

  get writable(): boolean {
    return this.inner.writable;
  }

  close(): void {
    clearTimeout(this.timer);
    this.inner.close();
  }

  abort(): void {
    clearTimeout(this.timer);
    this.inner.abort();
  }

  private stall(): void {
    this.stalled = true;
    this.left = this.buffer * 1.5;
    this.timer = setTimeout(() => {
      this.stalled = false;
      this.wake();
    }, pause);
  }
}
