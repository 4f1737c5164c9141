// What a board says of itself before anything is written to it, and what is to be held against it.
import type { ImageRecord } from "../image";
import { storedSize } from "../image";
import type { Repl } from "../port/repl";

export interface BoardFacts {
  version: string;
  board: string;
  modules: string[];
  /** Variables of the interpreter. */
  variables: { total: number; usage: number };
  /** Bytes of native heap; absent where TLS lives in the variables (Linux). */
  heap?: number;
  storage: { total: number; free: number; trash: number; files: number };
}

/** One thing that was looked at. */
export interface Finding {
  state: "ok" | "warning" | "wrong";
  what: string;
  found: string;
  /** What to do, "" if nothing. */
  next: string;
}

/** Asks the interpreter; the image need not be there. */
export async function readFacts(repl: Repl): Promise<BoardFacts> {
  const answer = await repl.evaluate<any>(
    "(function(e,m,s,h){return{version:e.VERSION,board:e.BOARD,modules:e.MODULES,variables:{total:m.total,usage:m.usage},heap:h&&h.freeHeap," +
      "storage:{total:s.totalBytes,free:s.freeBytes,trash:s.trashBytes,files:s.fileBytes}}})" +
      '(process.env,process.memory(),require("Storage").getStats(),global.ESP32&&ESP32.getState())',
  );
  const facts: BoardFacts = { ...answer, modules: String(answer.modules).split(",") };
  if (facts.heap === undefined || facts.heap === null) delete facts.heap;
  return facts;
}

/** Length and checksum of records on the board; null where there is none. */
export async function readRecords(repl: Repl, names: string[]): Promise<Record<string, { length: number; crc32: number } | null>> {
  const found: Record<string, { length: number; crc32: number } | null> = {};
  // A few at a time: the question must fit into a line, and the answer into a small heap.
  for (let at = 0; at < names.length; at += 12) {
    const some = names.slice(at, at + 12);
    const answer = await repl.evaluate<([number, number] | 0)[]>(
      `${JSON.stringify(some)}.map(function(n){var b=require("Storage").read(n);return b===undefined?0:[b.length,E.CRC32(b)]})`,
    );
    some.forEach((name, i) => {
      const one = answer[i];
      found[name] = one ? { length: one[0], crc32: one[1] } : null;
    });
  }
  return found;
}

/** Names of the records that are not as they should be. */
export function differing(image: ImageRecord[], found: Awaited<ReturnType<typeof readRecords>>): string[] {
  return image.filter(({ entry }) => found[entry.name]?.length !== entry.length || found[entry.name]?.crc32 !== entry.crc32).map(({ entry }) => entry.name);
}

/** The oldest interpreter that runs the image. */
const LEAST = [2, 27] as const;

/** Major and minor of "2v27.45"; undefined if it is none. */
export function interpreterVersion(text: string): [number, number] | undefined {
  const found = /^(\d+)v(\d+)/.exec(text);
  return found ? [Number(found[1]), Number(found[2])] : undefined;
}

function versionFinding({ version, board }: BoardFacts): Finding {
  const [major, minor] = interpreterVersion(version) ?? [0, 0];
  const right = major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1]);
  return { state: right ? "ok" : "wrong", what: "interpreter", found: `Espruino ${version} on ${board}`, next: right ? "" : `The image needs ${LEAST.join("v")} or later: flash a newer Espruino (firmware/README.md).` };
}

function modulesFinding({ modules, board }: BoardFacts): Finding {
  const needed = ["Storage", "fs", "net", "tls", "dgram", "crypto", ...(board === "LINUX" ? [] : ["Wifi"])];
  const missing = needed.filter((name) => !modules.includes(name));
  return missing.length
    ? { state: "wrong", what: "modules", found: `without ${missing.join(", ")}`, next: "Another build of Espruino: one for ESP32 with network, TLS, files and crypto." }
    : { state: "ok", what: "modules", found: needed.join(", "), next: "" };
}

/** Variables of the smallest board that the image is made for; native heap that one TLS link takes at its worst moment. */
const LEAST_VARIABLES = 3500, TLS_HEAP = 47_000;

export function memoryFinding({ variables, heap }: BoardFacts): Finding {
  const found = `${variables.total} variables` + (heap === undefined ? "" : `, ${heap} bytes of native heap free`);
  if (variables.total < LEAST_VARIABLES) return { state: "warning", what: "memory", found, next: `The image takes ${LEAST_VARIABLES} variables at the peak of an upload: turn Bluetooth off, ESP32.enableBLE(false), or use a module with PSRAM.` };
  if (heap !== undefined && heap < TLS_HEAP) return { state: "warning", what: "memory", found, next: `TLS takes ${TLS_HEAP} bytes: a module with PSRAM (WROVER), or a build of Espruino with a reserve of 70,000 bytes.` };
  return { state: "ok", what: "memory", found, next: "" };
}

/** Flash is written in pages of 4 KiB; what may be lost at their ends. */
const SLACK = 8192;

/** @param present length of the image's records that are there now, by name */
function storageFinding({ storage }: BoardFacts, image: ImageRecord[], present: Record<string, { length: number } | null>): Finding {
  const needed = image.reduce((sum, { entry }) => sum + storedSize(entry.length), 0);
  const own = Object.values(present).reduce((sum, one) => sum + (one ? storedSize(one.length) : 0), 0);
  const room = storage.free + storage.trash + own - SLACK;
  const found = `${room} bytes for the image, which takes ${needed}`;
  return needed <= room
    ? { state: "ok", what: "Storage", found, next: "" }
    : { state: "wrong", what: "Storage", found, next: 'Erase what is not needed: require("Storage").list() shows it; or flash Espruino anew (firmware/README.md).' };
}

/** Everything that is looked at before flashing. */
export function flashFindings(facts: BoardFacts, image: ImageRecord[], present: Record<string, { length: number } | null>): Finding[] {
  return [versionFinding(facts), modulesFinding(facts), memoryFinding(facts), storageFinding(facts, image, present)];
}
