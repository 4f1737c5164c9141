// A serial port, by the package serialport. It is optional: it has a native part, which not every machine can have.
import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { Trouble } from "../trouble";
import { type BoardPort, Listeners, type SerialInfo } from "./port";

/** What of serialport is used. Its own types are not there where the package is not. */
interface Port {
  write(data: Buffer): boolean;
  drain(done: (failed: Error | null) => void): void;
  close(done: (failed: Error | null) => void): void;
  on(event: "data", listener: (data: Buffer) => void): void;
  on(event: "close" | "error", listener: (error?: Error | null) => void): void;
  readonly isOpen: boolean;
}

export interface SerialLibrary {
  SerialPort: {
    new (options: Record<string, unknown>, opened: (failed: Error | null) => void): Port;
    list(): Promise<SerialInfo[]>;
  };
}

/** Loads the package. */
export async function serialLibrary(name = "serialport"): Promise<SerialLibrary> {
  try {
    const loaded = (await import(name)) as SerialLibrary & { default?: SerialLibrary };
    return loaded.SerialPort ? loaded : loaded.default!;
  } catch (error) {
    const reason = String((error as Error).message).split("\n")[0];
    throw new Trouble(`Serial ports cannot be used: ${reason}`, "The optional package serialport is missing or does not fit this machine: npm install serialport@10.5.0, or reach the board by tcp://host:port.");
  }
}

/** Where programs are looked for. */
const onPath = (program: string) => (process.env["PATH"] ?? "").split(delimiter).some((directory) => existsSync(join(directory, program)));

export async function listSerial(library?: SerialLibrary): Promise<SerialInfo[]> {
  // On Linux the package asks udevadm; where that is missing, the error is thrown where nobody can catch it.
  if (process.platform === "linux" && !onPath("udevadm")) {
    return readdirSync("/dev").filter((name) => /^tty(USB|ACM)\d+$/.test(name)).map((name) => ({ path: `/dev/${name}` }));
  }
  const { SerialPort } = library ?? (await serialLibrary());
  return SerialPort.list();
}

/** Makers of the USB sides of ESP32 boards: Silicon Labs, WCH, FTDI, Espressif, Prolific. */
const VENDORS = ["10c4", "1a86", "0403", "303a", "067b"];

export function looksLikeBoard(info: SerialInfo): boolean {
  return VENDORS.includes((info.vendorId ?? "").toLowerCase());
}

export function described(info: SerialInfo): string {
  return info.path + (info.manufacturer ? ` (${info.manufacturer})` : "");
}

/** Why a port could not be opened, and what to do. */
export function openingTrouble(path: string, error: Error, ports: SerialInfo[]): Trouble {
  const others = ports.length ? `There are ${ports.map(described).join(", ")}.` : "There is no serial port at all: is the board plugged in, is the cable one that carries data?";
  const text = error.message;
  let hint = others;
  if (/permission|EACCES|access denied/i.test(text)) {
    hint = process.platform === "linux"
      ? "You may not use it: sudo usermod -aG dialout $USER (on some systems the group is uucp), then log in again."
      : "You may not use it, or another program has it open: close other terminals and IDEs.";
  } else if (/busy|lock|EBUSY|in use/i.test(text)) hint = "Another program has it open: close other terminals and IDEs.";
  return new Trouble(`${path} cannot be opened: ${text}`, hint);
}

export async function openSerial(path: string, baud: number, library?: SerialLibrary): Promise<BoardPort> {
  const used = library ?? (await serialLibrary());
  const data = new Listeners<string>(), end = new Listeners<string>();
  let closing = false;
  // Espruino stops us with XOFF. hupcl would take DTR away when we leave, which restarts most boards.
  const options = { path, baudRate: baud, xon: true, xoff: true, hupcl: false, lock: true };
  const port = await new Promise<Port>((resolve, reject) => {
    const opened: Port = new used.SerialPort(options, (failed) => (failed ? reject(failed) : resolve(opened)));
  }).catch(async (error: Error) => {
    throw openingTrouble(path, error, await listSerial(used).catch(() => []));
  });
  port.on("data", (bytes) => data.tell(bytes.toString("latin1")));
  port.on("error", (error) => end.tell(error?.message ?? "the port failed"));
  port.on("close", (error) => {
    if (!closing) end.tell(error?.message ?? "it was unplugged");
  });
  return {
    address: path,
    kind: "serial",
    write: (bytes) => void (port.isOpen && port.write(Buffer.from(bytes, "latin1"))),
    onData: (listener) => data.add(listener),
    onEnd: (listener) => end.add(listener),
    close: () => {
      closing = true;
      if (!port.isOpen) return Promise.resolve();
      return new Promise((closed) => port.drain(() => port.close(() => closed())));
    },
  };
}
