// Functions, arrays and property definitions with the interpreter's manners.
import type { Realm } from "../realm";

export function breakObjects(realm: Realm): void {
  const { Object: BoardObject, Function: BoardFunction } = realm.intrinsics;
  const { defineProperty } = BoardObject;
  const { apply } = BoardFunction.prototype;
  realm.define(BoardObject, {
    // enumerable: false has no effect
    defineProperty(object: object, name: PropertyKey, descriptor: PropertyDescriptor) {
      return defineProperty(object, name, { ...descriptor, enumerable: true });
    },
  });
  realm.define(BoardFunction.prototype, {
    apply(this: (...args: unknown[]) => unknown, self: unknown, args?: ArrayLike<unknown>) {
      if (args && args.length > 256) {
        throw realm.error("Error", `Array passed to Function.apply is too big! Maximum 256 arguments, got ${args.length}`);
      }
      return apply.call(this, self, args as unknown[]);
    },
  });
  const typedArray = realm.intrinsics.typedArrayPrototype as Uint8Array;
  const { slice, filter } = typedArray;
  realm.define(typedArray, {
    // trap: slice and filter give a plain array, not a typed one
    slice(this: Uint8Array, start?: number, end?: number) { return realm.array([...slice.call(this, start, end)]); },
    filter(this: Uint8Array, test: (value: number) => boolean) { return realm.array([...filter.call(this, test)]); },
  });
  realm.define(BoardObject.prototype, {
    // trap: an object says its class only when it has a toString of its own
    toString(this: unknown) { return Array.isArray(this) ? "" : "[object Object]"; },
  });
}
