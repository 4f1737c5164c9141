// A console behind TCP, as a serial bridge offers it: of a virtual board's port, or of the real interpreter as a child process.
import { type ChildProcess, spawn } from "node:child_process";
import { createServer, type Socket } from "node:net";

/** One end of a cable. */
export interface Cable {
  write(bytes: string): void;
  onData(listener: (bytes: string) => void): () => void;
}

export interface Bridge {
  address: string;
  /** What went over it, both ways, for tests. */
  sent: string;
  printed: string;
  close(): Promise<void>;
}

export async function bridge(cable: Cable): Promise<Bridge> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    const remove = cable.onData((bytes) => {
      made.printed += bytes;
      socket.write(bytes, "latin1");
    });
    socket.on("data", (bytes) => {
      made.sent += bytes.toString("latin1");
      cable.write(bytes.toString("latin1"));
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      remove();
      sockets.delete(socket);
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const made: Bridge = {
    address: `tcp://127.0.0.1:${(server.address() as { port: number }).port}`,
    sent: "",
    printed: "",
    close: () => new Promise((closed) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => closed());
    }),
  };
  return made;
}

export interface RealBoard extends Cable {
  /** Ends it as a power cut does, and starts it again from the same flash. */
  powerCycle(): Promise<void>;
  stop(): Promise<void>;
}

/** The real interpreter with its flash and card in `directory`. It is started again whenever it ends by itself: E.reboot() ends the Linux build. */
export function realBoard(program: string, directory: string, variables = 6500): RealBoard {
  const listeners = new Set<(bytes: string) => void>();
  let child: ChildProcess, stopped = false;
  const start = () => {
    const one = spawn(program, [], { cwd: directory, env: { ...process.env, ESPRUINO_VARS: String(variables) }, stdio: ["pipe", "pipe", "pipe"] });
    const tell = (bytes: Buffer) => listeners.forEach((listener) => listener(bytes.toString("latin1")));
    one.stdout.on("data", tell);
    one.stderr.on("data", tell);
    one.stdin.on("error", () => {});
    one.on("exit", () => {
      if (!stopped && child === one) start();
    });
    child = one;
  };
  const end = async () => {
    const one = child;
    if (one.exitCode !== null || one.signalCode !== null) return;
    const ended = new Promise((done) => one.once("exit", done));
    one.kill("SIGKILL");
    await ended;
  };
  start();
  return {
    write: (bytes) => void child.stdin!.write(bytes, "latin1"),
    onData: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    powerCycle: end,
    stop: async () => {
      stopped = true;
      await end();
    },
  };
}
