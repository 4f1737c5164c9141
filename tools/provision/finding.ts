// What was found wrong, or is worth knowing, in the files and settings that a board is to get. No secret is ever part of it.

/** error: nothing is written. warning: written, but look at it. note: only said. */
export interface Finding {
  level: "error" | "warning" | "note";
  /** The option, the record or the path of the setting that it is about. */
  about: string;
  /** What was found, what was expected and what to do. */
  text: string;
}

/** Collects findings. */
export class Findings {
  readonly list: Finding[] = [];

  error(about: string, text: string): undefined {
    this.list.push({ level: "error", about, text });
  }

  warning(about: string, text: string): undefined {
    this.list.push({ level: "warning", about, text });
  }

  note(about: string, text: string): undefined {
    this.list.push({ level: "note", about, text });
  }

  get failed(): boolean {
    return this.list.some(({ level }) => level === "error");
  }
}

/** One line for a terminal. */
export function findingLine({ level, about, text }: Finding): string {
  return `${level.padEnd(7)} ${about}: ${text}`;
}
