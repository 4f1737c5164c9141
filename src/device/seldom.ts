// Commands that are seldom used. Each lives in a Storage module, is loaded for one call and let go after it.
import { failure } from "../flow/failure";
import type { Done } from "../flow/failure";
import type { Progress } from "../flow/progress";
import { withModule } from "../flow/withModule";
import type { IotState } from "../iot/state";
import type { Platform } from "../platform/ports";
import type { Runner } from "./command";
import type { Context } from "./context";

/** What a command needs beside its arguments. */
export interface Services {
  platform: Platform;
  context: Context;
  runner: Runner;
  /** What device.log was told and is not written yet. */
  lines?: Lines;
  /** The commands, while they are in memory. */
  commands?: any;
}

export interface Lines {
  text: string;
  /** Bytes after which no more is taken; lines that were not. */
  most: number;
  lost: number;
  /** Of the write that is to come. */
  said?: Promise<unknown> | undefined;
}

/**
 * A command in a module, exported there under the command's name. It prints its own result before it calls `done`, because its
 * module is let go then, and checks its arguments itself; true: it needs its module no more, and `done` comes later. A value with
 * `seconds: 0` gets the time that the command took.
 */
export type SeldomCommand = (services: Services, started: (progress: Progress) => void, done: Done<any>, a?: any, b?: any, c?: any) => boolean | void;

/** What the module iot does about the link between its commands. */
export type LinkTask = (services: Services, state: IotState, done: Done<void>, about?: any) => void;

/** Variables that a command beside a transfer or a link may take; a shadow's and help; the part of all that is left beside, for the commands and whoever waits. */
const SPARE = 600, SPARE_LARGE = 900, PART = 10;

export type Seldom = (module: string, name: string, given: IArguments) => Promise<unknown>;

/** Commands that wait for memory at most: each holds a hundred variables. Looks at it, where no transfer will give it back; milliseconds between two. */
const WAITING = 4, LOOKS = 40, LOOK = 500;

/** Describes what says its own words. */
export function silent(): string {
  return "";
}

/**
 * What runs a command that lives in a module; `given` are its arguments. Where the module is not in flash the command fails with code
 * storage. One function for all of them: each command of its own is but one line, because what it holds is in memory for ever.
 */
export function createSeldom(services: Services): Seldom {
  const { platform, runner } = services;
  let waiting = 0;
  let refused: Promise<unknown> | undefined;

  /** One promise for all that are refused in a moment: a program may ask in a loop, and each promise takes memory. */
  function refuse(name: string): Promise<unknown> {
    platform.timers.after(0, () => void (refused = undefined));
    return runner.run<unknown>(name, (done) => done(failure("busy", WAITING + " commands wait for memory already", "Wait for their promises: they go on beside, or after, " + (runner.busyWith() || "what is under way") + ".")), silent);
  }

  return function (module, name, given) {
    // These two come often, and the commands are not to be made for each.
    if (name != "publish" && name != "log") services.commands = undefined;
    function action(started: (progress: Progress) => void, done: Done<any>): void {
      const missing = withModule<{ [name: string]: SeldomCommand }, any>(
        platform, module, (commands, ended) => commands[name]!(services, started, ended, given[0], given[1], given[2]), done,
      );
      if (missing) done(missing);
    }
    // Modules whose names begin with i run at any time: help, and what has a link of its own. All else takes memory, and most of it the one TLS link.
    if (module[0] != "i") return runner.transfer(name, action, silent);
    if (waiting >= WAITING && module != "iend") return (refused = refused || refuse(name));
    return runner.run(module.startsWith("ishad") ? "shadow." + name : name, function (done) {
      let looks = 0;
      function go(): void {
        const busy = runner.busyWith();
        // Not always: to read the figures takes a collection of garbage.
        const memory = (busy || runner.iot) && platform.memory.variables();
        // Nobody catches the end of memory. Where little is left, what is asked beside a transfer or a link waits for the end of what has it.
        const isShort = memory && memory.total - memory.used < (module.startsWith("ishad") || module == "info" ? SPARE_LARGE : SPARE) + (busy || looks ? 0 : memory.total / PART);
        // What ends the link gives memory back.
        const isLast = !busy && looks && (looks > LOOKS || module == "iend");
        // Whoever waits is not overtaken.
        if (!isLast && (isShort || (memory && waiting && !looks))) {
          if (!looks) waiting++;
          // Not before: a program in a loop would have them made anew each time.
          else services.commands = undefined;
          platform.timers.after(looks ? LOOK : 1, go);
          looks = busy ? 1 : looks + 1;
          return;
        }
        if (looks) waiting--;
        if (isShort && module != "iend") done(failure("memory", "Too little memory is left beside the connection", "Wait for the promises of what is under way; hold less, or use a module with PSRAM."));
        else action(silent, done);
      }
      go();
    }, silent);
  };
}
