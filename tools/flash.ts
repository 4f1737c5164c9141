// espruino-aws flash: puts the built image into a board's Storage, reads it back, restarts the board and waits for it.
import type { Command } from "commander";
import { addressOf, baudOf, closeBoard, openBoard, type PortChoice, withPort } from "./board";
import { installer } from "./build/installer.js";
import type { Output } from "./cli";
import { differing, type Finding, flashFindings, readFacts, readRecords } from "./flash/facts";
import { upload } from "./flash/uploader";
import { DIST, type ImageRecord, readImage } from "./image";
import { secondsOf } from "./oneshots";
import { portKind } from "./port/port";
import type { Repl } from "./port/repl";
import { type Bar, startBar } from "./progress";
import { isTrouble, Trouble, WRONG } from "./trouble";

export interface FlashOptions extends PortChoice {
  dryRun?: boolean;
  dist?: string;
  wait?: string;
}

/** A deadline for sending: Storage is slow where it must be compacted first. */
const LEAST_MS = 120_000, MS_PER_BYTE = 1;

/** A console that loses characters may end in the middle of a text and wait for ever. Each record ends with a line, the largest after seconds. */
const SILENCE_MS = 45_000, MOST_TRIES = 3;

/** How long a board may take from its restart to its first answer, with the image. */
const BOOT_S = 30;

const size = (image: ImageRecord[]) => image.reduce((sum, { entry }) => sum + entry.length, 0);

function recordLine({ name, length, crc32 }: ImageRecord["entry"]): string {
  return `  ${name.padEnd(10)} ${String(length).padStart(6)} bytes  crc ${crc32.toString(16).padStart(8, "0")}`;
}

/** Each finding as a line. */
export function findingLine({ state, what, found, next }: Finding): string {
  return `${{ ok: "ok     ", warning: "WARNING", wrong: "WRONG  " }[state]} ${what}: ${found}${next ? `. ${next}` : ""}`;
}

/** The installer for these records, telling after each which it was. */
export function flashScript(records: ImageRecord[]): string {
  return installer(records).replace(/^(install\.end\("([^"]+)", \d+, \d+\);)$/gm, '$1 print("sent $2");');
}

/** Looks at a board and fails where the image cannot run on it. Gives the names of the records to send. */
async function look(repl: Repl, image: ImageRecord[], output: Output): Promise<string[]> {
  const found = await readRecords(repl, image.map(({ entry }) => entry.name));
  const findings = flashFindings(await readFacts(repl), image, found);
  for (const finding of findings) output.line(findingLine(finding));
  const wrong = findings.filter(({ state }) => state === "wrong");
  if (wrong.length) throw new Trouble(`The image cannot be flashed: ${wrong.map(({ what, found }) => `${what}: ${found}`).join("; ")}`, wrong[0]!.next, WRONG);
  return differing(image, found);
}

/** Lines of the installer, seen on their way: progress, and what it ends with. */
class Watch {
  wrong = "";
  private sent = 0;

  constructor(private readonly records: ImageRecord[], private readonly bar: Bar) {}

  /** True for the last line. */
  line(text: string): boolean {
    const name = /^sent (\S+)$/.exec(text)?.[1], record = this.records.find(({ entry }) => entry.name === name);
    if (record) this.bar.update((this.sent += record.entry.length), record.entry.name);
    const failed = /^NOT installed: (.*)$/.exec(text)?.[1];
    if (failed !== undefined) this.wrong = failed;
    return failed !== undefined || /^installed \d+ bytes: ok$/.test(text);
  }
}

/** Types the script at a virtual board's console, after a reset that leaves its boot code alone. */
async function type(repl: Repl, script: string, watch: Watch): Promise<void> {
  repl.port.write("\x10reset()\n");
  await repl.greet();
  await new Promise<void>((sent, failed) => {
    const timer = setTimeout(() => failed(new Trouble("The board did not take the image")), LEAST_MS);
    repl.onLine = (line) => {
      if (!watch.line(line)) return;
      clearTimeout(timer);
      sent();
    };
    for (const line of script.split("\n")) repl.port.write(`\x10${line}\n`);
  });
}

/** Sends the records by the tool or by hand. Gives what went wrong, "" if nothing. The console is closed meanwhile. */
async function send(repl: Repl, records: ImageRecord[], choice: FlashOptions, address: string): Promise<{ repl: Repl; fault: string }> {
  const bar = startBar("flash", size(records)), watch = new Watch(records, bar), script = flashScript(records);
  let fault = "", next = repl;
  try {
    if (portKind(address) === "virtual") await type(repl, script, watch);
    else {
      await closeBoard(repl);
      await upload({ address, baud: baudOf(choice), script, milliseconds: LEAST_MS + script.length * MS_PER_BYTE, silenceMs: SILENCE_MS, onLine: (line) => watch.line(line) });
    }
  } catch (error) {
    if (!isTrouble(error)) throw error;
    fault = `${error.message}. ${error.hint}`;
  } finally {
    bar.stop();
  }
  if (portKind(address) !== "virtual") next = await openBoard({ ...choice, port: address });
  return { repl: next, fault: watch.wrong ? `NOT installed: ${watch.wrong}` : fault };
}

/** Sends what is missing and reads everything back, again where characters were lost. Fails with what was wrong the last time. */
async function write(repl: Repl, image: ImageRecord[], names: string[], choice: FlashOptions, address: string, output: Output): Promise<Repl> {
  for (let tries = 1; ; tries++) {
    const sent = await send(repl, image.filter(({ entry }) => names.includes(entry.name)), choice, address);
    repl = sent.repl;
    const still = differing(image, await readRecords(repl, image.map(({ entry }) => entry.name)));
    if (!still.length) return repl;
    const fault = sent.fault || `Verification failed: ${still.join(", ")} ${still.length === 1 ? "is" : "are"} not what was sent`;
    if (tries === MOST_TRIES) {
      await closeBoard(repl);
      throw new Trouble(fault, "Nothing that is not complete starts. Send it again: what is right already is left alone. If it stays so: a shorter cable, a lower baud rate (-b), or a worn flash.", WRONG);
    }
    output.line(`${fault}; once more: ${still.length === image.length ? "all of it" : still.join(", ")}`);
    names = still;
  }
}

/** What an update leaves in flash: its trial, its two generations, and what puts its loader into the place of the boot code (src/device/loader.ts). */
const LEFT =
  '(function(s,n){function is(e){return n.length>e.length&&n.substr(n.length-e.length)==e}' +
  'return n==".fwtry"||n==".fwuse"||n==".fwbad"||n==".fw"||((is(".fwa")||is(".fwb"))&&(n.substr(0,3)==".fw"||n.length<13))||' +
  '(n.substr(0,5)==".boot"&&n.length==6&&s.read(n,0,17)=="(function(s,n,l){")})';

/** Takes what updates left off a board whose boot code is the flashed one: at the next start it runs, and no loader. A few at a time. Gives how many. */
async function forget(repl: Repl): Promise<number> {
  let gone = 0;
  for (;;) {
    // The trial first: without it and without what puts the loader back a power cut in the middle changes nothing.
    const some = await repl.evaluate<number>(`(function(s,is,c){s.list().sort().forEach(function(n){if(c<20&&is(s,n)){s.erase(n);c++}});return c})(require("Storage"),${LEFT},0)`, 60_000);
    gone += some;
    if (some < 20) return gone;
  }
}

/** Restarts the board and waits until the image answers. Gives its version. */
export async function restart(repl: Repl, choice: PortChoice, address: string, milliseconds = BOOT_S * 1000): Promise<{ repl: Repl; version: string }> {
  repl.port.write("\x10global.__r=1;if(global.ESP32&&ESP32.reboot)ESP32.reboot();else load()\n");
  const until = Date.now() + milliseconds;
  // The mark is gone when the board has restarted.
  let open = repl, last: unknown;
  for (;;) {
    await new Promise((wait) => setTimeout(wait, repl.port.kind === "virtual" ? 20 : 700));
    try {
      // A console on the chip's own USB goes away while it restarts.
      if (open !== repl || (await open.evaluate("1", 3000)) === 1) {
        const version = await open.evaluate<string>('!global.__r&&typeof device=="object"&&device&&device.status?device.status().then(function(s){return s.version}):""', 5000);
        if (version) return { repl: open, version };
      }
    } catch (error) {
      last = error;
      if (repl.port.kind !== "virtual") {
        await closeBoard(open).catch(() => {});
        open = await openBoard({ ...choice, port: address }).catch(() => open);
      }
    }
    if (Date.now() > until) {
      await closeBoard(open).catch(() => {});
      throw new Trouble("The image is in flash, but does not start", `espruino-aws console shows what the board prints when it starts.${last ? ` (${(last as Error).message})` : ""}`, WRONG);
    }
  }
}

async function flash(options: FlashOptions, output: Output): Promise<void> {
  const image = readImage(options.dist ?? DIST), patience = secondsOf(options.wait, BOOT_S) * 1000;
  output.line(`image: ${size(image)} bytes in ${image.length} records`);
  const address = await addressOf(options);
  let repl = await openBoard({ ...options, port: address });
  try {
    const names = await look(repl, image, output);
    output.line(names.length ? `to send: ${names.length === image.length ? "all of it" : names.join(", ")}` : "nothing to send: all of it is there");
    if (options.dryRun) {
      for (const { entry } of image.filter(({ entry }) => names.includes(entry.name))) output.line(recordLine(entry));
      return;
    }
    if (names.length) repl = await write(repl, image, names, options, address, output);
    output.line(`verified: length and CRC of ${image.length} records`);
    const left = await forget(repl);
    if (left) output.line(`erased: ${left} records of an update`);
    const restarted = await restart(repl, options, address, patience);
    repl = restarted.repl;
    if (await repl.evaluate<boolean>("global._fw!==undefined")) throw new Trouble("Another image than the flashed one has started", "espruino-aws doctor tells which. Give the same command again.", WRONG);
    output.line(`running: espruino-aws ${restarted.version}`);
  } finally {
    await closeBoard(repl).catch(() => {});
  }
}

export function addFlash(program: Command, output: Output): void {
  withPort(program.command("flash").description("write the built image into a board's flash, check it there, restart the board"))
    .option("--dry-run", "look at the board and say what would be sent; nothing is written")
    .option("--wait <seconds>", "how long the board may take to start", String(BOOT_S))
    .option("--dist <directory>", "where the built image is", DIST)
    .action((options: FlashOptions) => flash(options, output));
}
