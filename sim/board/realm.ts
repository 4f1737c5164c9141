// The JavaScript world of one board: a node:vm context, and what the host needs to make values that belong to it.
import vm from "node:vm";

/** The error types that Espruino has; RangeError, EvalError and URIError are not among them. */
export type ErrorType = "Error" | "TypeError" | "SyntaxError" | "ReferenceError" | "InternalError";

export type AnyFunction = (this: unknown, ...args: never[]) => unknown;
export type Dictionary = Record<string, unknown>;

/** Intrinsics of the context, taken before the program can change them. */
interface Intrinsics {
  readonly Object: ObjectConstructor;
  readonly Function: FunctionConstructor;
  readonly Array: ArrayConstructor;
  readonly String: StringConstructor;
  readonly Number: NumberConstructor;
  readonly Math: Math;
  readonly JSON: JSON;
  readonly RegExp: RegExpConstructor;
  readonly Date: DateConstructor;
  readonly ArrayBuffer: ArrayBufferConstructor;
  readonly DataView: DataViewConstructor;
  readonly Uint8Array: Uint8ArrayConstructor;
  readonly typedArrayPrototype: object;
  readonly errors: Record<string, ErrorConstructor>;
  makeObject(): Dictionary;
  makeArray(): unknown[];
  evaluate(code: string): unknown;
}

export class Realm {
  readonly context: vm.Context;
  readonly global: Dictionary;
  readonly intrinsics: Intrinsics;

  constructor() {
    this.context = vm.createContext({}, { microtaskMode: undefined as never, codeGeneration: { strings: true, wasm: false } });
    this.global = vm.runInContext("globalThis", this.context) as Dictionary;
    this.intrinsics = vm.runInContext(
      `({ Object, Function, Array, String, Number, Math, JSON, RegExp, Date, ArrayBuffer, DataView, Uint8Array,
          typedArrayPrototype: Object.getPrototypeOf(Uint8Array.prototype),
          errors: { Error, TypeError, SyntaxError, ReferenceError, RangeError, EvalError, URIError },
          makeObject() { return {}; }, makeArray() { return []; }, evaluate: eval })`,
      this.context,
    ) as Intrinsics;
  }

  /** Runs script text in the global scope and returns its last value. */
  run(code: string, filename: string): unknown {
    return new vm.Script(code, { filename }).runInContext(this.context);
  }

  /** A plain object of the board's world with these properties. */
  object(properties: Dictionary = {}): Dictionary {
    return Object.assign(this.intrinsics.makeObject(), properties);
  }

  /** An array of the board's world. */
  array(items: readonly unknown[] = []): unknown[] {
    const array = this.intrinsics.makeArray();
    for (const item of items) array.push(item);
    return array;
  }

  /** An ArrayBuffer of the board's world holding a copy of these bytes. */
  arrayBuffer(bytes: Uint8Array): ArrayBuffer {
    const buffer = new this.intrinsics.ArrayBuffer(bytes.length);
    new this.intrinsics.Uint8Array(buffer).set(bytes);
    return buffer;
  }

  /** An Error of the board's world. `throw realm.error(...)` is how a native function fails. */
  error(type: ErrorType, message: string): Error {
    const constructor = (this.global[type] ?? this.intrinsics.errors["Error"]) as ErrorConstructor;
    return new constructor(message);
  }

  /** Puts native functions on an object, hidden from enumeration as Espruino's are. */
  define(target: object, members: Record<string, unknown>): void {
    for (const [name, value] of Object.entries(members)) {
      // the prototype of a function cannot be made configurable
      const shape = name === "prototype" ? { value } : { value, writable: true, configurable: true, enumerable: false };
      Object.defineProperty(target, name, shape);
    }
  }

  /** Makes a class of the board's world that programs cannot usefully construct: returns its prototype. */
  nativeClass(name: string, members: Record<string, unknown>): object {
    const prototype = this.object();
    const constructor = (): void => { throw this.error("Error", `Function "${name}" is not a constructor here`); };
    this.define(prototype, { ...members, constructor });
    this.define(this.global, { [name]: constructor });
    return prototype;
  }

  /** A new object with this prototype. */
  create(prototype: object): Dictionary {
    return this.intrinsics.Object.create(prototype) as Dictionary;
  }

  isArray(value: unknown): value is unknown[] {
    return Array.isArray(value);
  }
}
