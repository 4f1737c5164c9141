// Which bytes of an object are asked for: device.get's options, and the answer's Content-Range (RFC 9110 section 14).
import { failure } from "../../flow/failure";
import type { Failure } from "../../flow/failure";

/** The options of device.get. */
export interface Wanted {
  /** The object's first byte that is wanted, from 0. */
  first?: number;
  /** How many bytes from there; all to the end where it is left out or the object ends before. */
  length?: number;
  /** Fetches in requests of so many bytes, for a board that has no room for TLS records of 16 KiB. */
  piece?: number;
  versionId?: string;
  /** Accept only what a manifest vouches for: true for key + ".manifest", or the manifest's key. */
  verify?: boolean | string;
  /** It is an image for this board; not for users. */
  image?: boolean;
}

/** The end of what lies on the card, which is fetched again and compared before a download goes on after a reset. */
export const TAIL = 512;
/** Each piece costs a TLS handshake; and it must be longer than the tail. */
const LEAST: { [name: string]: number } = { first: 0, length: 1, piece: 1024 };

/** What is wrong with the options that a user gave. */
export function wantedFault(options: any): Failure | undefined {
  for (const name in options) {
    const value = options[name];
    const least = LEAST[name];
    if (name == "versionId") {
      if (typeof value != "string" || value == "") return failure("argument", "The option versionId is not a version", "device.head and S3's lists name versions.");
    } else if (name == "verify") {
      if (typeof value != "boolean" && (typeof value != "string" || value == "")) return failure("argument", "The option verify is not true, false or a key", "true takes the manifest at the key with .manifest behind it.");
    } else if (least === undefined) return failure("argument", "There is no option " + name, "Known options: first, length, piece, versionId, verify");
    else if (typeof value != "number" || value != Math.floor(value) || !(value >= least && value < 4294967296)) {
      return failure("argument", "The option " + name + " must be a whole number from " + least, "For example device.get(\"a.bin\",\"a.bin\",{first:0,length:4096})");
    }
  }
  return undefined;
}

/** A Content-Range, "bytes 0-9/100"; `last` is included. */
export interface ContentRange {
  first: number;
  last: number;
  total: number;
}

export function readContentRange(text: string | undefined): ContentRange | undefined {
  const found = /^bytes ([0-9]+)-([0-9]+)\/([0-9]+)$/.exec(text || "");
  if (!found || text!.length > 60) return undefined;
  const range = { first: parseInt(found[1]!, 10), last: parseInt(found[2]!, 10), total: parseInt(found[3]!, 10) };
  return range.first <= range.last && range.last < range.total ? range : undefined;
}
