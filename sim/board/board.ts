// A virtual board: what stays when RAM is lost (flash, card, clock, air, output), and the life that runs now.
import { utf8Bytes } from "./bytes";
import { Clock } from "./clock";
import { Output } from "./console";
import { Card } from "./files/card";
import { Air } from "./hardware/wifi";
import { boardSource } from "./language/source";
import { BoardCrash, Machine } from "./machine";
import type { BoardOptions, Profile } from "./options";
import type { Dictionary } from "./realm";
import { type Flash, flashInDirectory } from "./storage";

export type End = "quit" | "idle" | "crash" | "stop";

export class Board {
  readonly profile: Profile;
  readonly flash: Flash;
  readonly card: Card | undefined;
  /** The radio around the board: drop() the link, make it unreachable. */
  readonly wifi: Air;
  /** Resolves with the crash when the interpreter would have crashed. Never rejects. */
  readonly crashed: Promise<BoardCrash>;
  /** Resolves when the board has ended, and why. */
  readonly ended: Promise<End>;
  /** Where the program stopped a timer that was over: one that has its id by now would never come. */
  readonly strayTimers: string[] = [];
  private machine!: Machine;
  private clock!: Clock;
  private readonly console_: Output;
  private running = true;
  private echoing = true;
  private tellCrash!: (crash: BoardCrash) => void;
  private tellEnd!: (end: End) => void;

  constructor(private readonly options: BoardOptions) {
    this.profile = options.profile ?? "esp32";
    this.flash = typeof options.storage === "string" ? flashInDirectory(options.storage) : options.storage ?? new Map<string, string>();
    this.card = options.card && new Card(options.card);
    this.wifi = new Air(options.wifi ?? {});
    this.console_ = new Output((text) => options.onOutput?.(text), options.onLine);
    this.crashed = new Promise((resolve) => { this.tellCrash = resolve; });
    this.ended = new Promise((resolve) => { this.tellEnd = resolve; });
    if (options.image !== undefined && this.profile === "esp32") this.flash.set(".bootcde", boardSource(options.image));
    this.powerUp();
  }

  /** Every complete line printed since the first boot. */
  get output(): readonly string[] {
    return this.console_.lines;
  }

  /** The program's global object. */
  get global(): Dictionary {
    return this.machine.realm.global;
  }

  /** False once the board has crashed, quit or been stopped. */
  get alive(): boolean {
    return this.running;
  }

  /** Native heap without TLS links: what ESP32.getState() starts from. */
  set freeHeap(bytes: number) {
    this.machine.esp32.heap = bytes;
  }

  /** The REPL shows what is typed, its results and its prompt: echo(0) turns that off. */
  get echoes(): boolean {
    return this.echoing;
  }

  /**
   * A line typed at the REPL. Its result is printed as the REPL prints it and returned ("=42"); what it throws is
   * printed, and undefined returned. With `quiet` the result is not printed, as for a line that begins with \x10.
   */
  evaluate(line: string, quiet = false): string | undefined {
    this.mustRun();
    return this.machine.evaluate(line, quiet);
  }

  /** Evaluates code and gives the value itself; throws what the code throws. For tests. */
  run(code: string): unknown {
    this.mustRun();
    return this.machine.run(code);
  }

  /** The interpreter raises an error flag, such as MEMORY. */
  raiseFlag(name: string): void {
    this.mustRun();
    this.machine.raiseFlag(name);
  }

  /** The program never comes back to the idle loop. True: a watchdog restarts the board; false: there is none, and a real one would hang for ever. */
  hang(): boolean {
    this.mustRun();
    return this.machine.hang();
  }

  /** The board restarts by itself (as E.reboot() does it): RAM is lost, the clock goes on, the flash is booted. */
  reset(): void {
    this.restart(false, { powerOn: false, autoload: true });
  }

  /** Power goes off and comes back: RAM, the clock and everything not synced to the card are lost. */
  powerCycle(): void {
    this.machine.stop(true);
    this.running = true;
    this.powerUp();
  }

  /** Switches the board off for good. */
  stop(): void {
    this.finish("stop", true);
  }

  private powerUp(): void {
    this.clock = new Clock(this.profile === "esp32", this.options.clock);
    this.start({ powerOn: true, autoload: true });
  }

  private restart(powerLost: boolean, how: { powerOn: boolean; autoload: boolean; file?: string }): void {
    this.machine.stop(powerLost);
    this.running = true;
    this.start(how);
  }

  private start(how: { powerOn: boolean; autoload: boolean; file?: string }): void {
    this.echoing = true;
    const machine: Machine = new Machine({
      profile: this.profile,
      flash: this.flash,
      card: this.card,
      air: this.wifi,
      clock: this.clock,
      strayTimer: () => void this.strayTimers.push(new Error("a timer was stopped that is over").stack!),
      output: this.console_,
      freeHeap: this.options.freeHeap ?? 2_700_000,
      verification: this.options.verification ?? "none",
      reboot: () => machine.afterPass(() => this.restart(true, { powerOn: false, autoload: true })),
      reset: (clearFlash) => {
        if (clearFlash) for (const name of [".bootcde", ".bootrst"]) this.flash.delete(name);
        machine.afterPass(() => this.restart(false, { powerOn: false, autoload: false }));
      },
      load: (file) => machine.afterPass(() =>
        this.restart(false, file === undefined ? { powerOn: false, autoload: true } : { powerOn: false, autoload: false, file })),
      quit: () => this.finish("quit", false),
      echoing: () => this.echoing,
      echo: (on) => { this.echoing = on; },
      crash: (error) => this.crash(error),
      idle: () => { if (this.options.endWhenIdle) this.finish("idle", false); },
    });
    this.machine = machine;
    const image = this.profile === "linux" ? this.options.image : undefined;
    machine.boot(image === undefined ? how : { ...how, autoload: false });
    // `espruino file.js`: a file that throws ends the interpreter
    if (image !== undefined && !machine.runFile(boardSource(image), "image") && this.options.endWhenIdle) this.finish("idle", false);
  }

  private crash(error: unknown): void {
    if (!this.running) return;
    const crash = error instanceof BoardCrash ? error : new BoardCrash(String((error as Error)?.stack ?? error));
    this.console_.write(utf8Bytes(`*** the board crashed: ${crash.message}\n`));
    this.finish("crash", true);
    this.tellCrash(crash);
  }

  private finish(end: End, powerLost: boolean): void {
    if (!this.running) return;
    this.running = false;
    this.machine.stop(powerLost);
    this.tellEnd(end);
  }

  private mustRun(): void {
    if (!this.running) throw new Error("the board does not run");
  }
}
