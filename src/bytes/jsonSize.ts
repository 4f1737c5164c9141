// How long a value's JSON will be, before there is any: running out of memory cannot be caught.

/** Levels after which a value is taken to hold itself. */
const DEEPEST = 20;

/** Bytes of `value` as JSON, roughly, not counted further than `most`; -1 if it holds itself. Level by level: a stack is small. */
export function jsonSize(value: any, most: number): number {
  let level = [value];
  let size = 0;
  for (let depth = 0; level.length; depth++) {
    const inner: any[] = [];
    if (depth > DEEPEST) return -1;
    for (const one of level) {
      if (typeof one == "string") size += one.length + 2;
      else if (!one || typeof one != "object") size += 6;
      else {
        for (const name in one) {
          size += name.length + 4;
          if (size > most) return size;
          inner.push(one[name]);
        }
      }
    }
    level = inner;
  }
  return size;
}
