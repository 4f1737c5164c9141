// A board on a desk that is to be provisioned by the command itself, over tcp, and what every run must keep to: no secret is ever printed.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Board, bootBoard } from "../../sim/board/index";
import { Typing } from "../../sim/board/typing";
import { BOARD_SETTINGS, deviceSettings } from "../../sim/desk";
import { type Cloud, startCloud } from "../../sim/cloud/index";
import { main } from "../../tools/cli";
import { Listeners } from "../../tools/port/port";
import { testCertificates } from "../cloud/certificates";
import { bridge, type Bridge, type Cable } from "./bridge";

type Content = Record<string, Buffer | string>;

/** Storage that holds these records. */
export function flash(records: Content): Map<string, string> {
  return new Map(Object.entries(records).map(([name, bytes]) => [name, Buffer.from(bytes as string).toString("latin1")]));
}

/** A board whose console is a cable. */
export async function cabled(storage: Map<string, string>) {
  const data = new Listeners<string>();
  let board: Board | undefined;
  const typing: Typing = new Typing(() => board!, (bytes) => data.tell(bytes));
  board = await bootBoard({ storage, onOutput: (text) => board && typing.print(text), wifi: { networks: { desk: "desk-password" } } });
  return { board, cable: { write: (bytes: string) => void setImmediate(() => typing.type(bytes)), onData: (listener: (bytes: string) => void) => data.add(listener) } };
}

export interface Run {
  code: number;
  lines: string[];
  errors: string[];
}

export interface ProvisionDesk {
  cloud: Cloud;
  directory: string;
  bridge: Bridge;
  /** Options for the three files of the cloud. */
  files: string[];
  /** Writes a file into the directory and gives its path. */
  file(name: string, content: string | Buffer): string;
  settings(changes?: Record<string, unknown>): string;
  provision(...words: string[]): Promise<Run>;
  close(): Promise<void>;
}

export async function provisionDesk(open: (cloud: Cloud) => Promise<Cable>, more: Record<string, unknown> = BOARD_SETTINGS): Promise<ProvisionDesk> {
  const cloud = await startCloud({ directory: await testCertificates() });
  const { ca, device } = cloud.describe().certificates;
  const directory = mkdtempSync(join(tmpdir(), "provision-"));
  const over = await bridge(await open(cloud));
  const key = readFileSync(device.key.pem, "utf8").split("\n")[3]!, keyDer = readFileSync(device.key.der).toString("latin1").slice(60, 90);
  const secrets = [cloud.credentials.secretAccessKey, "desk-password", key, keyDer];
  let made = 0;
  const file = (name: string, content: string | Buffer) => {
    writeFileSync(join(directory, name), content);
    return join(directory, name);
  };
  return {
    cloud,
    directory,
    bridge: over,
    files: ["--ca", ca.pem, "--cert", device.certificate.pem, "--key", device.key.pem],
    file,
    settings: (changes = {}) => file(`settings${++made}.json`, JSON.stringify(deviceSettings(cloud.describe(), { ...more, ...changes }))),
    provision: async (...words) => {
      const lines: string[] = [], errors: string[] = [], from = over.printed.length;
      const code = await main(["provision", "-p", over.address, ...words], { line: (text) => void lines.push(text), error: (text) => void errors.push(text) });
      // Neither to the person nor from the board's console.
      for (const text of [...lines, ...errors, over.printed.slice(from)]) for (const secret of secrets) assert.ok(!text.includes(secret), "a secret was printed");
      return { code, lines, errors };
    },
    close: async () => {
      await over.close();
      await cloud.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
