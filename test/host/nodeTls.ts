// The port Tls over node:tls, with mutual TLS, for tests against real servers. Keeps the contract of SocketEvents.
import tls from "node:tls";
import { failure } from "../../src/flow/failure";
import type { Failure } from "../../src/flow/failure";
import type { Platform, Socket, SocketEvents, Tls } from "../../src/platform/ports";
import { createHost } from "./host";

export interface NodeIdentity {
  ca: string;
  cert: string;
  key: string;
}

/** A Tls whose connections are real. `sockets` are the open ones, to be broken by tests. */
export function nodeTls(identity: NodeIdentity): Tls & { sockets: Set<tls.TLSSocket> } {
  const sockets = new Set<tls.TLSSocket>();
  return {
    sockets,
    connect(options, events): Socket {
      const { cert, key, ca } = identity;
      const raw = tls.connect({ host: options.host, port: options.port, ca, ...(options.deviceCertificate ? { cert, key } : {}), maxVersion: "TLSv1.2", minVersion: "TLSv1.2" });
      sockets.add(raw);
      let open = false, over = false, ending = false;
      let reason: Failure | undefined;
      let next: (() => string) | undefined;
      const patience = setTimeout(() => {
        reason = failure("timeout", "no handshake", "Look at the test.");
        raw.destroy();
      }, options.handshakeSeconds * 1000);
      const drained = () => {
        if (ending || over) return;
        const piece = next ? next() : "";
        if (piece) return void raw.write(piece, "latin1", drained);
        next = undefined;
        events.drain();
      };
      raw.on("secureConnect", () => {
        clearTimeout(patience);
        raw.write(options.hello, "latin1", () => {
          if (ending || over) return;
          open = true;
          events = (events.open() as SocketEvents | undefined) || events;
        });
      });
      raw.on("data", (bytes) => {
        // From a queue: what came before a drain was told must not be told before `open`.
        const deliver = () => (open || over || ending ? !ending && !over && events.data(bytes.toString("latin1")) : setTimeout(deliver, 1));
        deliver();
      });
      raw.on("end", () => raw.end());
      raw.on("error", (error) => (reason ??= failure(open ? "connection-lost" : "handshake", String(error), "Look at the test.")));
      raw.on("close", () => {
        clearTimeout(patience);
        sockets.delete(raw);
        if (over) return;
        over = true;
        if (reason && !ending) events.failed(reason);
        else events.end();
      });
      return {
        write: (bytes) => void (ending || over || raw.write(bytes, "latin1", drained)),
        pump: (source) => {
          next = source;
          if (source) setImmediate(drained);
        },
        end: () => {
          if (ending || over) return;
          ending = true;
          raw.end();
          setTimeout(() => raw.destroy(), 100);
        },
      };
    },
  };
}

/** A platform in real time whose TLS is real. */
export function nodePlatform(identity: NodeIdentity): { platform: Platform; sockets: Set<tls.TLSSocket> } {
  const real = nodeTls(identity);
  const platform: Platform = {
    ...createHost().platform,
    tls: real,
    timers: { after: (milliseconds, action) => Number(setTimeout(action, milliseconds)), cancel: (id) => void clearTimeout(id) as undefined },
  };
  return { platform, sockets: real.sockets };
}
