// Modules in Storage. Traps: require() keeps a module for ever, in variables, also one that threw half-way; a module calls the image by the
// short names of its own build, so one of another build must not run on; a module's functions refer to each other in a circle, so that what
// was let go is free only after the next garbage collection (which comes when memory runs short, and before memory is counted).
import { failure } from "../flow/failure";
import type { Modules as ModulesPort } from "../platform/ports";
import { flash } from "./flash";

/** What the build writes into the image and each of its modules. */
const BUILD = "@build@@";

/** How many users each loaded module has. */
const users: { [name: string]: number } = {};

/** Set by the loader that an update writes (docs/updates.md): the names of the records of the image that it started end so. */
const generation: string | undefined = global["_fw"];
const end = generation || "";

/** Modules that the build put into the boot code (tools/build/embed.js): a function each, which makes the exports. And those that are in use. */
const own: { [name: string]: (exports: any) => void } = global["$_M"] || {};
const made: { [name: string]: any } = {};

export const modules: ModulesPort = {
  generation: generation,
  restart: () => E.reboot(),
  load: function (name) {
    if (own[name]) {
      if (!users[name]) own[name]!((made[name] = {}));
      users[name] = (users[name] || 0) + 1;
      return { module: made[name] };
    }
    let wrong = "is not in flash";
    if (users[name] || flash.read(name + end) !== undefined) {
      wrong = "in flash is damaged or of another build";
      try {
        const module = (require as (name: any) => any)(name + end);
        if (module.build == BUILD) {
          users[name] = (users[name] || 0) + 1;
          return { module: module };
        }
      } catch (error) {}
      try {
        Modules.removeCached(name + end);
      } catch (error) {}
    }
    return { failed: failure("storage", "The module " + name + " " + wrong, "Send dist/install.js to the board: it writes the image and all its modules.") };
  },
  release: function (name) {
    if (!users[name] || --users[name]!) return;
    delete users[name];
    if (made[name]) delete made[name];
    else Modules.removeCached(name + end);
  },
};
