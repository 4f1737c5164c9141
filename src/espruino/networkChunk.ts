// The network chunk: how many bytes the interpreter moves in one pass for every socket, 536 unless raised.
// The only way up is a datagram socket with recvBufferSize, and there is none down; but every TCP socket opened while it is raised
// gets a receive buffer of that size, which makes downloads crawl on Linux. So the hidden record that holds it is put back.
import { isLinux } from "./board";

/** The hidden root of the interpreter. */
const HIDDEN = "\xff";

let stock: string | undefined;

/** A copy of the network's record, or undefined where it cannot be seen. */
function record(): string | undefined {
  const root = global[HIDDEN];
  const text = root && root.net;
  return typeof text == "string" ? "" + text : undefined;
}

/**
 * Raises the chunk for an open connection that has nothing unsent (a pending TLS record must be offered again in the same
 * length). Two to three times the stock speed. An ESP32 puts two chunks on a stack of 25,000 bytes: 4,096 is what that bears.
 */
export function raiseNetworkChunk(stride: number): void {
  if (!stride || stock !== undefined) return;
  stock = record();
  if (stock === undefined) return;
  const lever = require("dgram").createSocket({ type: "udp4", recvBufferSize: stride > 4096 && !isLinux() ? 4096 : stride });
  lever.close();
}

/** Puts the stock chunk back, before the next connection is opened. */
export function restoreNetworkChunk(): void {
  if (stock !== undefined) global[HIDDEN].net = stock;
  stock = undefined;
}
