// Error types: `type` in place of `name`, and no inheritance between them.
import type { Realm } from "../realm";

/**
 * Trap: new TypeError() instanceof Error is false, err.name is undefined (the type is in err.type). What V8 throws by
 * itself (null.x) is a TypeError here as in every V8; the interpreter throws a plain Error there.
 */
export function breakErrors(realm: Realm): void {
  const { errors, Object: BoardObject } = realm.intrinsics;
  const base = errors["Error"] as ErrorConstructor;
  const InternalError = realm.run(
    `(function InternalError(message) { var e = new Error(message); Object.setPrototypeOf(e, InternalError.prototype); return e; })`,
    "errors",
  ) as ErrorConstructor;
  realm.define(realm.global, { InternalError });
  const types: Record<string, ErrorConstructor> = {
    Error: base, TypeError: errors["TypeError"]!, SyntaxError: errors["SyntaxError"]!, ReferenceError: errors["ReferenceError"]!, InternalError,
  };
  for (const [type, constructor] of Object.entries(types)) {
    const prototype = constructor.prototype as unknown as Record<string, unknown>;
    delete prototype["name"];
    BoardObject.setPrototypeOf(prototype, BoardObject.prototype);
    BoardObject.setPrototypeOf(constructor, realm.intrinsics.Function.prototype);
    realm.define(prototype, {
      type,
      toString(this: { type?: string; message?: string }) {
        return this.message === undefined || this.message === "" ? `${this.type ?? type}` : `${this.type ?? type}: ${this.message}`;
      },
    });
  }
  for (const hidden of ["RangeError", "EvalError", "URIError"]) {
    const prototype = errors[hidden]!.prototype as unknown as Record<string, unknown>;
    delete prototype["name"];
    realm.define(prototype, { type: "Error" });
  }
}
