// The subscriptions of a session: what stands in it, and what the broker is to be asked next.
import { ACTIVE } from "./session";
import type { Session, Subscription } from "./session";

/** AWS IoT: filters of a SUBSCRIBE. */
const FILTERS = 8;

/** Takes a subscription out. Into a list of its own: the old one may be gone through at this moment. */
export function drop(session: Session, subscription: Subscription): void {
  session.subscriptions = session.subscriptions.filter((other) => other != subscription);
}

/**
 * Puts a subscription, or its end, in the place of what the session holds for its filter. Answers what it replaced, if nobody will answer
 * that any more; what was `asked` already will be.
 */
export function replace(session: Session, wanted: Subscription, asked?: Subscription[]): Subscription | undefined {
  const old = session.subscriptions.filter((one) => one.filter == wanted.filter)[0];
  if (old) drop(session, old);
  session.subscriptions = session.subscriptions.concat([wanted]);
  return asked && asked.indexOf(old!) >= 0 ? undefined : old;
}

/** What goes into the next SUBSCRIBE or UNSUBSCRIBE: all of one kind; what went wrong twice goes alone. */
export function dueSubscriptions(session: Session): Subscription[] {
  const due: Subscription[] = [];
  for (const one of session.subscriptions) {
    const most = one.sendings! > 1 || (due.length && due[0]!.sendings! > 1) ? 1 : FILTERS;
    if (one.state != ACTIVE && due.length < most && (!due.length || due[0]!.state == one.state)) due.push(one);
  }
  return due;
}
