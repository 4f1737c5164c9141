// How every command runs: one promise, progress while it goes, one line of result, two lines of failure, and what failed last for why().
import { failure } from "../flow/failure";
import type { Done, Failure } from "../flow/failure";
import type { Progress } from "../flow/progress";
import { progressText } from "../flow/progress";
import { withModule } from "../flow/withModule";
import type { IotState } from "../iot/state";
import type { LinkNews, TellKeeper } from "../mqtt/link";
import type { Life } from "./boot/life";
import type * as idial from "../modules/idial";
import type * as iend from "../modules/iend";
import type * as iot from "../modules/iot";
import { explained } from "./explained";
import type { Services } from "./seldom";
import type { ShipState } from "./shipState";

/** A line of progress for each tenth, at most four a second, at least one in five seconds: a console of 115,200 baud blocks while it prints. */
const PROGRESS_EVERY = 250, PROGRESS_LEAST = 5000;

export interface Runner {
  /** Runs `action`; prints what `describe` makes of its value. The promise rejects with the Failure. */
  run<T>(name: string, action: (done: Done<T>) => void, describe: (value: T, seconds: number) => string): Promise<T>;
  /** The same for commands that move data: one at a time, with progress. A value with `seconds: 0` gets the time taken. */
  transfer<T>(
    name: string, action: (started: (progress: Progress) => void, done: Done<T>) => void, describe: (value: T, seconds: number) => string,
  ): Promise<T>;
  /** Has the one TLS slot for `action`: one at a time, and a link to AWS IoT gives way meanwhile. */
  exclusive<T>(name: string, action: (done: Done<T>) => void, done: Done<T>): void;
  /** For the link: has its keeper told, or wake it. Both soon. */
  tellLink: TellKeeper;
  rouse(): void;
  /** What is known of the link to AWS IoT; absent until it is first asked for. */
  iot?: IotState;
  /** What a board that works by itself does; absent where none does. */
  life?: Life;
  /** The log shipper, from its first run on. */
  ship?: ShipState;
  /** The last failure of any command; `failed`: what failed without one. */
  lastFailure(failed?: Failure): Failure | undefined;
  /** The transfer that is going on, "" if none is. */
  busyWith(): string;
}

/** Modules that care for the link; the others' is `iot`. */
const KEEPERS: { [what: string]: string } = { pauseLink: "iend", linkUp: "idial", linkRefused: "idial" };

function ignore(): void {}

/** The runner of `services`, which does not hold it yet. */
export function createRunner(services: Services): Runner {
  const platform = services.platform;
  const print = platform.console.print;
  const clock = platform.clock;
  let last: Failure | undefined;
  let busy = "";

  function run<T>(name: string, action: (done: Done<T>) => void, describe: (value: T, seconds: number) => string): Promise<T> {
    const start = clock.ticks();
    const promise = new Promise<T>(function (resolve, reject) {
      action(function (failed, value) {
        if (failed) {
          last = failed;
          print(name + " failed: " + failed.message);
          print("  " + failed.hint);
          return reject(failed);
        }
        const line = describe(value as T, (clock.ticks() - start) / 1000);
        if (line) print(line);
        resolve(value as T);
      });
    });
    // Said on the console already: a caller at the REPL need not handle it as well. (catch() alone would turn a value into a rejection.)
    promise.then(ignore, ignore);
    return promise;
  }

  /** Has a module do something about the link, if there is one, and goes on with `next`. */
  function care(what: "pauseLink" | "wakeLink" | keyof LinkNews, next: () => void, about?: unknown): void {
    // From a timer: the stack is small, and what the module took is free by then.
    if (!runner.iot || withModule<typeof iot & typeof iend & typeof idial, void>(platform, KEEPERS[what] || "iot", (module, told) => module[what](services, runner.iot!, told, about), () => platform.timers.after(0, next))) next();
  }

  function exclusive<T>(name: string, action: (done: Done<T>) => void, done: Done<T>): void {
    if (busy) return done(failure("busy", busy + " is still going on", "One transfer at a time: wait for its promise, then start the next."));
    busy = name;
    services.commands = undefined;
    care("pauseLink", function () {
      // What the host cannot move later, an open file for one, is to lie low: TLS needs long runs of free memory.
      platform.memory.tidy();
      action(function (failed, value) {
        explained(platform, failed, function () {
          busy = "";
          care("wakeLink", () => done(failed, value));
        });
      });
    });
  }

  const runner: Runner = {
    run: run,
    exclusive: exclusive,
    tellLink: (what, about) => void platform.timers.after(0, () => care(what, ignore, about)),
    rouse: () => care("wakeLink", ignore),
    transfer: function (name, action, describe) {
      const start = clock.ticks();
      let timer: number | undefined;

      let shown = 0;
      let shownAt = start;

      function show(progress: Progress): void {
        platform.timers.cancel(timer);
        timer = platform.timers.after(PROGRESS_EVERY, function () {
          const moved = progress.moved();
          const now = clock.ticks();
          if (moved - shown >= progress.total / 10 || now - shownAt >= PROGRESS_LEAST) {
            print("  " + progressText(moved, progress.total, (now - start) / 1000));
            shown = moved;
            shownAt = now;
          }
          show(progress);
        });
      }

      return run(
        name,
        function (done) {
          exclusive<any>(name, (ended) => action(show, ended), function (failed, value) {
            platform.timers.cancel(timer);
            if (value && value.seconds === 0) value.seconds = (clock.ticks() - start) / 1000;
            done(failed, value);
          });
        },
        describe,
      );
    },
    lastFailure: (failed) => (last = failed || last),
    busyWith: () => busy,
  };
  return runner;
}
