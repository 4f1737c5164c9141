// The command line `espruino-aws`. Each command is a file in this folder that adds itself to the program.
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { addConsole } from "./console";
import { addDoctor } from "./doctor";
import { addExplain } from "./explain";
import { addFlash } from "./flash";
import { addManifest } from "./manifest";
import { addOneShots } from "./oneshots";
import { addProvision } from "./provision";
import { DONE, isTrouble, Trouble, USAGE } from "./trouble";

/** Something that was named cannot be read. */
export class Unreadable extends Trouble {}

/** Where a command prints. */
export interface Output {
  line(text: string): void;
  error(text: string): void;
}

const terminal: Output = {
  line: (text) => void process.stdout.write(text + "\n"),
  error: (text) => void process.stderr.write(text + "\n"),
};

/** The file's bytes, one character each; "-" is the standard input. */
export function readBytes(path: string): string {
  try {
    return readFileSync(path === "-" ? 0 : path, "latin1");
  } catch (error) {
    throw new Unreadable(`${path === "-" ? "the standard input" : path} cannot be read: ${(error as Error).message}`);
  }
}

/** Every command, in the order of the help. */
const COMMANDS: ((program: Command, output: Output) => void)[] = [addFlash, addProvision, addConsole, addOneShots, addDoctor, addManifest, addExplain];

/** The program with all its commands. */
export function createProgram(output: Output): Command {
  const text = (write: (line: string) => void) => (written: string) => write(written.replace(/\n$/, ""));
  const program = new Command("espruino-aws").description("Tools for boards that talk to AWS").exitOverride();
  program.configureOutput({ writeOut: text(output.line), writeErr: text(output.error) }).showHelpAfterError();
  for (const add of COMMANDS) add(program, output);
  return program;
}

/** Runs the command line and gives the exit code. */
export async function main(words: string[], output: Output = terminal): Promise<number> {
  const program = createProgram(output);
  try {
    await program.parseAsync(words, { from: "user" });
    return DONE;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? DONE : USAGE;
    // Anything besides is a fault of ours.
    if (!isTrouble(error)) throw error;
    output.error(error.message);
    if (error.hint) output.error("  " + error.hint);
    return error.exitCode;
  }
}
