// The command line run in this process: exit code, lines, errors.
import { main } from "../../tools/cli";

export interface Ran {
  code: number;
  lines: string[];
  errors: string[];
}

export async function run(...words: string[]): Promise<Ran> {
  const lines: string[] = [], errors: string[] = [];
  const code = await main(words, { line: (text) => void lines.push(text), error: (text) => void errors.push(text) });
  return { code, lines, errors };
}
