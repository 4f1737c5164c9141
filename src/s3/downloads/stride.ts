// How large the pieces may be that come from the network.
import type { Platform } from "../../platform/ports";
import { PIECE } from "../landing";

/** Variables that TLS takes where it lives in them, and that two large pieces on their way take with all that handles them. */
const TLS_VARIABLES = 3300, LARGE_PIECES = 1800;

/** The largest piece that the network may hand over: two may be on their way at once. */
export function strideOf(platform: Platform): number {
  const { used, total } = platform.memory.variables();
  const free = total - used - (platform.memory.nativeHeap() === undefined ? TLS_VARIABLES : 0);
  return free < LARGE_PIECES ? PIECE >> 1 : PIECE;
}
