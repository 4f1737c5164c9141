// The boards that are measured: the image with its settings, the same with the probe before it, and one with nothing but the bare loops.
import { mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CloudDescription } from "../sim/cloud/index";
import { bootInterpreter, type Interpreter } from "../test/espruino/interpreter";
import { bundle } from "./bundle";

export const MIB = 1024 * 1024;

/** Longer than any measurement takes. */
const PATIENCE = 300_000;

/** The image as it is flashed. */
export function image(): Buffer {
  return readFileSync(fileURLToPath(new URL("../dist/firmware.min.js", import.meta.url)));
}

/** What the image needs in Storage to work with the cloud. */
function records(cloud: CloudDescription): Record<string, Buffer | string> {
  const { bucket, region, host, port } = cloud.s3;
  const { accessKeyId, secretAccessKey } = cloud.credentials;
  return {
    ".bootcde": image(),
    "ca.der": readFileSync(cloud.certificates.ca.der),
    "settings.json": JSON.stringify({
      time: { servers: [cloud.ntp] },
      s3: { bucket, region, endpoint: { host, port, style: "path" } },
      credentials: { source: "static", accessKeyId, secretAccessKey },
      tls: { serverTrust: "reported" },
    }),
  };
}

/** A directory that is card and flash of one board. */
export class Board {
  private readonly directory = mkdtempSync(join(tmpdir(), "bench-"));
  private storage: Record<string, Buffer | string> | undefined;
  private running: Interpreter | undefined;

  constructor(storage: Record<string, Buffer | string>) {
    this.storage = storage;
  }

  /** Writes a file of pseudo-random bytes to the card. */
  file(name: string, bytes: number): void {
    const block = Buffer.alloc(64 * 1024);
    let state = 1;
    for (let i = 0; i < block.length; i++) block[i] = (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24;
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

  /** Boots, ending what ran before. */
  async boot(): Promise<void> {
    await this.running?.stop();
    const { directory, storage } = this;
    this.running = await bootInterpreter(storage ? { directory, storage } : { directory });
    this.storage = undefined;
  }

  evaluate(expression: string): Promise<any> {
    return this.running!.evaluate(expression, PATIENCE);
  }

  async close(): Promise<void> {
    await this.running?.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

export function imageBoard(cloud: CloudDescription): Board {
  return new Board(records(cloud));
}

/** The image with board/probe.js before it. */
export async function probedBoard(cloud: CloudDescription): Promise<Board> {
  return new Board({ ...records(cloud), ".boot0": await bundle("probe") });
}

/** Nothing but a script of bench/board. */
export async function bareBoard(script: string): Promise<Board> {
  return new Board({ ".bootcde": await bundle(script) });
}
