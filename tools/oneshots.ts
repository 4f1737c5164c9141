// Commands of the board as commands of the desktop: status, why, logs, put, get. One question, an exit code that means something.
import type { Command } from "commander";
import { needImage, type PortChoice, useBoard, withPort } from "./board";
import type { Output } from "./cli";
import type { Repl } from "./port/repl";
import { progressOf, startBar } from "./progress";
import { isTrouble, Trouble, USAGE } from "./trouble";

export interface OneShotOptions extends PortChoice {
  json?: boolean;
  timeout?: string;
}

/** Lines of the board, passed on; the two lines of a failure are not, because the command ends with them itself. */
export class BoardLines {
  private held: string[] = [];

  constructor(private readonly show: (line: string) => void) {}

  line(text: string): void {
    if (/ failed: /.test(text)) {
      this.release();
      this.held.push(text);
    } else if (this.held.length === 1 && text.startsWith("  ")) this.held.push(text);
    else {
      this.release();
      this.show(text);
    }
  }

  /** At the end, with the failure that the command ends with. */
  end(failed?: Trouble): void {
    if (failed && this.held[0]?.endsWith(` failed: ${failed.message}`) && (this.held[1] ?? `  ${failed.hint}`) === `  ${failed.hint}`) this.held = [];
    this.release();
  }

  private release(): void {
    for (const line of this.held.splice(0)) this.show(line);
  }
}

export function secondsOf(text: string | undefined, otherwise: number): number {
  const seconds = text === undefined ? otherwise : Number(text);
  if (!(seconds > 0 && seconds <= 2_000_000)) throw new Trouble(`"${text}" is no number of seconds`, "For example --timeout 600", USAGE);
  return seconds;
}

/** Evaluates on the board while its lines are shown, progress as a bar. */
async function shown<T>(repl: Repl, expression: string, milliseconds: number, name: string, show: (line: string) => void): Promise<T> {
  const bar = startBar(name, 100), lines = new BoardLines(show);
  repl.onLine = (text) => {
    const progress = progressOf(text);
    if (progress) bar.update(progress.percent, progress.rest);
    else lines.line(text);
  };
  try {
    const value = await repl.evaluate<T>(expression, milliseconds);
    bar.stop();
    lines.end();
    return value;
  } catch (error) {
    bar.stop();
    lines.end(isTrouble(error) ? error : undefined);
    throw error;
  }
}

/** Runs a command of the board. A clock that was never set is set first: nothing else can be done then. */
export async function runOnBoard<T>(repl: Repl, expression: string, milliseconds: number, name: string, show: (line: string) => void): Promise<T> {
  await needImage(repl);
  try {
    return await shown<T>(repl, expression, milliseconds, name, show);
  } catch (error) {
    // The board knows of its console alone.
    if (isTrouble(error) && error.code === "settings") throw new Trouble(`settings: ${error.message}`, `${error.hint.replace(/\.$/, "")}; or from here: espruino-aws provision`, error.exitCode, error.code);
    if (!isTrouble(error) || error.code !== "clock-not-set") throw error;
    await shown(repl, "device.syncTime()", 120_000, "syncTime", show);
    return shown<T>(repl, expression, milliseconds, name, show);
  }
}

/** A JavaScript call with these arguments; absent ones at the end are left out. */
export function call(name: string, ...words: (string | undefined)[]): string {
  const given = words.map((word) => (word === undefined ? "undefined" : JSON.stringify(word)));
  while (given.at(-1) === "undefined") given.pop();
  return `${name}(${given.join(",")})`;
}

/** Seconds that a question and a transfer may take. */
const QUESTION_S = 60, TRANSFER_S = 3600;

async function oneShot(options: OneShotOptions, output: Output, expression: string, name: string, seconds: number): Promise<void> {
  const milliseconds = secondsOf(options.timeout, seconds) * 1000;
  const value = await useBoard(options, {}, (repl) => runOnBoard<unknown>(repl, expression, milliseconds, name, options.json ? () => {} : output.line));
  if (options.json) output.line(JSON.stringify(value ?? null));
}

/** Anything as lines "name  value", for people. */
export function plainLines(value: unknown, indent = ""): string[] {
  if (Array.isArray(value)) return value.length ? value.flatMap((one) => (typeof one === "object" && one ? [indent + Object.entries(one).map(([name, of]) => `${name} ${typeof of === "object" ? JSON.stringify(of) : String(of)}`).join(", ")] : [indent + String(one)])) : [indent + "none"];
  if (typeof value !== "object" || !value) return [indent + String(value)];
  return Object.entries(value).flatMap(([name, of]) => (typeof of === "object" && of ? [`${indent}${name}:`, ...plainLines(of, indent + "  ")] : [`${indent}${name.padEnd(12)} ${String(of)}`]));
}

async function logs(options: OneShotOptions, output: Output): Promise<void> {
  const status = await useBoard(options, {}, (repl) => runOnBoard<{ logs?: unknown }>(repl, "device.status()", QUESTION_S * 1000, "status", () => {}));
  if (options.json) return output.line(JSON.stringify(status.logs ?? null));
  const lines = status.logs === undefined || status.logs === null ? ["Nothing was shipped since the board started. device.ship() does it, and with boot.auto the board itself; the settings need logs.directory (docs/logs.md)."] : plainLines(status.logs);
  for (const line of lines) output.line(line);
}

/** Adds the commands. */
export function addOneShots(program: Command, output: Output): void {
  const add = (name: string, description: string) => withPort(program.command(name).description(description)).option("--json", "print the result as JSON, for machines");
  add("status", "clock, network, memory and settings of the board").action((options: OneShotOptions) => oneShot(options, output, "device.status()", "status", QUESTION_S));
  add("why", "why the last command on the board failed").action((options: OneShotOptions) => oneShot(options, output, "device.why()", "why", QUESTION_S));
  add("logs", "what the log shipper has done and has to do").action((options: OneShotOptions) => logs(options, output));
  add("put", "have the board upload a file from its card")
    .argument("<path>", "the file on the board's card")
    .argument("[key]", "the object's key; default s3.prefix and the file's name")
    .option("--timeout <seconds>", "give up waiting after that; the board goes on", String(TRANSFER_S))
    .action((path: string, key: string | undefined, options: OneShotOptions) => oneShot(options, output, call("device.put", path, key), "put", TRANSFER_S));
  add("get", "have the board download an object to its card")
    .argument("<key>", "the object's key")
    .argument("[path]", "the file on the board's card; default the name at the end of the key")
    .option("--timeout <seconds>", "give up waiting after that; the board goes on", String(TRANSFER_S))
    .action((key: string, path: string | undefined, options: OneShotOptions) => oneShot(options, output, call("device.get", key, path), "get", TRANSFER_S));
}
