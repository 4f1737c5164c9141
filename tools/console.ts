// espruino-aws console: the board's REPL with editing, history and completion of this terminal.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import readline from "node:readline";
import type { Command } from "commander";
import { closeBoard, openBoard, type PortChoice, withPort } from "./board";
import type { Output } from "./cli";
import type { Repl } from "./port/repl";
import { Trouble } from "./trouble";

const HISTORY_LINES = 500;

/** Where the history is kept: the user's configuration directory. */
export function historyFile(environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment["XDG_CONFIG_HOME"] ?? (process.platform === "win32" ? environment["APPDATA"] : undefined) ?? join(homedir(), ".config");
  return join(base, "espruino-aws", "history");
}

/** A line that names a secret is in no history. */
export function hasSecret(line: string): boolean {
  return /secret|password|sessionToken|private.?key|X-Amz-Signature|BEGIN [A-Z ]*KEY/i.test(line);
}

/** The newest first, as readline holds it. */
export function readHistory(file: string): string[] {
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").filter((line) => line && !hasSecret(line)).reverse().slice(0, HISTORY_LINES) : [];
}

export function writeHistory(file: string, newestFirst: string[]): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const lines = newestFirst.filter((line) => line && !hasSecret(line)).slice(0, HISTORY_LINES).reverse();
  writeFileSync(file, lines.map((line) => line + "\n").join(""), { mode: 0o600 });
}

/** Takes out of the board's lines what it only says back: a console echoes what is typed. */
export class Echo {
  private readonly typed: string[] = [];

  sent(line: string): void {
    this.typed.push(line);
    // An echo that was lost must not hide what is printed much later.
    if (this.typed.length > 50) this.typed.shift();
  }

  /** True if the line is an echo. */
  is(line: string): boolean {
    const at = this.typed.findIndex((one) => line === `>${one}` || line === `:${one}` || (one !== "" && line === one));
    if (at < 0) return false;
    this.typed.splice(0, at + 1);
    return true;
  }
}

/** Words that complete what is typed: device.put and so on. */
export function completions(names: string[], line: string): [string[], string] {
  const typed = /[A-Za-z_.]*$/.exec(line)![0];
  return [typed ? names.filter((name) => name.startsWith(typed)) : [], typed];
}

/** The device's commands, those of its objects too. */
const NAMES = '(function(d,r){if(d)for(var n in d){r.push("device."+n+(typeof d[n]=="function"?"(":"."));if(typeof d[n]=="object")for(var m in d[n])r.push("device."+n+"."+m+"(")}return r})(global.device,["device."])';

const HELP = [".help    this text", ".exit    leave; so does Ctrl-D", "Ctrl-C   clears the line; on an empty line it goes to the board and ends what runs there", "device.help() lists the board's commands"];

export interface ConsoleOptions extends PortChoice {
  input?: NodeJS.ReadableStream;
  screen?: NodeJS.WritableStream;
  history?: string;
}

/** Runs until the end of the input, .exit, or the end of the connection, which is a Trouble. */
export async function runConsole(repl: Repl, options: ConsoleOptions): Promise<void> {
  const input = options.input ?? process.stdin, screen = options.screen ?? process.stdout, file = options.history ?? historyFile();
  const terminal = (screen as Partial<NodeJS.WriteStream>).isTTY === true && (input as Partial<NodeJS.ReadStream>).isTTY === true;
  const names = await repl.evaluate<string[]>(NAMES, 5000).catch(() => []);
  const echo = new Echo();
  const reader = readline.createInterface({ input, output: screen, terminal, prompt: terminal ? ">" : "", historySize: HISTORY_LINES, history: terminal ? readHistory(file) : [], completer: (line: string) => completions(names, line) });
  const show = (line: string) => {
    if (terminal) {
      readline.cursorTo(screen, 0);
      readline.clearLine(screen, 0);
    }
    screen.write(line + "\n");
    if (terminal) reader.prompt(true);
  };
  repl.onLine = (line) => {
    if (!echo.is(line)) show(line);
  };
  reader.on("history", (lines: string[]) => {
    for (let at = lines.length - 1; at >= 0; at--) if (hasSecret(lines[at]!)) lines.splice(at, 1);
    if (terminal) writeHistory(file, lines);
  });
  reader.on("SIGINT", () => {
    if (reader.line) {
      reader.write(null, { ctrl: true, name: "e" });
      reader.write(null, { ctrl: true, name: "u" });
    } else repl.port.write("\x03");
    reader.prompt();
  });
  await new Promise<void>((left, failed) => {
    const remove = repl.port.onEnd((why) => {
      failed(new Trouble(`The connection ended: ${why}`, "Is the board still plugged in?"));
      reader.close();
    });
    reader.on("line", (line) => {
      if (line.trim() === ".exit") return reader.close();
      if (line.trim() === ".help") HELP.forEach(show);
      else if (line) {
        echo.sent(line);
        repl.port.write(Buffer.from(line, "utf8").toString("latin1") + "\n");
      }
      reader.prompt();
    });
    reader.on("close", () => {
      remove();
      // What the last line made the board print is still on its way.
      setTimeout(left, terminal ? 0 : 500);
    });
    if (terminal) show("The board's console: device.help() lists its commands, .help those of this terminal, .exit leaves.");
    reader.prompt();
  });
}

export function addConsole(program: Command, _output: Output): void {
  withPort(program.command("console").description("the board's REPL, with history and completion")).action(async (options: PortChoice) => {
    const repl = await openBoard(options);
    try {
      await runConsole(repl, options);
    } finally {
      await closeBoard(repl);
    }
  });
}
