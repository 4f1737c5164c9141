// The modules of the image, straight from their sources; counts their users.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { failure } from "../../src/flow/failure";
import type { Loaded, Modules } from "../../src/platform/ports";

const folder = new URL("../../src/modules/", import.meta.url);

/** Every file of src/modules. */
export const sources: Record<string, object> = Object.fromEntries(
  await Promise.all(readdirSync(folder).map(async (file) => [file.slice(0, -".ts".length), await import(new URL(file, folder).href) as object] as const)),
);

export class HostModules implements Modules {
  /** Users by name; a module without users is not here. */
  readonly loaded = new Map<string, number>();
  /** Names of modules that are not in flash. */
  readonly missing = new Set<string>();
  generation: string | undefined;
  /** How often the board was told to restart. */
  restarts = 0;

  restart = (): void => void this.restarts++;

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
