// Commands that are seldom used. Each lives in a Storage module, is loaded for one call and let go after it.
import type { Done } from "../flow/failure";
import type { Progress } from "../flow/progress";
import type { Platform } from "../platform/ports";
import type { Runner } from "./command";
import type { Context } from "./context";
import { withModule } from "./persist";

/** What a command needs beside its arguments. */
export interface Services {
  platform: Platform;
  context: Context;
  runner: Runner;
}

/**
 * A command in a module, exported there under the command's name. It prints its own result before it calls `done`, because its
 * module is let go then, and checks its arguments itself. A value with `seconds: 0` gets the time that the command took.
 */
export type SeldomCommand = (services: Services, started: (progress: Progress) => void, done: Done<any>, a?: any, b?: any, c?: any) => void;

/** The modules, and the commands in each. */
const MODULES = "info:help,why selftest:selfTest upload:resume objects:head,list,remove presign:presign puturl:putUrl geturl:getUrl kms:aliases";

function silent(): string {
  return "";
}

/** The function of the command `name`, which lives in `module`. */
function seldom(services: Services, module: string, name: string): (a: unknown, b: unknown, c: unknown) => Promise<unknown> {
  const { platform, runner } = services;
  return function (a, b, c) {
    function action(started: (progress: Progress) => void, done: Done<any>): void {
      const missing = withModule<{ [name: string]: SeldomCommand }, any>(platform, module, (commands, ended) => commands[name]!(services, started, ended, a, b, c), done);
      if (missing) done(missing);
    }
    // Help may be asked for while something is going on. All else takes memory, and most of it the one TLS link.
    return module == "info" ? runner.run(name, (done) => action(silent, done), silent) : runner.transfer(name, action, silent);
  };
}

/** Adds the commands of all modules to `device`. Where a module is not in flash its commands fail with code storage. */
export function addSeldom(device: { [name: string]: unknown }, services: Services): void {
  for (const line of MODULES.split(" ")) {
    const parts = line.split(":");
    for (const name of parts[1]!.split(",")) device[name] = seldom(services, parts[0]!, name);
  }
}
