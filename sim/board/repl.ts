// An interactive session with a board on a terminal: what is typed goes to its REPL, what it prints is shown.
import readline from "node:readline";
import type { Board } from "./board";

export interface ReplOptions {
  readonly input?: NodeJS.ReadableStream;
  readonly output?: NodeJS.WritableStream;
  /** Completes names of this object of the program at the prompt, e.g. "device". */
  readonly complete?: string;
}

export interface Repl {
  /** Shows text of the board above the prompt: give it to bootBoard as onOutput. */
  show(text: string): void;
  /** Starts to read lines for this board. Resolves when the session ends: .exit, end of input, Ctrl-C, or the board's end. */
  run(board: Board): Promise<void>;
}

const help = `.help    this text
.reset   restart the board
.power   switch it off and on again: RAM and clock are lost
.exit    leave
`;

/** A session that does not run yet: its show() can already be given to bootBoard. */
export function createRepl(options: ReplOptions = {}): Repl {
  const input = options.input ?? process.stdin;
  const output = options.output ?? process.stdout;
  let reader: readline.Interface | undefined;

  function show(text: string): void {
    if (!reader) {
      output.write(text);
      return;
    }
    // the prompt makes way for what the board prints, and comes back with what was typed so far
    readline.cursorTo(output, 0);
    readline.clearLine(output, 0);
    output.write(text.endsWith("\n") ? text : `${text}\n`);
    reader.prompt(true);
  }

  function run(board: Board): Promise<void> {
    const commands: Record<string, () => void> = {
      ".help": () => show(help),
      ".reset": () => board.reset(),
      ".power": () => {
        show("(off, and on again)\n");
        board.powerCycle();
      },
      ".exit": () => reader?.close(),
    };
    reader = readline.createInterface({ input, output, prompt: ">", completer: (line: string) => complete(board, line, options.complete) });
    reader.prompt();
    reader.on("line", (line) => {
      const text = line.trim();
      const command = commands[text];
      if (command) command();
      else if (text !== "" && board.alive) board.evaluate(text);
      reader?.prompt();
    });
    void board.ended.then(() => reader?.close());
    return new Promise((resolve) => {
      reader?.on("close", () => {
        reader = undefined;
        output.write("\n");
        resolve();
      });
    });
  }

  return { show, run };
}

function complete(board: Board, line: string, name: string | undefined): [string[], string] {
  const names = name === undefined ? [] : [name, ...Object.keys((board.global[name] ?? {}) as object).map((member) => `${name}.${member}`)];
  const fitting = names.filter((candidate) => candidate.startsWith(line));
  return [fitting, line];
}
