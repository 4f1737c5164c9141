// An NTP server whose clock can be wrong and whose answers can be odd, for tests of clients (RFC 5905, 7.3 and 9.2).
import { createSocket, type Socket } from "node:dgram";
import type { AddressInfo } from "node:net";

/** How one answer differs from a right one. */
export interface OddAnswer {
  /** No answer at all. */
  silent?: boolean;
  /** Leap indicator; 3 means the server's clock is not set. */
  leap?: number;
  version?: number;
  mode?: number;
  /** 0 is a kiss-o'-death, 16 a server without time. */
  stratum?: number;
  /** Four letters: the kiss code when the stratum is 0 (RATE, DENY, RSTR). */
  referenceId?: string;
  originate?: "wrong" | "zero";
  transmit?: "zero";
  /** Seconds. */
  rootDelay?: number;
  /** Seconds. */
  rootDispersion?: number;
  /** The packet is cut to so many bytes. */
  length?: number;
  delayMilliseconds?: number;
  /** Sent from another port than the one asked. */
  otherPort?: boolean;
}

/** Seconds from 1900 to 1970. */
const UNIX_EPOCH = 2_208_988_800;
const PACKET_BYTES = 48;

export class NtpServer {
  /** Well-formed requests so far. */
  requests = 0;
  private offset = 0;
  private script: OddAnswer[] = [];
  private standing: OddAnswer = {};

  constructor(
    readonly host: string,
    private readonly socket: Socket,
    private readonly now: () => number,
  ) {
    socket.on("message", (packet, from) => {
      const received = this.time();
      if (!isRequest(packet)) return;
      this.requests++;
      const odd = this.script.shift() ?? this.standing;
      if (odd.silent) return;
      setTimeout(() => {
        const reply = answer(packet, received, this.time(), odd);
        const sender = odd.otherPort ? createSocket("udp4") : socket;
        sender.send(reply, from.port, from.address, () => sender !== socket && sender.close());
      }, odd.delayMilliseconds ?? 0);
    });
  }

  get port(): number {
    return (this.socket.address() as AddressInfo).port;
  }

  /** The server's clock goes so many seconds ahead of the true one. */
  setOffset(seconds: number): void {
    this.offset = seconds;
  }

  /** The next answers, one each. After them answers are as `always` says. */
  next(...answers: OddAnswer[]): void {
    this.script.push(...answers);
  }

  /** All answers from now on, and none of those still waiting; without an argument right ones again. */
  always(odd: OddAnswer = {}): void {
    this.script = [];
    this.standing = odd;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.socket.close(() => resolve()));
  }

  private time(): number {
    return this.now() / 1000 + this.offset;
  }
}

/**
 * Starts a server.
 * @param port 0 for a free one
 * @param now milliseconds since 1970
 */
export async function startNtp(host: string, port: number, now: () => number): Promise<NtpServer> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(port, host, resolve);
  });
  return new NtpServer(host, socket, now);
}

/** A client's packet: long enough, mode 3, a version there is. Others are not answered. */
function isRequest(packet: Buffer): boolean {
  const first = packet[0] ?? 0;
  const version = (first >> 3) & 7;
  return packet.length >= PACKET_BYTES && (first & 7) === 3 && version >= 1 && version <= 4;
}

function answer(request: Buffer, received: number, sent: number, odd: OddAnswer): Buffer {
  const reply = Buffer.alloc(PACKET_BYTES);
  const version = odd.version ?? (request[0]! >> 3) & 7;
  reply[0] = ((odd.leap ?? 0) << 6) | (version << 3) | (odd.mode ?? 4);
  reply[1] = odd.stratum ?? 3;
  reply[2] = request[2]!; // poll interval
  reply.writeInt8(-20, 3); // precision: a microsecond
  reply.writeUInt32BE(Math.round((odd.rootDelay ?? 0.001) * 65_536), 4);
  reply.writeUInt32BE(Math.round((odd.rootDispersion ?? 0.001) * 65_536), 8);
  if (odd.referenceId === undefined) Buffer.from([169, 254, 169, 123]).copy(reply, 12);
  else reply.write(odd.referenceId, 12, 4, "latin1");
  writeTimestamp(reply, 16, received - 16);
  if (odd.originate !== "zero") request.copy(reply, 24, 40, 48);
  if (odd.originate === "wrong") reply[31]! ^= 1;
  writeTimestamp(reply, 32, received);
  if (odd.transmit !== "zero") writeTimestamp(reply, 40, sent);
  return reply.subarray(0, odd.length ?? PACKET_BYTES);
}

/** Seconds since 1970 as 32.32 bits since 1900; the seconds begin again at 0 in February 2036 (RFC 5905, 6). */
function writeTimestamp(packet: Buffer, at: number, seconds: number): void {
  const whole = Math.floor(seconds);
  packet.writeUInt32BE((whole + UNIX_EPOCH) % 2 ** 32, at);
  packet.writeUInt32BE(Math.floor((seconds - whole) * 2 ** 32), at + 4);
}
