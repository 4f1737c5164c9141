// Records to the board's Storage, by a function that evaluates at its console. Nothing that was sent or answered is ever told: it may be secret.
import type { Values } from "../../src/device/settings/check";
import { isTrouble, Trouble, UNREADABLE, WRONG } from "../trouble";
import { type BoardRecord, crcOf } from "./plan";

/** Evaluates an expression on the board and gives its value, as JSON can hold it. Rejects when there is no answer in time. */
export type Evaluate = (expression: string, milliseconds?: number) => Promise<any>;

/** Bytes at a time: a multiple of 4, because flash is written in words, and small enough for any board's memory. */
const PIECE = 456;
const WAIT = 15_000;

const quoted = (text: string) => JSON.stringify(text);
const STORAGE = 'require("Storage")';

const AGAIN = "Then give the same command again: what is right already is left alone.";

/** The only words of a failed question that are told: what was sent, or came back, may hold a key. */
const HARMLESS = /^(Characters were lost|.*: the connection ended|.*: no answer|No end after)/;

/** `evaluate` whose failures say what was being done and no more. */
async function ask(evaluate: Evaluate, expression: string, doing: string): Promise<any> {
  try {
    return await evaluate(expression, WAIT);
  } catch (error) {
    const { message, hint } = isTrouble(error) && HARMLESS.test(error.message) ? error : { message: "the board did not answer as it should", hint: "Does another program print there or use the port?" };
    throw new Trouble(`${doing}: ${message}`, `${hint} ${AGAIN}`, UNREADABLE);
  }
}

/** Length and CRC-32 of a record, or undefined if there is none. */
async function state(evaluate: Evaluate, name: string): Promise<{ length: number; crc: number } | undefined> {
  const found = await ask(evaluate, `(function(r){return r===undefined?0:[r.length,E.CRC32(r)]})(${STORAGE}.read(${quoted(name)}))`, `reading ${name} back`);
  return found instanceof Array ? { length: found[0], crc: found[1] >>> 0 } : undefined;
}

const same = (found: { length: number; crc: number } | undefined, record: BoardRecord) => found?.length === record.bytes.length && found.crc === crcOf(record);

/** Writes a record that is not there or differs, piece by piece, and reads it back. A cut leaves one that no later look takes for right. */
async function writeRecord(evaluate: Evaluate, record: BoardRecord, progress: (bytes: number) => void): Promise<boolean> {
  const { name, bytes } = record;
  if (same(await state(evaluate, name), record)) return false;
  // The first piece makes the record anew: a write at its beginning erases what is there.
  for (let at = 0; at < bytes.length; at += PIECE) {
    const piece = bytes.subarray(at, at + PIECE);
    // What throws on a board is shown with its line: caught there, only the reason comes back.
    const answer = await ask(
      evaluate,
      `(function(){try{return ${STORAGE}.write(${quoted(name)},atob(${quoted(piece.toString("base64"))}),${at},${bytes.length})}catch(e){return ""+(e.message||e)}})()`,
      `writing ${name}, byte ${at} of ${bytes.length}`,
    );
    if (answer !== true) {
      const reason = typeof answer === "string" && /^[\w ']{1,60}$/.test(answer) ? answer : "refused";
      throw new Trouble(`writing ${name}, byte ${at} of ${bytes.length}: ${reason}`, `Is the flash full? Erase records that are not needed: require("Storage").list(), require("Storage").getFree(). ${AGAIN}`, WRONG);
    }
    progress(piece.length);
  }
  const written = await state(evaluate, name);
  if (!same(written, record)) {
    throw new Trouble(`${name} has ${written?.length ?? 0} bytes on the board and another checksum than the ${bytes.length} that were sent`, `Does another program write there? ${AGAIN}`, WRONG);
  }
  return true;
}

export interface Written {
  name: string;
  /** False: it was there already. */
  written: boolean;
}

/**
 * Writes `records` in their order and verifies each by length and CRC-32. settings.json as src/device/settings/configure.ts writes it: the new
 * ones are in settings.new while the old record is replaced, so that the board has one whole record at every moment.
 */
export async function writeRecords(evaluate: Evaluate, records: BoardRecord[], progress: (bytes: number) => void = () => {}): Promise<Written[]> {
  const done: Written[] = [];
  for (const record of records) {
    const safe = record.name === "settings.json";
    if (safe && !same(await state(evaluate, record.name), record)) await writeRecord(evaluate, { ...record, name: "settings.new" }, () => {});
    done.push({ name: record.name, written: await writeRecord(evaluate, record, progress) });
    if (safe) await ask(evaluate, `(${STORAGE}.read("settings.new")!==undefined&&${STORAGE}.erase("settings.new"),1)`, "erasing settings.new");
  }
  return done;
}

/** What the board has: its records by name, and whether the image runs. */
export async function boardFacts(evaluate: Evaluate): Promise<{ held: string[]; image: boolean }> {
  const found = await ask(evaluate, `[${STORAGE}.list().filter(function(n){return/\\.(der|key|json)$/.test(n)}),typeof device=="object"&&!!device.status]`, "listing Storage");
  return { held: found instanceof Array ? found[0] : [], image: found instanceof Array && found[1] === true };
}

async function readRecord(evaluate: Evaluate, name: string): Promise<string | undefined> {
  const found = await state(evaluate, name);
  if (!found) return undefined;
  let text = "";
  while (text.length < found.length) {
    const piece = await ask(evaluate, `btoa(${STORAGE}.read(${quoted(name)},${text.length},${PIECE}))`, `reading ${name}`);
    const bytes = Buffer.from(String(piece), "base64");
    if (!bytes.length) throw new Trouble(`reading ${name}: it ends early`, "Does another program write there? Try again.", WRONG);
    text += bytes.toString("latin1");
  }
  return text;
}

/** The settings the board has, by the rules of src/device/settings/store.ts: settings.json, else settings.new, else {}. undefined if none can be read. */
export async function readBoardSettings(evaluate: Evaluate): Promise<Values | undefined> {
  let there = false;
  for (const name of ["settings.json", "settings.new"]) {
    const text = await readRecord(evaluate, name);
    if (text === undefined) continue;
    there = true;
    try {
      const settings = JSON.parse(text);
      if (settings && typeof settings === "object") return settings;
    } catch {
      // Half written: the other one is whole.
    }
  }
  return there ? undefined : {};
}
