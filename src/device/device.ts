// The object `device` that the user meets at the REPL: names and order of arguments do not move (docs/commands.md).
import { borrow, withModule } from "../flow/withModule";
import type * as basic from "../modules/basic";
import type * as boot from "../modules/boot";
import type * as trial from "../modules/trial";
import type { Platform } from "../platform/ports";
import type { TimeResult } from "../sntp/client";
import { createRunner } from "./command";
import { createContext } from "./context";
import { createSeldom, silent } from "./seldom";
import type { Lines, Seldom, Services } from "./seldom";
import type { Status } from "./status";
import { get, put, transferLine } from "./transfers";

/** What stands below device.shadow. Made whenever it is asked for: six functions would be in memory for ever. */
function shadowCommands(seldom: Seldom) {
  return {
    get: function () {
      return seldom("ishadow", "get", arguments);
    },
    report: function () {
      return seldom("ishadow", "report", arguments);
    },
    desire: function () {
      return seldom("ishadow", "desire", arguments);
    },
    remove: function () {
      return seldom("ishadow", "remove", arguments);
    },
    onDelta: function () {
      return seldom("ishadsub", "onDelta", arguments);
    },
    list: function () {
      return seldom("ishadlst", "list", arguments);
    },
  };
}

function createCommands(services: Services, seldom: Seldom) {
  const { platform, context, runner, lines } = services;
  return {
    status: function () {
      return runner.run<Status>("status", function (done) {
        const told = borrow<typeof basic, Status>(platform, "basic", (module) => module.tellStatus(platform, context, runner));
        if ("code" in told) done(told);
        else done(undefined, told);
      }, silent);
    },
    configure: function (patch: { [name: string]: any }) {
      return runner.run<string[]>("configure", function (done) {
        const failed = context.configure(patch);
        done(failed, failed ? undefined : Object.keys(patch));
      }, (changed) => "configured: " + changed.join(", "));
    },
    syncTime: function () {
      return runner.run<TimeResult>("syncTime", function (done) {
        context.online(function (failed) {
          const missing = failed || withModule<typeof basic, TimeResult>(platform, "basic", (module, told) => module.setClock(platform, context.settings(), told), done);
          if (missing) done(missing);
        });
      }, (time) => "time " + new Date(platform.clock.now()).toISOString() + " from " + time.server + ", " + time.delay + " ms away");
    },
    put: function (path: string, key?: string, options?: unknown) {
      return runner.transfer(path ? "put " + path : "put", (started, done: any) => put(platform, context, path, key, options, started, done),
        (result: any, seconds) => transferLine("put " + result.key, result, seconds));
    },
    get: function (key: string, path?: string, options?: unknown) {
      return runner.transfer(key ? "get " + key : "get", (started, done: any) => get(platform, context, key, path, options, started, done),
        (result: any, seconds) => transferLine("get " + result.path, result, seconds));
    },
    // In modules.
    help: function () {
      return seldom("info", "help", arguments);
    },
    why: function () {
      return seldom("info", "why", arguments);
    },
    selfTest: function () {
      return seldom("selftest", "selfTest", arguments);
    },
    resume: function () {
      return seldom("resume", "resume", arguments);
    },
    ship: function () {
      return seldom("ship", "ship", arguments);
    },
    // Resolves when the line is on the card. One text and one promise for all lines of a moment.
    log: function (line: unknown) {
      if (lines!.text.length < lines!.most) lines!.text += (line === undefined ? "" : line) + "\n";
      else lines!.lost++;
      return (lines!.said = lines!.said || seldom("ilog", "log", arguments));
    },
    head: function () {
      return seldom("objects", "head", arguments);
    },
    list: function () {
      return seldom("objects", "list", arguments);
    },
    remove: function () {
      return seldom("objects", "remove", arguments);
    },
    presign: function () {
      return seldom("presign", "presign", arguments);
    },
    putUrl: function () {
      return seldom("puturl", "putUrl", arguments);
    },
    getUrl: function () {
      return seldom("geturl", "getUrl", arguments);
    },
    update: function () {
      return seldom("update", "update", arguments);
    },
    aliases: function () {
      return seldom("kms", "aliases", arguments);
    },
    connect: function () {
      return seldom("iot", "connect", arguments);
    },
    disconnect: function () {
      return seldom("iend", "disconnect", arguments);
    },
    // Where a link is up and nothing waits in flash, without a module.
    publish: function (topic: string, payload: unknown, options?: unknown) {
      const iot = runner.iot;
      return (iot && iot.link && !iot.sending && iot.link.quick(runner, topic, payload, options)) || seldom("imsg", "publish", arguments);
    },
    subscribe: function () {
      return seldom("isub", "subscribe", arguments);
    },
    unsubscribe: function () {
      return seldom("isub", "unsubscribe", arguments);
    },
    get shadow() {
      return shadowCommands(seldom);
    },
  };
}

/** The commands of a device. */
export type Device = ReturnType<typeof createCommands>;

/**
 * A device. What it answers makes the object with the commands: when it is asked for, because thirty functions would be in memory for ever,
 * and once, until something that takes much memory lets it go.
 */
export function createDevice(platform: Platform): () => Device {
  const lines: Lines = { text: "", most: 500, lost: 0 };
  const services = { platform: platform, context: createContext(platform), lines: lines } as Services;
  const runner = createRunner(services);
  services.runner = runner;

  const seldom = createSeldom(services);

  function device(): Device {
    return (services.commands = services.commands || createCommands(services, seldom));
  }

  /** Something is to be done about an image on trial: soon, and again as long as the module says so; not where a transfer has the memory. */
  function attendTrial(_failed: unknown, after?: number): void {
    if (after) platform.timers.after(after, function () {
      const memory = platform.memory.variables();
      if (runner.busyWith() && memory.total < memory.used + 1500) attendTrial(0, after);
      else withModule<typeof trial, number>(platform, "trial", (module, done) => module.tryTrial(services, done), attendTrial);
    });
  }
  if (platform.flash.read(".fwtry")) attendTrial(0, 10000);

  // A board goes to work, from a timer: what was needed to come here is free then. Without the module in flash it waits for a person.
  if (platform.board) platform.timers.after(0, () => void borrow<typeof boot, void>(platform, "boot", (module) => module.start(services, device as any)));
  return device;
}
