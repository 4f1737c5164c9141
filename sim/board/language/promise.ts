// Promise as Espruino has it: reactions are ordinary queued events, with the measured faults.
import type { Loop } from "../loop";
import type { Realm } from "../realm";

type Outcome = "fulfilled" | "rejected";

interface Reaction { readonly next: Settle; readonly callback: unknown }

interface State { outcome: Outcome | "pending"; value: unknown; readonly fulfilled: Reaction[]; readonly rejected: Reaction[] }

/** Settles one promise, once. */
interface Settle { readonly promise: object; done: boolean }

/** Installs Promise, with resolve, reject and all; then and catch. There is no race, any, allSettled or finally. */
export function installPromise(realm: Realm, loop: Loop): void {
  const states = new WeakMap<object, State>();
  const prototype = realm.object();

  function create(): Settle {
    const promise = realm.create(prototype);
    states.set(promise, { outcome: "pending", value: undefined, fulfilled: [], rejected: [] });
    return { promise, done: false };
  }

  function stateOf(promise: unknown): State | undefined {
    return typeof promise === "object" && promise !== null ? states.get(promise) : undefined;
  }

  /** Runs code that may throw. Trap: an exception that an earlier event of this pass left pending counts as thrown here. */
  function attempt(call: () => unknown): { readonly thrown?: { readonly value: unknown }; readonly value?: unknown } {
    try {
      const value = call();
      const pending = loop.takeException();
      return pending ? { thrown: pending } : { value };
    } catch (error) {
      loop.takeException();
      return { thrown: { value: error } };
    }
  }

  function queueReaction(promise: object, reaction: Reaction, value: unknown, passOn: boolean): void {
    loop.queue(() => {
      if (typeof reaction.callback !== "function") {
        settle(reaction.next, value, passOn);
        return;
      }
      const result = attempt(() => Reflect.apply(reaction.callback as () => unknown, promise, [value]));
      if (result.thrown) settle(reaction.next, result.thrown.value, false);
      else settle(reaction.next, result.value, true);
    }, promise, []);
  }

  function seal(promise: object, value: unknown, outcome: Outcome): void {
    const state = stateOf(promise)!;
    state.outcome = outcome;
    state.value = value;
    const reactions = outcome === "fulfilled" ? state.fulfilled : state.rejected;
    for (const reaction of reactions) queueReaction(promise, reaction, value, outcome === "fulfilled");
    if (outcome === "rejected" && reactions.length === 0) {
      loop.raiseInEvent(realm.error("Error", `Unhandled promise rejection: ${String(value)}`));
    }
  }

  function settle(box: Settle, value: unknown, fulfil: boolean): void {
    if (box.done) return;
    box.done = true;
    if (value === box.promise) {
      loop.raiseInEvent(realm.error("Error", "Illegal resolving to self"));
      return;
    }
    const then = fulfil && typeof value === "object" && value !== null && !Array.isArray(value) ? (value as { then?: unknown }).then : undefined;
    if (typeof then !== "function") {
      seal(box.promise, value, fulfil ? "fulfilled" : "rejected");
      return;
    }
    const inner: Settle = { promise: box.promise, done: false };
    const result = attempt(() => Reflect.apply(then as () => unknown, value, [
      (v: unknown) => settle(inner, v, true), (v: unknown) => settle(inner, v, false),
    ]));
    if (result.thrown) settle(inner, result.thrown.value, false);
  }

  function queueSettle(box: Settle, value: unknown, fulfil: boolean): void {
    loop.queue(() => settle(box, value, fulfil), undefined, []);
  }

  function construct(executor: unknown): object {
    if (executor === undefined) throw realm.error("Error", "Function required in promise constructor");
    const box = create();
    const result = attempt(() => Reflect.apply(executor as () => unknown, box.promise, [
      (value: unknown) => queueSettle(box, value, true), (value: unknown) => queueSettle(box, value, false),
    ]));
    if (result.thrown) queueSettle(box, result.thrown.value, false);
    return box.promise;
  }

  function then(promise: object, onFulfilled: unknown, onRejected: unknown): object {
    const state = stateOf(promise);
    if (!state) throw realm.error("Error", 'Function "then" not found!');
    const next = create();
    const whenFulfilled: Reaction = { next, callback: typeof onFulfilled === "function" ? onFulfilled : undefined };
    const whenRejected: Reaction = { next, callback: typeof onRejected === "function" ? onRejected : undefined };
    if (state.outcome === "pending") {
      state.fulfilled.push(whenFulfilled);
      state.rejected.push(whenRejected);
    } else {
      // trap: .catch() added to a promise that is fulfilled already passes its value on as a rejection
      queueReaction(promise, state.outcome === "fulfilled" ? whenFulfilled : whenRejected, state.value, false);
    }
    return next.promise;
  }

  const BoardPromise = function (executor: unknown): object { return construct(executor); };
  realm.define(prototype, {
    constructor: BoardPromise,
    then(this: object, onFulfilled: unknown, onRejected: unknown) { return then(this, onFulfilled, onRejected); },
    catch(this: object, onRejected: unknown) { return then(this, undefined, onRejected); },
  });
  realm.define(BoardPromise, {
    prototype,
    resolve(value: unknown) {
      if (stateOf(value)) return value;
      const follow = typeof value === "object" && value !== null ? (value as { then?: unknown }).then : undefined;
      if (typeof follow === "function") return construct(follow);
      const box = create();
      queueSettle(box, value, true);
      return box.promise;
    },
    reject(value: unknown) {
      const box = create();
      queueSettle(box, value, false);
      return box.promise;
    },
    all(promises: unknown) { return all(promises); },
  });
  realm.define(realm.global, { Promise: BoardPromise });

  function all(promises: unknown): object {
    if (!Array.isArray(promises)) throw realm.error("TypeError", `Expecting something iterable, got ${typeof promises}`);
    const box = create();
    const results = realm.array();
    let remaining = 0;
    let open = true;
    const fail = (value: unknown): void => {
      if (open) queueSettle(box, value, false);
      open = false;
    };
    (promises as unknown[]).forEach((one, index) => {
      results[index] = one;
      if (!stateOf(one)) return;
      remaining++;
      then(one as object, (value: unknown) => {
        results[index] = value;
        if (--remaining === 0 && open) queueSettle(box, results, true);
      }, fail);
    });
    if (remaining === 0) queueSettle(box, results, true);
    return box.promise;
  }
}
