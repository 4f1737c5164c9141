// UDP by a script (the port Udp): each datagram sent takes the next answer of the list; where there is none, nobody answers.
import type { DatagramReply, Udp } from "../../src/platform/ports";
import { bufferOf } from "./hash";
import type { VirtualTime } from "./time";

/** A datagram as it was sent, and when. */
export interface SentDatagram {
  host: string;
  port: number;
  data: string;
  /** Milliseconds of virtual time. */
  at: number;
}

/** One reply: what comes, how many milliseconds after the request; from the address and port that were asked if it does not say. */
export interface Reply extends Partial<Omit<DatagramReply, "data">> {
  data: string;
  after: number;
}

/** What comes back for a request: none, one or several replies. */
export type Answer = (request: SentDatagram) => Reply[];

export class Datagrams {
  readonly sent: SentDatagram[] = [];
  /** Answers that are still to be given, one a request. */
  answers: Answer[] = [];
  /** Gives the answer where the list has none. */
  always: Answer = () => [];
  /** Sockets that were not closed. */
  open = 0;

  constructor(private readonly time: VirtualTime) {}

  readonly udp: Udp = {
    send: (host, port, data, received) => {
      bufferOf(data);
      const request = { host, port, data, at: this.time.elapsed };
      this.sent.push(request);
      this.open++;
      let closed = false;
      for (const reply of (this.answers.shift() ?? this.always)(request)) {
        // A timer even for 0 ms: no answer comes before `send` has returned.
        this.time.timers.after(reply.after, () => {
          if (!closed) received({ data: reply.data, address: reply.address ?? "192.0.2.1", port: reply.port ?? port });
        });
      }
      return {
        close: () => {
          if (!closed) this.open--;
          closed = true;
        },
      };
    },
  };
}
