// Random numbers. Trap: an ESP32's generator starts from fixed seeds and feeds TLS too, so it is seeded with what differs between boards and boots.
import type { HashInput, Random } from "../platform/ports";
import { hash } from "./hash";

/** Seeds the interpreter's generator; `unique` is whatever the caller knows that others do not. */
export function seedRandom(unique: HashInput): void {
  const moment = JSON.stringify([Date.now(), getTime(), Math.random(), process.memory(), typeof ESP32 == "undefined" ? 0 : ESP32!.getState()]);
  const seed = new Uint8Array(hash.sha256([moment, unique]));
  E.srand((seed[0]! << 24) | (seed[1]! << 16) | (seed[2]! << 8) | seed[3]!);
}

export const random: Random = {
  bytes: function (count) {
    let bytes = "";
    while (bytes.length < count) bytes += String.fromCharCode(Math.floor(Math.random() * 256));
    return bytes;
  },
  fraction: Math.random,
};
