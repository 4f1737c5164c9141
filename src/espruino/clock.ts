// Clock and timers on Espruino. Traps: Date.now() is fractional; setTime has no effect on Linux but moves pending timers there;
// clearTimeout(undefined) throws and clearTimeout() clears every timer; the id of a timer that is over is given to another.
// The adapters are plain objects with the state beside them: a function inside another costs a board half as much again.
import type { Clock, Timers } from "../platform/ports";
import { isLinux } from "./board";

/** What is to be added to the host's clock for UTC, and for a clock that never jumps. */
let offset = 0;
let jumped = 0;
let set = false;

export const clock: Clock = {
  now: () => Math.floor(Date.now() + offset),
  ticks: () => Math.floor(Date.now() + jumped),
  isSet: () => set,
  set: function (utc) {
    const before = Date.now();
    if (!isLinux()) {
      // The card's file times come from the host's clock, so it is set where that is possible.
      setTime(utc / 1000);
      jumped += before - Date.now();
    }
    offset = utc - Date.now();
    set = true;
  },
};

export const timers: Timers = {
  after: (milliseconds, action) => setTimeout(action, milliseconds),
  cancel: function (id) {
    if (id) clearTimeout(id);
    return undefined;
  },
};
