// The real interpreter as a child process: a scratch directory holds its card and its flash, lines go to its console, its output is watched.
import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export interface InterpreterOptions {
  /** Path of the program; the environment variable ESPRUINO by default. */
  program?: string;
  /** Records to write into the interpreter's Storage before it boots, by name. */
  storage?: Record<string, Buffer | string>;
  /** Run this script instead of booting what is in Storage. */
  script?: string;
  environment?: Record<string, string>;
  /** A directory of an earlier run, to boot again with its flash and card. */
  directory?: string;
}

const ESCAPES = /\x1b\[[0-9;?]*[A-Za-z]/g;

/** The program named by ESPRUINO, or undefined. */
export function interpreterProgram(): string | undefined {
  const path = process.env["ESPRUINO"];
  return path ? resolve(path) : undefined;
}

/** Bytes of a variable on a board's build; the ordinary Linux one has larger ones, a heap that grows, 256 kB of Storage and Unicode texts. */
const BOARD_VARIABLE = 16;

/** A test that counts on what a board has: skipped, with a line, on an interpreter that is not built like one. */
export function onBoard(test: Mocha.Context): void {
  const program = interpreterProgram();
  const told = program ? spawnSync(program, ["-e", 'print("\\nblock "+process.memory().blocksize)'], { encoding: "latin1", timeout: 10000, cwd: tmpdir() }).stdout : "";
  if (Number(/^block (\d+)/m.exec(told)?.[1] ?? 0) <= BOARD_VARIABLE) return;
  console.log("      skipped: this interpreter has neither a board's memory nor its Storage (README: a 32-bit build with a fixed pool)");
  test.skip();
}

function literal(bytes: Buffer): string {
  let text = '"';
  for (const byte of bytes) {
    const plain = byte >= 32 && byte < 127 && byte !== 34 && byte !== 92;
    text += plain ? String.fromCharCode(byte) : "\\x" + byte.toString(16).padStart(2, "0");
  }
  return text + '"';
}

/** Scripts that write `storage` piece by piece, none so long that the largest pool could not hold it: the interpreter holds a file whole. */
function installScripts(storage: Record<string, Buffer | string>): string[] {
  const scripts = [""];
  for (const [name, content] of Object.entries(storage)) {
    const bytes = Buffer.from(content);
    for (let at = 0; at < bytes.length; at += 512) {
      if (scripts.at(-1)!.length > 100_000) scripts.push("");
      scripts[scripts.length - 1] += `require("Storage").write(${JSON.stringify(name)},${literal(bytes.subarray(at, at + 512))},${at},${bytes.length});\n`;
    }
  }
  return scripts.map((script) => script + 'print("stored");\n');
}

export class Interpreter {
  readonly directory: string;
  output = "";
  /** Exit status, or the signal that ended it; undefined while it runs. */
  ended: number | string | undefined;
  private readonly child: ChildProcess;
  private readonly watchers = new Set<() => void>();
  private readonly keep: boolean;

  constructor(options: InterpreterOptions = {}) {
    const program = options.program ?? interpreterProgram();
    if (!program) throw new Error("Set ESPRUINO to a Linux build of the interpreter");
    this.keep = options.directory !== undefined;
    this.directory = options.directory ?? mkdtempSync(join(tmpdir(), "espruino-"));
    const env = { ...process.env, ...options.environment };
    if (options.storage && Object.keys(options.storage).length) this.install(program, options.storage, env);
    if (options.script !== undefined) writeFileSync(join(this.directory, "script.js"), options.script);
    this.child = spawn(program, options.script === undefined ? [] : ["script.js"], { cwd: this.directory, env, stdio: ["pipe", "pipe", "pipe"] });
    const take = (bytes: Buffer) => {
      this.output += bytes.toString("latin1").replace(/\r/g, "").replace(ESCAPES, "");
      this.wake();
    };
    this.child.stdout!.on("data", take);
    this.child.stderr!.on("data", take);
    this.child.stdin!.on("error", () => {});
    this.child.on("exit", (code, signal) => {
      this.ended = code ?? signal ?? "unknown";
      this.wake();
    });
  }

  private install(program: string, storage: Record<string, Buffer | string>, env: NodeJS.ProcessEnv): void {
    for (const script of installScripts(storage)) {
      writeFileSync(join(this.directory, "install.js"), script);
      // A big pool where the program lets it be chosen: this step is not what is tested.
      const done = spawnSync(program, ["install.js"], { cwd: this.directory, env: { ...env, ESPRUINO_VARS: "16383" }, timeout: 60000, killSignal: "SIGKILL", encoding: "latin1" });
      if (!done.stdout?.includes("stored")) throw new Error("Storage could not be written: " + done.stdout + done.stderr);
    }
  }

  private wake(): void {
    for (const watcher of this.watchers) watcher();
  }

  /** Types one line at the console. */
  type(line: string): void {
    this.child.stdin!.write(line + "\n");
  }

  /** Resolves with the match when the output from `from` on matches; rejects after `milliseconds` or when the program ends without it. */
  waitFor(pattern: RegExp, milliseconds = 20000, from = 0): Promise<RegExpMatchArray> {
    return new Promise((done, failed) => {
      const finish = (action: () => void) => {
        clearTimeout(timer);
        this.watchers.delete(look);
        action();
      };
      const look = () => {
        const match = this.output.slice(from).match(pattern);
        if (match) finish(() => done(match));
        else if (this.ended !== undefined) finish(() => failed(new Error(`The interpreter ended (${this.ended}) before ${pattern}:\n${this.output.slice(-3000)}`)));
      };
      const timer = setTimeout(() => finish(() => failed(new Error(`No ${pattern} within ${milliseconds} ms:\n${this.output.slice(-3000)}`))), milliseconds);
      this.watchers.add(look);
      look();
    });
  }

  private marks = 0;

  /** Types an expression and resolves with what JSON.stringify makes of its value. A promise's value is awaited. */
  async evaluate(expression: string, milliseconds = 20000): Promise<any> {
    const mark = `@${++this.marks}@`;
    const from = this.output.length;
    this.type(`(function(v){function p(k){return function(x){print("${mark}"+k+JSON.stringify(x)+"${mark}");};}if(v&&v.then)v.then(p("="),p("!"));else p("=")(v);})(${expression});`);
    const match = await this.waitFor(new RegExp(`\\n?[^"]?${mark}([=!])([^]*?)${mark}`), milliseconds, from);
    const value = match[2] === "undefined" ? undefined : JSON.parse(match[2]!);
    if (match[1] === "!") throw value;
    return value;
  }

  /** Ends the program at once, as a power cut would; the directory stays when it was given from outside. */
  async stop(): Promise<void> {
    if (this.ended === undefined) {
      const ended = new Promise((done) => this.child.once("exit", done));
      this.child.kill("SIGKILL");
      await ended;
    }
    if (!this.keep) rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Boots the image from Storage with the console quiet and ready. */
export async function bootInterpreter(options: InterpreterOptions): Promise<Interpreter> {
  const interpreter = new Interpreter(options);
  await new Promise((done) => setTimeout(done, 300));
  interpreter.type("echo(0)");
  interpreter.type('print("re"+"ady")');
  await interpreter.waitFor(/ready/);
  return interpreter;
}
