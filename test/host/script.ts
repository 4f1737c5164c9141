// The rows that a mock TLS socket (tls.ts) plays: what the peer waits for, what it says, and how it goes wrong.
import assert from "node:assert/strict";
import type { FailureCode } from "../../src/flow/failure";
import type { Bytes } from "../../src/bytes/bytes";

/**
 * What the client must say next. A text: exactly these bytes. A pattern: the bytes so far must match it; all up to the end
 * of the match are taken. A function: it gets all bytes that no row has taken yet and answers how many it takes, undefined
 * if more must come first; it may assert.
 */
export type Expected = Bytes | RegExp | ((bytes: Bytes) => number | undefined);

export type Row =
  | { row: "refused"; code: FailureCode; after: number; message?: string }
  | { row: "silentHandshake" }
  | { row: "expect"; what: Expected }
  | { row: "readAll" }
  | { row: "send"; slices: Bytes[] }
  | { row: "wait"; milliseconds: number }
  | { row: "hold" }
  | { row: "release" }
  | { row: "stall" }
  | { row: "ended" }
  | { row: "endClean" }
  | { row: "breakOff"; code: FailureCode };

/** First row only: the connection never opens; it fails with `code` (dns, connect, memory, certificate, handshake). */
export const refused = (code: FailureCode, after = 0, message?: string): Row => ({ row: "refused", code, after, ...(message === undefined ? {} : { message }) });

/** First row only: the handshake never ends, until the client's patience (handshakeSeconds) does. */
export const silentHandshake = (): Row => ({ row: "silentHandshake" });

/** Waits until the client has said this. Bytes that differ fail the test at once. */
export const expect = (what: Expected): Row => ({ row: "expect", what });

/** Fails if the client has said more than rows have taken so far. */
export const silent = (): Row => expect((bytes) => {
  assert.equal(bytes, "", "the client should not have said anything here");
  return 0;
});

/** From here on takes all that comes, whatever it is. */
export const readAll = (): Row => ({ row: "readAll" });

/**
 * Sends bytes: in one piece, in pieces of `slices` bytes, or in pieces of these lengths, the rest last. The pieces come one
 * after the other without time between them, as from one network pass: a 0 ms timer started in the first runs after the last.
 */
export function send(bytes: Bytes, slices: number | number[] = Infinity): Row {
  const lengths = typeof slices === "number" ? [] : slices;
  const usual = typeof slices === "number" ? slices : Infinity;
  const pieces: Bytes[] = [];
  for (let at = 0; at < bytes.length; at += pieces[pieces.length - 1]!.length) {
    pieces.push(bytes.slice(at, at + Math.max(1, lengths[pieces.length] ?? usual)));
  }
  return { row: "send", slices: pieces };
}

/** Does nothing for so long. */
export const wait = (milliseconds: number): Row => ({ row: "wait", milliseconds });

/** From here on the client's pieces do not get on their way: no drain comes (the peer does not read). */
export const hold = (): Row => ({ row: "hold" });

/** Ends `hold`: a piece that waits is on its way now. */
export const release = (): Row => ({ row: "release" });

/** Last row: nothing comes any more, until the client's patience (silenceSeconds) ends. What it says is taken. */
export const stall = (): Row => ({ row: "stall" });

/** Last row: the client must end the connection. */
export const ended = (): Row => ({ row: "ended" });

/** Last row: the peer ends cleanly (close_notify). */
export const endClean = (): Row => ({ row: "endClean" });

/** Last row: the connection breaks. */
export const breakOff = (code: FailureCode = "connection-lost"): Row => ({ row: "breakOff", code });

/** How many of the bytes `got` answer what is expected; undefined if more must come. Bytes that differ are told to `differs`. */
export function takenBy(what: Expected, got: Bytes, differs: (difference: string) => never): number | undefined {
  if (typeof what === "function") return what(got);
  if (what instanceof RegExp) {
    const match = what.exec(got);
    return match ? match.index + match[0].length : undefined;
  }
  const length = Math.min(what.length, got.length);
  if (got.slice(0, length) !== what.slice(0, length)) differs(`expects ${JSON.stringify(what.slice(0, 300))} but got ${JSON.stringify(got.slice(0, 300))}`);
  return got.length >= what.length ? what.length : undefined;
}
