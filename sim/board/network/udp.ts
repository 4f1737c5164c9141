// A UDP socket below dgram: datagrams travel with an 8-byte header of address, port and length.
import dgram from "node:dgram";
import { asBytes, fromBuffer, toBuffer } from "../bytes";
import type { Transport } from "./transport";

export const headerLength = 8;

export interface Datagram { readonly address: string; readonly port: number; readonly bytes: string }

/** Header and bytes as the interpreter queues them. Trap: the length has 16 bits. */
export function encodeDatagram(address: string, port: number, bytes: string): string {
  const header = Buffer.alloc(headerLength);
  header.set(address.split(".").map(Number));
  header.writeUInt16LE(port & 65535, 4);
  header.writeUInt16LE(bytes.length & 65535, 6);
  return fromBuffer(header) + bytes;
}

/** The first datagram of a queue, or undefined if it is not whole. */
export function decodeDatagram(queue: string): Datagram | undefined {
  if (queue.length < headerLength) return undefined;
  const header = toBuffer(queue.slice(0, headerLength));
  const length = header.readUInt16LE(6);
  return { address: header.subarray(0, 4).join("."), port: header.readUInt16LE(4), bytes: queue.slice(headerLength, headerLength + length) };
}

/** The arguments of send(): (text, port, host) or (bytes, offset, length, port, host). */
export function sendArguments(args: readonly unknown[]): { readonly bytes: string; readonly port: number; readonly host: string } {
  const [data, ...rest] = args;
  const whole = typeof data === "string" || !ArrayBuffer.isView(data) ? asBytes(data) : fromBuffer(data as Uint8Array);
  if (typeof rest[2] !== "number") return { bytes: whole, port: integer(rest[0]), host: asBytes(rest[1]) };
  const offset = integer(rest[0]);
  return { bytes: whole.slice(offset, offset + integer(rest[1])), port: integer(rest[2]), host: asBytes(rest[3]) };
}

function integer(value: unknown): number {
  return Math.trunc(Number(value)) || 0;
}

export class UdpTransport implements Transport {
  private readonly received: { readonly from: dgram.RemoteInfo; readonly bytes: Buffer }[] = [];
  private outcome: number | undefined;
  private inFlight = false;
  private readonly socket: dgram.Socket;

  /**
   * @param reachable false: the send fails at once
   * @param port to bind to; without it the socket gets replies only, and only after it has sent something
   */
  constructor(
    private readonly wake: () => void, private readonly reachable: (address: string) => boolean,
    port: number | undefined, reuse: boolean, failed: () => void,
  ) {
    this.socket = dgram.createSocket({ type: "udp4", reuseAddr: reuse });
    this.socket.on("message", (bytes, from) => { this.received.push({ from, bytes }); wake(); });
    this.socket.on("error", failed);
    if (port !== undefined) this.socket.bind(port);
  }

  /** Sends the first datagram of the queue. Answers on a later pass: the system call is not synchronous here. */
  send(queue: string): number {
    if (this.outcome !== undefined) {
      const result = this.outcome;
      this.outcome = undefined;
      return result;
    }
    if (this.inFlight) return 0;
    const datagram = decodeDatagram(queue);
    if (!datagram) return queue.length;
    this.inFlight = true;
    const bytes = toBuffer(datagram.bytes);
    const finish = (sent: number): void => {
      this.inFlight = false;
      // trap: a failed send counts as -1 + 8 bytes, so the queue of this socket is misaligned for good
      this.outcome = sent + headerLength;
      this.wake();
    };
    if (datagram.port === 0 || !this.reachable(datagram.address)) {
      finish(-1);
      return 0;
    }
    try {
      this.socket.send(bytes, datagram.port, datagram.address, (error) => finish(error ? -1 : bytes.length));
    } catch {
      finish(-1);
    }
    return 0;
  }

  /** One datagram with its header. Trap: what does not fit into the chunk is cut off. */
  receive(n: number): string {
    const next = this.received.shift();
    if (!next) return "";
    return encodeDatagram(next.from.address, next.from.port, fromBuffer(next.bytes.subarray(0, n - headerLength)));
  }

  get readable(): boolean {
    return this.received.length > 0;
  }

  get writable(): boolean {
    return !this.inFlight || this.outcome !== undefined;
  }

  close(): void {
    try {
      this.socket.close();
    } catch {
      // closed already
    }
  }

  abort(): void {
    this.close();
  }
}
