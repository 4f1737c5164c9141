// The command line `espruino-aws`. Each command is a file in this folder that adds itself to the program.
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { addExplain } from "./explain";
import { addManifest } from "./manifest";

/** Exit codes. A command throws Unreadable for what it cannot read; anything thrown besides is a fault of ours. */
export const DONE = 0, UNREADABLE = 1, USAGE = 2;

/** Something that was named cannot be read. */
export class Unreadable extends Error {}

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
const COMMANDS: ((program: Command, output: Output) => void)[] = [addExplain, addManifest];

/** Runs the command line and gives the exit code. */
export async function main(words: string[], output: Output = terminal): Promise<number> {
  const text = (write: (line: string) => void) => (written: string) => write(written.replace(/\n$/, ""));
  const program = new Command("espruino-aws").description("Tools for boards that talk to AWS").exitOverride();
  program.configureOutput({ writeOut: text(output.line), writeErr: text(output.error) }).showHelpAfterError();
  for (const add of COMMANDS) add(program, output);
  try {
    await program.parseAsync(words, { from: "user" });
    return DONE;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? DONE : USAGE;
    if (!(error instanceof Unreadable)) throw error;
    output.error(error.message);
    return UNREADABLE;
  }
}
