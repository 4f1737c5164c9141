// Boots boards for tests and switches them all off afterwards.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { type Board, bootBoard, type BoardOptions } from "../../sim/board/index";

const boards: Board[] = [];
const directories: string[] = [];

export async function boot(options: BoardOptions = {}): Promise<Board> {
  const board = await bootBoard(options);
  boards.push(board);
  return board;
}

export function scratch(): string {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "board-"));
  directories.push(directory);
  return directory;
}

/** An ESP32 with its card connected. */
export async function withCard(size?: number): Promise<{ readonly board: Board; readonly directory: string }> {
  const directory = scratch();
  const board = await boot({ card: size === undefined ? { directory } : { directory, size }, image: "E.connectSDCard(SPI1, D5)" });
  return { board, directory };
}

export function cleanUp(): void {
  for (const board of boards.splice(0)) board.stop();
  for (const directory of directories.splice(0)) fs.rmSync(directory, { recursive: true, force: true });
}

/** Waits until the board has printed this line. */
export async function printed(board: Board, line: string | RegExp, milliseconds = 5000): Promise<string> {
  const end = Date.now() + milliseconds;
  for (;;) {
    const found = board.output.find((one) => (typeof line === "string" ? one === line : line.test(one)));
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`the board never printed ${String(line)}; it printed:\n${board.output.join("\n")}`);
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
}

/** What a piece of program throws, as text. */
export function thrown(board: Board, code: string): string {
  return String(board.run(`(function() { try { ${code}; return "nothing"; } catch (e) { return e.toString(); } })()`));
}
