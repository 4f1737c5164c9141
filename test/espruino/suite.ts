// What the suites on the real interpreter share: they need the program, and stop after each test what it booted.
import assert from "node:assert/strict";
import type { CloudDescription } from "../../sim/cloud/index";
import { deviceRecords, imageRecords } from "../../sim/desk";
import { bootInterpreter, interpreterProgram } from "./interpreter";
import type { Interpreter, InterpreterOptions } from "./interpreter";

const running: Interpreter[] = [];

/** A suite fails where ESPRUINO names no interpreter; what its tests boot is stopped after each. */
export function useInterpreter(): void {
  before(() => {
    if (!interpreterProgram()) throw new Error("Set ESPRUINO to a Linux build of the interpreter: ESPRUINO=path npm run test:espruino");
  });
  afterEach(async () => {
    for (const one of running.splice(0)) await one.stop();
  });
}

export async function boot(options: InterpreterOptions): Promise<Interpreter> {
  const one = await bootInterpreter(options);
  running.push(one);
  return one;
}

/** Boots the image with settings for a cloud, with any part of them replaced. */
export function bootImage(cloud: CloudDescription, changes: Record<string, unknown> = {}, options: InterpreterOptions = {}): Promise<Interpreter> {
  return boot({ ...options, storage: { ...options.storage, ...deviceRecords(cloud, changes), ...imageRecords() } });
}

/** What a command fails with. */
export function failure(one: Interpreter, command: string): Promise<any> {
  return one.evaluate(command, 60000).then(() => assert.fail(`${command} succeeded`), (failed) => failed);
}
