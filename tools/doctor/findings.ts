// What the doctor's examinations have in common: a board, what is known of it so far, and one finding for each thing looked at.
import type { BoardFacts, Finding } from "../flash/facts";
import type { ImageRecord } from "../image";
import { BoardLines } from "../oneshots";
import type { Repl } from "../port/repl";
import { isTrouble, type Trouble } from "../trouble";

export type { Finding } from "../flash/facts";

/** What it tells of an image on a board that was updated. */
export interface UpdatedImage {
  ending: string;
  version: number;
  trial: boolean;
  rolledBack?: number;
  line: string;
}

/** What device.status() gives, as far as the doctor looks at it. Branches of the image may have more or less of it. */
export interface BoardStatus {
  version: string;
  time: string;
  network: string;
  mistakes: string[];
  bucket: string;
  busy: string;
  trust?: string;
  serverName?: string;
  iot?: { link: string; lost: string };
  logs?: { line: string; failed: number };
  image?: UpdatedImage;
  faults?: { mode: string; line: string };
}

/** The settings without anything secret: what the board says of their shape. */
export interface SettingsShape {
  sections: string[];
  /** Another server than AWS: a root that is not Amazon's is right there. */
  elsewhere: boolean;
  source: string;
  accessKeyStart: string;
  accessKeyLength: number;
  secretLength: number;
  hasToken: boolean;
  roleAlias: boolean;
  prefix: string;
  iotThing: string;
}

export interface Patient {
  repl: Repl;
  /** The image on this desktop; undefined if none is built. */
  image: ImageRecord[] | undefined;
  facts: BoardFacts;
  status: BoardStatus;
  /** Undefined if there are none, or they cannot be read. */
  settings: SettingsShape | undefined;
  /** Lines that the board printed during the last question, without its answer. */
  lines: string[];
}

export const ok = (what: string, found: string): Finding => ({ state: "ok", what, found, next: "" });
export const warning = (what: string, found: string, next: string): Finding => ({ state: "warning", what, found, next });
export const wrong = (what: string, found: string, next: string): Finding => ({ state: "wrong", what, found, next });

/** A failure of the board as a finding. */
export function failed(what: string, trouble: Trouble): Finding {
  return wrong(what, trouble.message, trouble.hint || "espruino-aws why");
}

/** Asks the board; what it prints meanwhile is kept in patient.lines. Gives the value, or the board's failure. */
export async function ask<T>(patient: Patient, expression: string, milliseconds = 30_000): Promise<{ value: T } | { trouble: Trouble }> {
  const lines: string[] = (patient.lines = []);
  const kept = new BoardLines((line) => void lines.push(line));
  patient.repl.onLine = (line) => kept.line(line);
  try {
    const value = await patient.repl.evaluate<T>(expression, milliseconds);
    kept.end();
    return { value };
  } catch (error) {
    if (!isTrouble(error)) throw error;
    kept.end(error);
    // Nothing can be asked of a board that is gone.
    if (error.exitCode !== 3) throw error;
    return { trouble: error };
  }
}

const SHAPE =
  '(function(s){if(!s||typeof s!="object")return null;var c=s.credentials||{},t=s.s3||{},i=s.iot||{},k=""+(c.accessKeyId||"");' +
  "return{sections:Object.keys(s),elsewhere:!!(t.endpoint||(c.endpoint&&c.endpoint.host)||(i.endpoint&&i.endpoint.host)),source:\"\"+(c.source||\"\")," +
  'accessKeyStart:k.substr(0,4),accessKeyLength:k.length,secretLength:(""+(c.secretAccessKey||"")).length,hasToken:!!c.sessionToken,roleAlias:!!c.roleAlias,' +
  'prefix:""+(t.prefix||""),iotThing:""+(i.thingName||"")}})(require("Storage").readJSON("settings.json",true))';

/** Asks for the shape of the settings. No secret leaves the board: lengths and the first four characters of an access key's name. */
export async function readShape(repl: Repl): Promise<SettingsShape | undefined> {
  return (await repl.evaluate<SettingsShape | null>(SHAPE)) ?? undefined;
}
