// A plain TCP connection.
import { toBuffer } from "../bytes";
import { code, Received, type Transport } from "./transport";
import { Wire } from "./wire";

export class TcpTransport implements Transport {
  private readonly received = new Received();
  private ended = false;
  private broken = false;
  private wire!: Wire;

  /** Connects, blocking. Undefined if the connection was refused. */
  static connect(address: string, port: number, wake: () => void): TcpTransport | undefined {
    const transport = new TcpTransport();
    const wire = Wire.connect(address, port, {
      data: (bytes) => { transport.received.add(bytes); wake(); },
      end: () => { transport.ended = true; wake(); },
      broken: () => { transport.ended = transport.broken = true; wake(); },
      ready: wake,
    });
    if (!wire) return undefined;
    transport.wire = wire;
    return transport;
  }

  send(bytes: string): number {
    if (this.broken) return code.closed;
    if (!this.wire.ready) return 0;
    this.wire.write(toBuffer(bytes));
    return bytes.length;
  }

  receive(n: number): string | number {
    if (this.received.length === 0) return this.ended ? code.closed : "";
    const bytes = this.received.take(n);
    this.wire.taken(bytes.length);
    return bytes;
  }

  get readable(): boolean {
    return this.received.length > 0 || this.ended;
  }

  get writable(): boolean {
    return this.broken || this.wire.ready;
  }

  close(): void {
    this.wire.close();
  }

  abort(): void {
    this.wire.reset();
  }
}
