// on, emit and the removal of listeners: every object of a board has them. There is no once.
import type { Loop } from "../loop";
import type { Realm } from "../realm";

const prefix = "#on";

/** The listeners of one event, the newest list: adding during an event makes a new list, so the new one waits. */
export function listeners(object: object, event: string): unknown[] | undefined {
  return (object as Record<string, unknown[] | undefined>)[prefix + event];
}

/** Called after a listener was added: data that came before it is delivered then. */
export type AddedHook = (object: object, event: string) => void;

/** @param crash called for a listener list that the interpreter would run over */
export function addEvents(realm: Realm, loop: Loop, added: AddedHook, crash: (trap: string) => never): void {
  function keep(object: object, event: string, list: unknown[]): void {
    realm.define(object, { [prefix + event]: list });
  }
  function add(object: unknown, event: unknown, listener: unknown, first: boolean): void {
    if (typeof object !== "object" && typeof object !== "function" || object === null) throw parentError(realm);
    if (typeof event !== "string") throw realm.error("TypeError", "First argument must be String");
    if (typeof listener !== "function" && typeof listener !== "string") {
      throw realm.error("TypeError", "Second argument must be a function or a String");
    }
    const old = listeners(object, event) ?? [];
    // trap: connect() stores its callback bare, not in a list, and nothing checks that
    if (!Array.isArray(old)) crash(`on("${event}") on a socket whose ${event} callback was given to connect(): the interpreter takes the function for a list of listeners`);
    keep(object, event, first ? [listener, ...old] : [...old, listener]);
    added(object, event);
  }
  realm.define(realm.intrinsics.Object.prototype, {
    on(this: object, event: string, listener: unknown) { add(this, event, listener, false); },
    addListener(this: object, event: string, listener: unknown) { add(this, event, listener, false); },
    prependListener(this: object, event: string, listener: unknown) { add(this, event, listener, true); },
    // trap: emit only queues; the listeners run after the current code
    emit(this: object, event: string, ...args: unknown[]) {
      if (args.length > 4) throw realm.error("TypeError", "Too many arguments (>4)");
      const list = listeners(this, event);
      if (list) loop.queue(list, this, args);
    },
    removeListener(this: object, event: string, listener: unknown) {
      const list = listeners(this, event);
      const at = Array.isArray(list) ? list.indexOf(listener) : -1;
      if (list && at >= 0) list.splice(at, 1);
    },
    removeAllListeners(this: object, event?: string) {
      for (const name of Object.getOwnPropertyNames(this)) {
        if (event === undefined ? name.startsWith(prefix) : name === prefix + event) delete (this as Record<string, unknown>)[name];
      }
    },
  });
}

function parentError(realm: Realm): Error {
  return realm.error("TypeError", "Parent must be an object - not a String, Integer, etc");
}
