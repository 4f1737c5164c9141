// The boards that are measured: the image with its settings, whole or as its boot code alone, with the probe before it, and one with
// nothing but the bare loops.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { CloudDescription } from "../sim/cloud/index";
import { deviceRecords, IMAGE, imageRecords } from "../sim/desk";
import { bootInterpreter, Interpreter } from "../test/espruino/interpreter";
import { bundle } from "./bundle";

export const MIB = 1024 * 1024;

/** Longer than any measurement takes. */
const PATIENCE = 180_000;

/** The Linux build reads its console in a thread of its own and without a lock: now and then that ends it, whatever runs there. */
class ConsoleFault extends Error {}

/** What `run` gives; where the console ended the interpreter, of another try, three at most. */
export async function despiteConsole<T>(run: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof ConsoleFault) || tries === 3) throw error;
    }
  }
}

/** The image's boot code as it is flashed. */
export function image(): Buffer {
  return readFileSync(IMAGE);
}

/** What the image needs beside it in Storage to work with the cloud. */
function settings(cloud: CloudDescription): Record<string, Buffer> {
  return deviceRecords(cloud, { kms: { endpoint: cloud.kms.host, port: cloud.kms.port }, tls: { serverTrust: "reported" } });
}

/** A directory that is card and flash of one board. */
export class Board {
  private readonly directory = mkdtempSync(join(tmpdir(), "bench-"));
  private storage: Record<string, Buffer | string> | undefined;
  private running: Interpreter | undefined;
  /** The size of its pool from the next boot on, where the program lets it be chosen. */
  variables: number | undefined;

  constructor(storage: Record<string, Buffer | string>) {
    this.storage = storage;
  }

  /** Writes a file of pseudo-random bytes to the card. */
  file(name: string, bytes: number): void {
    const block = Buffer.alloc(64 * 1024);
    let state = 1;
    for (let i = 0; i < block.length; i++) block[i] = (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24;
    mkdirSync(dirname(join(this.directory, name)), { recursive: true });
    writeFileSync(join(this.directory, name), Buffer.concat(Array.from({ length: Math.ceil(bytes / block.length) }, () => block), bytes));
  }

  /** Takes a file off the card if it is there. */
  remove(name: string): void {
    try {
      unlinkSync(join(this.directory, name));
    } catch {
      // It was not there.
    }
  }

  /** Waits until something of this name lies in its flash, which the Linux build keeps in a file. */
  async flashed(name: string): Promise<void> {
    for (let tries = 0; tries < 1500; tries++) {
      if (readFileSync(join(this.directory, "espruino.flash")).includes(name)) return;
      await new Promise((done) => setTimeout(done, 20));
    }
    throw new Error(`There is no ${name} in flash`);
  }

  /** Boots, ending what ran before. */
  async boot(): Promise<void> {
    await this.running?.stop();
    const { directory, storage } = this;
    const environment = this.variables ? { ESPRUINO_VARS: String(this.variables) } : {};
    this.running = await bootInterpreter({ directory, environment, ...(storage ? { storage } : {}) });
    this.storage = undefined;
  }

  /** Runs `script` instead of booting, with a pool that holds its text where the program lets the pool be chosen, and resolves with what it gives to print("=" + JSON). */
  async run(script: string): Promise<any> {
    const { directory } = this;
    const interpreter = new Interpreter({ directory, script, environment: { ESPRUINO_VARS: "16383" }, ...(this.storage ? { storage: this.storage } : {}) });
    this.storage = undefined;
    try {
      const match = await interpreter.waitFor(/=(\{.*\})/, PATIENCE);
      return JSON.parse(match[1]!);
    } finally {
      await interpreter.stop();
    }
  }

  /** The value of an expression, or of its promise; a promise's refusal is thrown, and so is the end of memory. */
  async evaluate(expression: string, patience = PATIENCE): Promise<any> {
    const running = this.running!;
    const from = running.output.length;
    let watch: NodeJS.Timeout | undefined;
    const broken = new Promise<never>((_, reject) => {
      watch = setInterval(() => {
        const [words] = /ASSERT.*|Execution Interrupted|New interpreter error: .*/.exec(running.output.slice(from)) ?? [];
        const Kind = words?.startsWith("ASSERT(len <= 64)") ? ConsoleFault : Error;
        if (words) reject(new Kind(`The interpreter gave up: ${words}`));
      }, 50);
    });
    try {
      return await Promise.race([running.evaluate(expression, patience), broken]);
    } finally {
      clearInterval(watch);
    }
  }

  async close(): Promise<void> {
    await this.running?.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** The image with all its modules in Storage, as it is flashed. */
export function imageBoard(cloud: CloudDescription): Board {
  return new Board({ ...settings(cloud), ...imageRecords() });
}

/** The boot code without any module. */
export function bootCodeBoard(cloud: CloudDescription): Board {
  return new Board({ ...settings(cloud), ".bootcde": image() });
}

/** Settings alone, for the boot code run as a script. */
export function settingsBoard(cloud: CloudDescription): Board {
  return new Board(settings(cloud));
}

/** The image with board/probe.js before it. */
export async function probedBoard(cloud: CloudDescription): Promise<Board> {
  return new Board({ ...settings(cloud), ...imageRecords(), ".boot0": await bundle("probe") });
}

/** Nothing but a script of bench/board. */
export async function bareBoard(script: string): Promise<Board> {
  return new Board({ ".bootcde": await bundle(script) });
}

/** The image, and Espruino's own module `stock` if it is given, each with board/messages.js. */
export async function messageBoard(cloud: CloudDescription, stock: string | undefined): Promise<{ image: Board; other: Board | undefined }> {
  const script = await bundle("messages");
  const { "settings.json": _, ...certificates } = settings(cloud);
  return {
    image: new Board({ ...settings(cloud), ...imageRecords(), ".boot0": script }),
    other: stock === undefined ? undefined : new Board({ ...certificates, MQTT: stock, ".bootcde": script }),
  };
}
