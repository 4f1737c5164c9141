// A console behind TCP: a bridge to a serial port, or Espruino's telnet server.
import { connect } from "node:net";
import { Trouble } from "../trouble";
import { type BoardPort, Listeners } from "./port";

const CONNECT_MS = 10_000, DEFAULT_PORT = 23;

/** Host and port of tcp://host:port. The port may be missing, an IPv6 address stands in brackets. */
export function tcpAddress(address: string): { host: string; port: number } {
  const found = /^tcp:\/\/(\[[0-9a-f:.]+\]|[^/:\s]+)(?::(\d{1,5}))?\/?$/i.exec(address);
  const port = found?.[2] === undefined ? DEFAULT_PORT : Number(found[2]);
  if (!found || port < 1 || port > 65535) throw new Trouble(`"${address}" is no address of a console`, "For example tcp://192.168.1.50:23", 2);
  return { host: found[1]!.replace(/^\[|\]$/g, ""), port };
}

const REASONS: Record<string, string> = {
  ECONNREFUSED: "Nobody listens there: is the bridge running, is the port right?",
  ENOTFOUND: "No such host.",
  EAI_AGAIN: "The name cannot be resolved now.",
  EHOSTUNREACH: "No way to this host: is it in the same network?",
  ENETUNREACH: "No way to this network.",
  ETIMEDOUT: "The host does not answer: is it on, is it in the same network?",
};

export function openTcp(address: string): Promise<BoardPort> {
  const { host, port } = tcpAddress(address);
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    const data = new Listeners<string>(), end = new Listeners<string>();
    let open = false, closing = false;
    const fail = (message: string, code = "") => {
      socket.destroy();
      reject(new Trouble(`${address} cannot be reached: ${message}`, REASONS[code] ?? "Is the address right?"));
    };
    const timer = setTimeout(() => fail(`no connection in ${CONNECT_MS / 1000} s`, "ETIMEDOUT"), CONNECT_MS);
    socket.setEncoding("latin1");
    socket.on("connect", () => {
      clearTimeout(timer);
      open = true;
      resolve({
        address,
        kind: "tcp",
        write: (bytes) => void (socket.destroyed || socket.write(bytes, "latin1")),
        onData: (listener) => data.add(listener),
        onEnd: (listener) => end.add(listener),
        close: () => {
          closing = true;
          if (socket.destroyed) return Promise.resolve();
          return new Promise((closed) => {
            // A peer that never closes its side must not hold the command.
            const force = setTimeout(() => socket.destroy(), 1000);
            socket.once("close", () => {
              clearTimeout(force);
              closed();
            });
            socket.end();
          });
        },
      });
    });
    socket.on("data", (bytes) => data.tell(bytes as unknown as string));
    let why = "it was closed on the other side";
    socket.on("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      why = error.message;
      if (!open) fail(error.message, error.code);
    });
    socket.on("close", () => {
      if (open && !closing) end.tell(why);
    });
  });
}
