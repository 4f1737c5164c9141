// The modules of the image, straight from their sources; counts their users.
import assert from "node:assert/strict";
import { failure } from "../../src/flow/failure";
import * as confirm from "../../src/modules/confirm";
import * as creds from "../../src/modules/creds";
import * as credread from "../../src/modules/credread";
import * as down from "../../src/modules/down";
import * as explain from "../../src/modules/explain";
import * as geturl from "../../src/modules/geturl";
import * as info from "../../src/modules/info";
import * as kms from "../../src/modules/kms";
import * as objects from "../../src/modules/objects";
import * as presign from "../../src/modules/presign";
import * as puturl from "../../src/modules/puturl";
import * as recover from "../../src/modules/recover";
import * as selftest from "../../src/modules/selftest";
import * as part from "../../src/modules/part";
import * as whole from "../../src/modules/whole";
import * as parts from "../../src/modules/parts";
import * as putopts from "../../src/modules/putopts";
import * as todo from "../../src/modules/todo";
import * as resume from "../../src/modules/resume";
import * as lists from "../../src/modules/lists";
import * as url from "../../src/modules/url";
import type { Loaded, Modules } from "../../src/platform/ports";

/** Every file of src/modules. */
export const sources: Record<string, object> = { confirm, credread, creds, down, explain, geturl, info, kms, objects, presign, puturl, lists, part, parts, putopts, recover, resume, selftest, todo, url, whole };

export class HostModules implements Modules {
  /** Users by name; a module without users is not here. */
  readonly loaded = new Map<string, number>();
  /** Names of modules that are not in flash. */
  readonly missing = new Set<string>();

  load = <T>(name: string): Loaded<T> => {
    const module = sources[name];
    if (!module || this.missing.has(name)) return { failed: failure("storage", `The module ${name} is not in flash`, "Send dist/install.js to the board.") };
    this.loaded.set(name, (this.loaded.get(name) ?? 0) + 1);
    return { module: module as NonNullable<T> };
  };

  release = (name: string): void => {
    const users = this.loaded.get(name);
    assert.ok(users, `${name} was released and nobody uses it`);
    if (users > 1) this.loaded.set(name, users - 1);
    else this.loaded.delete(name);
  };
}
