// Runs a probe: a small program, on the virtual board or on the real interpreter, whose output is compared.
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { bootBoard } from "../../sim/board/index";
import type { Servers } from "./servers";

const folder = path.dirname(fileURLToPath(import.meta.url));
const deadline = 20_000;

/** A probe that is meant for byte-string builds begins with this line. */
const needsBytes = "// needs: byte strings";
/** One that the virtual board cannot show has this line. */
const onlyReal = "// only: the real interpreter";

export interface Probe {
  readonly name: string;
  /** First line of its text: the manner it shows. */
  readonly title: string;
  readonly needsBytes: boolean;
  readonly onlyReal: boolean;
  readonly expected: string;
}

export function listProbes(): Probe[] {
  return fs.readdirSync(folder).filter((file) => file.endsWith(".js")).sort().map((file) => {
    const text = fs.readFileSync(path.join(folder, file), "utf8");
    const name = file.slice(0, -3);
    const answer = path.join(folder, `${name}.txt`);
    return {
      name,
      title: /^\/\/ (.*)/.exec(text)?.[1] ?? name,
      needsBytes: text.includes(needsBytes),
      onlyReal: text.includes(onlyReal),
      expected: fs.existsSync(answer) ? fs.readFileSync(answer, "utf8") : "",
    };
  });
}

/**
 * Runs a probe and gives what it printed. A crash of the interpreter, by a signal or by a failed assertion, and a
 * crash of the virtual board both print "*** crash" as the last line.
 *
 * @param how "virtual", or the path of an Espruino binary for Linux
 */
export async function runProbe(name: string, how: string, servers: Servers): Promise<string> {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "probe-"));
  try {
    const code = servers.prelude + fs.readFileSync(path.join(folder, `${name}.js`), "utf8");
    return how === "virtual" ? await runVirtual(code, scratch) : await runReal(code, scratch, how);
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

async function runVirtual(code: string, scratch: string): Promise<string> {
  const board = await bootBoard({ image: code, profile: "linux", card: { directory: scratch }, endWhenIdle: true });
  const timer = setTimeout(() => board.stop(), deadline);
  const end = await board.ended;
  clearTimeout(timer);
  const lines = board.output.filter((line) => !line.startsWith("*** the board crashed"));
  if (end === "crash") lines.push("*** crash");
  if (end === "stop") lines.push("*** deadline");
  return tidy(lines.join("\n"));
}

function runReal(code: string, scratch: string, binary: string): Promise<string> {
  fs.writeFileSync(path.join(scratch, "probe.js"), code);
  // its standard input must never end: at the end of a file it prints 0xFF bytes
  const child = spawn(path.resolve(binary), ["probe.js"], {
    cwd: scratch, stdio: ["pipe", "pipe", "pipe"],
    // two TLS links need more variables than a build with a fixed pool has by default
    env: { ...process.env, ESPRUINO_VARS: "16383" },
  });
  let output = "";
  child.stdout.setEncoding("latin1").on("data", (text: string) => { output += text; });
  const timer = setTimeout(() => { output += "\n*** deadline"; child.kill("SIGKILL"); }, deadline);
  return new Promise((resolve) => {
    child.on("close", (_status, signal) => {
      clearTimeout(timer);
      const text = Buffer.from(output.replace(/^[\s\S]*espruino\.com\/Donate/, ""), "latin1").toString("utf8");
      const assertion = text.search(/ASSERT\(.*FAILED/);
      const crashed = assertion >= 0 || (signal !== null && signal !== "SIGKILL");
      resolve(tidy((assertion >= 0 ? text.slice(0, assertion) : text) + (crashed ? "\n*** crash" : "")));
    });
  });
}

/** Without stack traces, whose places differ, and without blank lines. */
function tidy(text: string): string {
  return text.replace(/\r/g, "").replace(/\n +at [^\n]*\n[^\n]*\n *\^(?=\n|$)/g, "").split("\n")
    .filter((line) => line.trim() !== "" && !/^\s+at /.test(line))
    .map((line) => line.trimEnd()).join("\n") + "\n";
}
