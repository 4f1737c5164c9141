// The servers, each in a process of its own, so that what they do takes no time from the interpreter or from each other.
import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { CloudDescription } from "../sim/cloud/index";

export interface Running<T> {
  /** What it said in its first line. */
  said: T;
  stop(): Promise<void>;
}

async function start<T>(script: string, args: string[]): Promise<Running<T>> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child: ChildProcess = spawn(process.execPath, ["--import", "tsx", path, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  // However this process ends, the server does not outlive it.
  process.on("exit", () => child.kill("SIGTERM"));
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout! }).once("line", resolve);
    void ended.then(() => reject(new Error(`${script} ended before it said anything`)));
  });
  return {
    said: JSON.parse(line) as T,
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** The local cloud. */
export function startCloudProcess(): Promise<Running<CloudDescription>> {
  return start("../sim/cloud/main.ts", []);
}

export interface BareServer {
  /** With TLS. */
  port: number;
  plainPort: number;
}

/** The server of the bare loops, with the certificate of the cloud. */
export function startBareServer(certificates: string): Promise<Running<BareServer>> {
  return start("server.ts", [`${certificates}/server.cert.pem`, `${certificates}/server.key.pem`]);
}
