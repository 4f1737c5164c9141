// The table that the bench prints: sections of rows, columns as wide as their widest cell.

export interface Row {
  what: string;
  /** What was measured, with its unit. */
  value: string;
  /** What is to be reached, "" where there is no goal. */
  goal?: string;
  /** Whether it was, where there is a goal. */
  reached?: boolean;
  /** What else there is to say, after all columns. */
  note?: string;
}

export interface Section {
  title: string;
  rows: Row[];
}

/** The sections as text. */
export function table(sections: Section[]): string {
  const cells = sections.map((section) => section.rows.map(({ what, value, goal = "", reached, note = "" }) => ["  " + what, value, goal, reached === undefined ? "" : reached ? "reached" : "NOT reached", note]));
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.flat().map((row) => row[column]!.length)));
  const lines = sections.flatMap((section, index) => [
    "",
    section.title,
    ...cells[index]!.map((row) => `${row[0]!.padEnd(widths[0]!)}  ${row[1]!.padStart(widths[1]!)}  ${row[2]!.padEnd(widths[2]!)}  ${row[3]!.padEnd(widths[3]!)}  ${row[4]}`.trimEnd()),
  ]);
  return lines.join("\n");
}

/** A row whose value is to be at least `least`. */
export function atLeast(what: string, value: number, least: number): Row {
  return { what, value: value.toFixed(2), goal: `at least ${least}`, reached: value >= least };
}

/** A row whose value is to be at most `most`. */
export function atMost(what: string, value: number, most: number, unit: string, digits = 0): Row {
  return { what, value: `${number(value, digits)}${unit}`, goal: `at most ${number(most, digits)}${unit}`, reached: value <= most };
}

/** A row of something that could not be measured. */
export function failed(what: string, why: unknown): Row {
  const text = why instanceof Error ? why.message : ((why as { message?: string } | undefined)?.message ?? String(why));
  return { what, value: "failed", note: "failed: " + text.replace(/\s+/g, " ").slice(0, 160) };
}

/** "12,345.6" */
export function number(value: number, digits = 0): string {
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
