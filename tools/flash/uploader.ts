// The npm package espruino drives the port: as a child process with a deadline, because its exit status is 0 whatever happens, it may hang,
// and it turns the check of certificates off for the whole process that loads it.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Trouble } from "../trouble";

export interface Upload {
  /** A serial device or tcp://host:port. */
  address: string;
  baud: number;
  /** A script, one statement a line; it prints what it has done. */
  script: string;
  milliseconds: number;
  /** It has failed when the board prints nothing for so long. */
  silenceMs?: number;
  /** Gets each line that the board prints. True: it was the last one, the tool is not needed any more. */
  onLine: (line: string) => boolean;
  /** Instead of the package's program, for tests. */
  program?: string;
}

/** The program of the package. */
export function espruinoProgram(): string {
  try {
    return createRequire(import.meta.url).resolve("espruino/bin/espruino-cli.js");
  } catch {
    throw new Trouble("The package espruino is missing", "It is optional, and npm install leaves it out where it cannot be built: npm install espruino@0.1.67");
  }
}

/** What the tool says instead of an exit status. */
const FAILURES: [RegExp, string][] = [
  [/Unable to connect|RECEIVE ERROR|Error: .*cannot open|Permission denied|Access denied/i, "The tool could not open the port: another program may have it open."],
  [/Port Disconnected|Connection closed|Disconnected/i, "The connection broke: is the cable firm, does the board restart by itself?"],
  [/ERR(?:OR)?: .*(?:Timeout|timed out)/i, "The board stopped answering: press its reset button and try again."],
];

/** A job for the tool: espruino.json, with the port, sending into RAM. */
function job(upload: Upload, file: string): string {
  const neutral = JSON.parse(readFileSync(new URL("../../espruino.json", import.meta.url), "utf8"));
  // It may sleep long: it is ended as soon as the last line is there.
  return JSON.stringify({ ...neutral, ports: [{ type: "path", name: upload.address }], baudRate: upload.baud, file, sleepAfterUpload: 60, espruino: { ...neutral.espruino, SAVE_ON_SEND: 0 } });
}

/** Sends a script and resolves when `onLine` has seen its last line. Fails with what the tool said otherwise. */
export async function upload(upload: Upload): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "espruino-aws-"));
  try {
    const file = join(directory, "script.js"), jobFile = join(directory, "job.json");
    writeFileSync(file, upload.script);
    writeFileSync(jobFile, job(upload, file));
    await run(upload, [upload.program ?? espruinoProgram(), "-j", jobFile], directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function run({ milliseconds, silenceMs = milliseconds, onLine }: Upload, words: string[], directory: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, words, { cwd: directory, stdio: ["ignore", "pipe", "pipe"] });
    let rest = "", said = "", over = false;
    const finish = (trouble?: Trouble) => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      clearTimeout(silence);
      child.kill("SIGKILL");
      // The port is free when the child is gone.
      const done = () => (trouble ? reject(trouble) : resolve());
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) done();
      else child.once("exit", done);
    };
    const failed = (what: string) => {
      const [, hint] = FAILURES.find(([pattern]) => pattern.test(said)) ?? [];
      return new Trouble(what, hint ?? `The tool said last: ${said.trim().split("\n").slice(-3).join(" | ") || "nothing"}`);
    };
    const timer = setTimeout(() => finish(failed(`The image was not sent within ${Math.round(milliseconds / 1000)} s`)), milliseconds);
    const silent = () => finish(failed(`The board printed nothing for ${Math.round(silenceMs / 1000)} s`));
    let silence = setTimeout(silent, silenceMs);
    const take = (bytes: Buffer) => {
      clearTimeout(silence);
      if (!over) silence = setTimeout(silent, silenceMs);
      said = (said + bytes.toString("latin1")).slice(-4000);
      rest += bytes.toString("latin1");
      const lines = rest.split(/\r*\n/);
      rest = lines.pop()!;
      // The tool puts "--] " in front of what the board prints.
      for (const line of lines) if (!over && line.startsWith("--] ") && onLine(line.slice(4).replace(/^>+/, ""))) finish();
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.on("error", (error) => finish(new Trouble(`The package espruino cannot be run: ${error.message}`)));
    child.on("close", () => finish(failed("The tool ended before the image was sent")));
  });
}
