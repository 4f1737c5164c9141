// What a command of the command line ends with when it cannot go on: one line, a hint, an exit code.

/** Exit codes of the command line. */
export const DONE = 0, UNREADABLE = 1, USAGE = 2, REFUSED = 3, WRONG = 4;

/** A failure as a person is to read it: what, what to do, and the exit code. `code` is the board's, where it is its failure. */
export class Trouble extends Error {
  readonly isTrouble = true;

  constructor(message: string, readonly hint = "", readonly exitCode: number = UNREADABLE, readonly code = "") {
    super(message);
  }
}

/** By its shape: where the tests load a module twice there are two classes. */
export function isTrouble(error: unknown): error is Trouble {
  return error instanceof Error && (error as Partial<Trouble>).isTrouble === true;
}
