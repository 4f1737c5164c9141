// What every command that talks to a board does first and last: find the port, open it, hear an interpreter, close it.
import type { Command } from "commander";
import type { Output } from "./cli";
import { defaultAddress, openPort } from "./port/port";
import { openRepl, type Repl } from "./port/repl";
import { isTrouble, Trouble, USAGE } from "./trouble";

export interface PortChoice {
  port?: string;
  baud?: string;
}

/** Gives a command the options that name a board. */
export function withPort(command: Command): Command {
  return command
    .option("-p, --port <port>", "the board: a serial device, tcp://host:port, virtual, or virtual:DIRECTORY (default: ESPRUINO_AWS_PORT, else the only one that looks like an ESP32)")
    .option("-b, --baud <rate>", "of a serial device", "115200");
}

/** The rate of a serial device. */
export function baudOf(choice: PortChoice): number {
  const baud = Number(choice.baud ?? 115200);
  if (!Number.isInteger(baud) || baud < 300 || baud > 4_000_000) throw new Trouble(`"${choice.baud}" is no baud rate`, "An ESP32 has 115200.", USAGE);
  return baud;
}

/** The address that was given, or the one there is. */
export async function addressOf(choice: PortChoice): Promise<string> {
  return choice.port ?? (await defaultAddress());
}

export interface BoardHandlers {
  /** Gets each line that the board prints beside its answers. */
  onLine?: (line: string) => void;
  /** Gets the port's text as it comes. */
  onText?: (bytes: string) => void;
}

/** Opens the board's console; the caller closes it with closeBoard(). */
export async function openBoard(choice: PortChoice, handlers: BoardHandlers = {}): Promise<Repl> {
  const port = await openPort(await addressOf(choice), { baud: baudOf(choice) });
  return openRepl(port, handlers);
}

export async function closeBoard(repl: Repl): Promise<void> {
  repl.stop();
  await repl.port.close();
}

/** Runs `action` with an open board and closes it, however it ends. */
export async function useBoard<T>(choice: PortChoice, handlers: BoardHandlers, action: (repl: Repl) => Promise<T>): Promise<T> {
  const repl = await openBoard(choice, handlers);
  try {
    return await action(repl);
  } finally {
    await closeBoard(repl);
  }
}

/** Fails with a hint if no image runs on the board. */
export async function needImage(repl: Repl): Promise<void> {
  const has = await repl.evaluate<boolean>('typeof device=="object"&&!!device&&!!device.status');
  if (!has) throw new Trouble("The image does not run on this board", "espruino-aws flash, or restart the board: after reset() its boot code does not run.");
}

/** Passes a failure on as a line and a hint. */
export function told(output: Output, error: unknown): number {
  if (!isTrouble(error)) throw error;
  output.error(error.message);
  if (error.hint) output.error("  " + error.hint);
  return error.exitCode;
}
