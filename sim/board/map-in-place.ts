// E.mapInPlace: looks every element (or every group of bits) of one typed array up in a map and writes it to another.
import type { Realm } from "./realm";

/** @param bits size of one value taken from the input; negative: lowest bits first; 0 or nothing: one element */
export function mapInPlace(realm: Realm, from: unknown, to: unknown, map: unknown, bits = 0): void {
  if (!isTyped(from) || !isTyped(to)) throw realm.error("Error", "First 2 arguments should be array buffers");
  const isMap = map === undefined || typeof map === "function" || Array.isArray(map) || isTyped(map);
  if (!isMap) throw realm.error("Error", "`map` argument should be undefined, or an array, buffer or function");
  const width = from.byteLength / Math.max(from.length, 1) * 8, size = Math.abs(bits) || width;
  let value = 0, held = 0, at = 0;
  for (let out = 0; out < to.length && (at < from.length || held >= size); out++) {
    const index = at;
    for (; held < size; held += width) {
      const next = from[at++] ?? 0;
      value = bits < 0 ? value | next << held : value << width | next;
    }
    const taken = (bits < 0 ? value : value >> (held - size)) & ((1 << size) - 1);
    if (bits < 0) value >>= size;
    held -= size;
    to[out] = translate(map, taken, index);
  }
}

function translate(map: unknown, value: number, index: number): number {
  if (map === undefined) return value;
  if (typeof map === "function") return Number((map as (value: number, index: number) => unknown)(value, index));
  return Number((map as ArrayLike<number>)[value]);
}

function isTyped(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value);
}
