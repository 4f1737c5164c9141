// Memory figures.
import { failure } from "../flow/failure";
import type { Failure } from "../flow/failure";
import type { Memory } from "../platform/ports";

export const memory: Memory = {
  variables: function () {
    const figures = process.memory();
    return { used: figures.usage, total: figures.total };
  },
  // Reading the figures collects garbage first and sorts the list of free variables.
  tidy: function () {
    process.memory();
  },
  nativeHeap: function () {
    return typeof ESP32 == "undefined" ? undefined : ESP32!.getState().freeHeap;
  },
};

/** The most native heap that one TLS link takes, at the worst moment of its handshake, bytes (measured on ESP32 firmware 2v27). */
const TLS_HEAP = 47000;

/** Looks at the native heap before TLS is tried: too little is a failure here instead of somewhere inside. */
export function tlsMemory(): Failure | undefined {
  const free = memory.nativeHeap();
  if (free === undefined || free >= TLS_HEAP) return undefined;
  return failure(
    "memory", "TLS needs " + TLS_HEAP + " bytes of native heap, " + free + " are free",
    "Use a module with PSRAM (WROVER), or a build with a 70,000-byte reserve; ESP32.enableBLE(false) frees some.",
  );
}
