// A way to a board's console: a serial device, tcp://host:port, or a virtual board in this process.
import { Trouble } from "../trouble";

export interface BoardPort {
  /** As it was given. */
  readonly address: string;
  readonly kind: "serial" | "tcp" | "virtual";
  /** @param bytes one character a byte */
  write(bytes: string): void;
  /** Adds a listener for what the board prints, one character a byte. Gives the function that takes it away. */
  onData(listener: (bytes: string) => void): () => void;
  /** Adds a listener for the end of the connection, if it was not close(). */
  onEnd(listener: (why: string) => void): () => void;
  close(): Promise<void>;
}

export interface PortOptions {
  /** Of a serial device. Default 115200. */
  baud?: number;
}

/** Where the default address comes from. */
export const PORT_VARIABLE = "ESPRUINO_AWS_PORT";

/** What kind of address it is; a Trouble for one that is none. */
export function portKind(address: string): BoardPort["kind"] {
  if (/^virtual(:|$)/.test(address)) return "virtual";
  if (/^tcp:/i.test(address)) return "tcp";
  if (/^[a-z]+:\/\//i.test(address) || !address.trim()) throw new Trouble(`"${address}" is no port`, "A serial device (/dev/ttyUSB0, COM3), tcp://host:port, virtual, or virtual:DIRECTORY.", 2);
  return "serial";
}

/**
 * Opens the way to a board. The reasons why not: no such device, no right to use it, nobody listens, the package serialport is missing.
 * @param address a serial device, tcp://host:port, `virtual` (a board that is ready, with a cloud of its own) or virtual:DIRECTORY (kept there)
 */
export async function openPort(address: string, options: PortOptions = {}): Promise<BoardPort> {
  switch (portKind(address)) {
    case "virtual":
      return (await import("./virtual")).openVirtual(address);
    case "tcp":
      return (await import("./tcp")).openTcp(address);
  }
  return (await import("./serial")).openSerial(address, options.baud ?? 115200);
}

/** The address to use where none is given: the environment's, else the only serial port that looks like an ESP32's. */
export async function defaultAddress(environment: NodeJS.ProcessEnv = process.env, list?: () => Promise<SerialInfo[]>): Promise<string> {
  const named = environment[PORT_VARIABLE];
  if (named) return named;
  const { listSerial, looksLikeBoard, described } = await import("./serial");
  const all = await (list ?? listSerial)();
  const boards = all.filter(looksLikeBoard);
  if (boards.length === 1) return boards[0]!.path;
  const found = boards.length ? boards : all;
  throw new Trouble(
    boards.length ? `${boards.length} serial ports look like a board's` : "No serial port looks like a board's",
    `Name it with -p or ${PORT_VARIABLE}: ${found.length ? "there are " + found.map(described).join(", ") : "there is no serial port. Is the cable one that carries data?"}`,
    2,
  );
}

/** A serial port as the package serialport lists it. */
export interface SerialInfo {
  path: string;
  manufacturer?: string | undefined;
  vendorId?: string | undefined;
  productId?: string | undefined;
}

/** Listeners of a port; what the ports share. */
export class Listeners<T> {
  private readonly all = new Set<(value: T) => void>();

  add(listener: (value: T) => void): () => void {
    this.all.add(listener);
    return () => void this.all.delete(listener);
  }

  tell(value: T): void {
    for (const listener of [...this.all]) listener(value);
  }
}
