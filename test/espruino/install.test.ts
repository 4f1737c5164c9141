// The install scripts on the real interpreter with a plain board's memory: at its console and as files, into an empty Storage.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { imageRecords } from "../../sim/desk";
import { bootInterpreter, Interpreter, interpreterProgram } from "./interpreter";

const dist = new URL("../../dist/", import.meta.url);
const parts = readdirSync(dist).filter((file) => /^install\.\d+\.js$/.test(file)).sort((a, b) => parseInt(a.slice(8)) - parseInt(b.slice(8)));
const text = (file: string) => readFileSync(new URL(file, dist), "latin1");
const ok = `installed ${Object.values(imageRecords()).reduce((sum, one) => sum + one.length, 0)} bytes: ok`;
const exactly = (line: string) => new RegExp(`^${line}$`);

describe("installing on the real interpreter", function () {
  this.timeout(60000);
  let directory: string;
  const running: Interpreter[] = [];

  before(function () {
    if (!interpreterProgram()) throw new Error("Set ESPRUINO to a Linux build of the interpreter: ESPRUINO=path npm run test:espruino");
  });
  beforeEach(() => { directory = mkdtempSync(join(tmpdir(), "install-")); });
  afterEach(async () => {
    for (const one of running.splice(0)) await one.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  async function boot(variables = 6500): Promise<Interpreter> {
    const one = await bootInterpreter({ directory, environment: { ESPRUINO_VARS: String(variables) } });
    running.push(one);
    return one;
  }

  /**
   * Sends a script to a console and gives the lines that it prints, the first of which should match. The Linux build reads its console in a
   * thread of its own and without a lock (jshInputThread), so that it loses characters or ends, at some times every second time: then again, from the same flash.
   */
  async function send(script: string, first: RegExp, variables = 6500): Promise<string[]> {
    const flash = join(directory, "espruino.flash"), before = existsSync(flash) ? readFileSync(flash) : undefined;
    for (let tries = 1; ; tries++) {
      const one = await boot(variables), from = one.output.length;
      one.type(`${script}\nprint("the "+"end",process.memory().usage)`);
      const ended = await one.waitFor(/the end \d+/, 20000, from).then(() => undefined, (error: Error) => error);
      await one.stop();
      const printed = one.output.slice(from).split("\n").filter((line) => line);
      if (!ended && first.test(printed[0]!)) return printed;
      if (tries === 8) throw ended ?? new Error(`No ${first}:\n${printed.join("\n")}`);
      rmSync(flash, { force: true });
      if (before) writeFileSync(flash, before);
    }
  }

  /** Runs a script as a file, and gives the lines that it prints after the interpreter's own. */
  function runFile(script: string, variables = 6500): string[] {
    writeFileSync(join(directory, "script.js"), script);
    const done = spawnSync(interpreterProgram()!, ["script.js"], { cwd: directory, env: { ...process.env, ESPRUINO_VARS: String(variables) }, stdio: ["ignore", "pipe", "pipe"], timeout: 30000, encoding: "latin1" });
    return done.stdout.replace(/\r/g, "").split("\n").map((line) => line.replace(/^>+/, "")).filter((line) => /installed|part|ncaught|MEMORY|Error/.test(line));
  }

  /** Boots what is installed: the commands are there, those of a module too, and every record is the build's. */
  async function works(variables = 6500): Promise<void> {
    const one = await boot(variables);
    assert.equal(await one.evaluate("typeof device.put"), "function");
    const from = one.output.length;
    one.type('device.help("put")');
    await one.waitFor(/device\.put\(/, 5000, from);
    const lengths = await one.evaluate('require("Storage").list().map(function(n){return n+" "+E.CRC32(require("Storage").read(n));})');
    const image = JSON.parse(text("image.json")) as { name: string; crc32: number }[];
    assert.deepEqual(lengths.sort(), image.map((entry) => `${entry.name} ${entry.crc32}`).sort());
    await one.stop();
  }

  /** Boots to an empty console: nothing of the image runs or is held. */
  async function startsNothing(): Promise<void> {
    const one = await boot();
    assert.equal(await one.evaluate("typeof device"), "undefined");
    const used = await one.evaluate("process.memory().usage");
    assert.ok(used < 150, `${used} variables in use`);
    await one.stop();
  }

  for (const variables of [6500, 3700]) {
    it(`installs at the console with ${variables} variables, and keeps nothing in memory`, async () => {
      const [, end] = await send(text("install.js"), exactly(ok), variables);
      assert.ok(Number(end!.split(" ")[2]) < 150, end);
      await works(variables);
    });
  }

  it("installs part by part, as files, with 6,500 variables", async () => {
    assert.ok(parts.length > 1);
    assert.deepEqual(parts.flatMap((part) => runFile(text(part))), [...parts.slice(1).map((next, i) => `part ${i + 1} of ${parts.length}: ok, next is ${next}`), ok]);
    await works();
  });

  it("writes no boot code when a part was left out", async () => {
    runFile(text(parts[0]!));
    assert.match(runFile(text(parts.at(-1)!)).join(), /^NOT installed: \w+ is missing$/);
    await startsNothing();
  });

  /** A script whose second line after `mark`, a piece of a file, is changed. */
  function broken(script: string, mark: string, change: (line: string) => string): string {
    const lines = script.split("\n"), at = lines.findIndex((line) => line.includes(mark)) + 2;
    lines[at] = change(lines[at]!);
    assert.notEqual(lines.join("\n"), script);
    return lines.join("\n");
  }
  const otherLetter = (line: string) => line.replace(/^(.{300,}?[a-z])([a-z])/, (_all, before: string, letter: string) => before + (letter === "a" ? "b" : "a"));

  for (const name of ["kms", ".bootcde"]) {
    it(`says NOT installed over one changed character of ${name} at the console, and nothing starts; a second try mends it`, async () => {
      await send(broken(text("install.js"), `begin("${name}"`, otherLetter), new RegExp(`^NOT installed: ${name.replace(".", "\\.")} has \\d+ bytes, crc \\d+, wanted \\d+`));
      await startsNothing();
      await send(text("install.js"), exactly(ok));
      await works();
    });
  }

  it("says NOT installed over one changed character of a file", async () => {
    for (const part of parts.slice(0, -1)) runFile(text(part));
    assert.match(runFile(broken(text(parts.at(-1)!), 'begin(".bootcde"', otherLetter)).join(), /^NOT installed: \.bootcde has/);
    await startsNothing();
  });

  it("never says ok after a line that is no statement", async () => {
    const printed = await send(broken(text("install.js"), 'begin("kms"', (line) => line.replace('"', " ")), /^Uncaught SyntaxError/);
    assert.doesNotMatch(printed.join("\n"), /^installed/m);
    assert.match(printed.join("\n"), /^NOT installed: kms /m);
    await startsNothing();
  });

  it("starts nothing when the power goes in the middle of the boot code, and installs then", async () => {
    const lines = text("install.js").split("\n"), first = lines.findIndex((line) => line.includes('begin(".bootcde"'));
    await send(lines.slice(0, first + Math.floor((lines.length - first) * 0.7)).join("\n"), /^the end/);
    await startsNothing();
    await send(text("install.js"), exactly(ok));
    await works();
  });
});
