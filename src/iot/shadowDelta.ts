// What hears of a shadow's deltas. In a module of its own: it is held as long as somebody listens.
import type { Bytes } from "../bytes/bytes";
import type { Listener } from "../mqtt/session";

/** Hands each delta to `listener`, once: (what is desired and not reported so, the version). What the broker sends twice has one version. */
export function deltaListener(listener: (delta: any, version: number) => void): Listener {
  let got: Bytes = "";
  let last = -1;
  return function (topic, payload, info) {
    got = info.offset ? got + payload : payload;
    if (got.length < info.total) return;
    const said = JSON.parse(got);
    got = "";
    if (said.version == last) return;
    last = said.version;
    listener(said.state, last);
  };
}
