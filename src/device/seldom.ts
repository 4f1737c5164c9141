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

/** Variables that a command beside a transfer may take. */
const SPARE = 600;

export type Seldom = (module: string, name: string, given: IArguments) => Promise<unknown>;

/** Commands that wait for memory at most: each holds a hundred variables. */
const WAITING = 4;

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
    return runner.run(module.startsWith("ishad") ? "shadow." + name : name, function (done) {
      let waits = 0;
      function go(): void {
        // Not always: to read the figures takes a collection of garbage.
        const memory = runner.busyWith() && platform.memory.variables();
        // A transfer that runs out of memory breaks: where little is left, what is asked beside it waits for its end.
        const short = memory && memory.total - memory.used < SPARE;
        if (short && !waits && waiting >= WAITING) return done(failure("busy", WAITING + " commands wait for memory already", "Wait for their promises: they go on beside, or after, " + runner.busyWith() + "."));
        waiting += (short ? 1 : 0) - waits;
        waits = short ? 1 : 0;
        if (short) platform.timers.after(500, go);
        else action(silent, done);
      }
      go();
    }, silent);
  };
}
